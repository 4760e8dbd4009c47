package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The page {@code /docs} in a real browser, against the local run. */
class DocumentationIT extends BrowserTests {
  @ParameterizedTest
  @MethodSource("windows")
  void docs_everyWidthAndColor_isOnePageThatFits(int width, int height, boolean isDark)
      throws IOException {
    page.resize(width, height);
    page.preferDark(isDark);
    page.open(run.base() + "/docs", "operations");
    page.picture("docs" + (isDark ? "-dark" : ""));
    assertThat(page.text())
        .contains("Getting started", "/api/v1/users/{id}/history", "curl -H 'X-Auth-Token");
    assertThat(page.console()).isEmpty();
    assertThat(page.requests())
        .filteredOn(request -> !request.startsWith("GET data:"))
        .containsExactly("GET " + run.base() + "/docs");
    assertThat(page.isNarrowEnough()).isTrue();
    assertThat(page.accessibilityFaults()).isEmpty();
  }
}
