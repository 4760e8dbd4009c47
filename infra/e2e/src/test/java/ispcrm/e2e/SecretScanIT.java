package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The scan that other tests end with finds what it looks for. */
class SecretScanIT {

  @Test
  void findsATokenAndDoesNotRepeatIt() {
    String token = "ispcrm_" + "a".repeat(49);
    assertThatThrownBy(() -> SecretScan.assertNoToken("a log", "INFO user=1 token=" + token))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("a log")
        .hasMessageNotContaining(token);
  }

  @Test
  void findsATokenInAnAnswer() {
    try (LocalRun run = LocalRun.start()) {
      SecretScan.assertNoToken("answers", run.api().transcript());
      String secret = run.api().createToken("jonewe");
      SecretScan.assertNoToken("answers", run.api().transcript());
      assertThatThrownBy(
              () -> SecretScan.assertNoToken("answers", "{\"token\":\"" + secret + "\"}"))
          .isInstanceOf(AssertionError.class);
    }
  }
}
