package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ResultsTest {

  @Test
  void reasonIsOneLineWithoutATokenAndFailuresAreReportedWithoutTokens() {
    String token = "ispcrm_" + "a".repeat(49);
    Outcome outcome = Outcome.of("failed", "x", "\nexpected: 401\n but was:\t" + token);
    assertThat(outcome.toLine()).isEqualTo("failed\tx\texpected: 401 but was: ispcrm_…\n");

    AssertionError failure = new AssertionError("a response", new IOException(token));
    Throwable shown = Results.withoutTokens(failure);
    assertThat(shown).hasMessage("a response").hasNoCause();
    assertThat(shown.getStackTrace()).isEqualTo(failure.getStackTrace());
    AssertionError harmless = new AssertionError("ispcrm_short");
    assertThat(Results.withoutTokens(harmless)).isSameAs(harmless);
  }
}
