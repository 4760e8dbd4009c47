package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Shows that the scan with which other tests end finds tokens. */
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
  void findsATokenInAResponse() {
    try (LocalRun run = LocalRun.start()) {
      SecretScan.assertNoToken("responses", run.api().transcript());
      String secret = run.api().createToken("jonewe");
      SecretScan.assertNoToken("responses", run.api().transcript());
      assertThatThrownBy(
              () -> SecretScan.assertNoToken("responses", "{\"token\":\"" + secret + "\"}"))
          .isInstanceOf(AssertionError.class);
    }
  }
}
