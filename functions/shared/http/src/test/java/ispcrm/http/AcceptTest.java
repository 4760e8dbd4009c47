package ispcrm.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcceptTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/problem+json|true",
        "application/json, application/problem+json|true",
        "Application/Problem+JSON ; q=0.8, */*;q=0.1|true",
        "application/json;q=0.5, application/problem+json;q=0.9|true",
        "application/json, application/problem+json;q=0.9|false",
        "application/problem+json;q=0|false",
        "application/json|false",
        "*/*|false",
        "application/*|false",
        "application/problem+xml|false",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8|false"
      })
  void aProblemHasToBeAskedFor(String accept, boolean isPreferred) {
    assertThat(Accept.prefersProblem(new RequestHeaders(Map.of("ACCEPT", List.of(accept)))))
        .isEqualTo(isPreferred);
  }
}
