package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TargetTest {

  @Test
  void baseIsWhatComesBeforeTheRoot() {
    assertThat(Target.base("https://a.example/prod/api/v1")).isEqualTo("https://a.example/prod");
    assertThat(Target.base("https://a.example/prod/api/v1/")).isEqualTo("https://a.example/prod");
    assertThat(Target.base("https://a.example/")).isEqualTo("https://a.example");
    assertThat(Target.base("http://127.0.0.1:3000")).isEqualTo("http://127.0.0.1:3000");
  }
}
