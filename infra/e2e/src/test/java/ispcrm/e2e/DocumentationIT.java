package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page {@code /docs} in a real browser, against the local run. */
class DocumentationIT extends BrowserTests {
  @ParameterizedTest
  @ValueSource(ints = {1280, 390})
  void theOperationsAreShownWithTheirCommandsAndNothingIsBlocked(int width) throws IOException {
    page.resize(width, 900);
    page.open(run.base() + "/docs", "explorer");
    page.until(() -> !page.isShown("list"));
    page.until(() -> page.text().contains("/api/v1/users/{id}/history"));
    page.picture("docs");
    assertThat(page.text()).contains("Getting started", "curl -H 'X-Auth-Token");
    assertThat(page.console()).isEmpty();
    assertThat(page.requests())
        .allMatch(
            request ->
                request.startsWith("GET " + run.base() + "/") || request.startsWith("GET data:"));
    assertThat(page.isNarrowEnough()).isTrue();
  }
}
