package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page {@code /docs} in a real browser, against the local run. */
class DocumentationIT {
  private static LocalRun run;
  private static TokenPage page;

  @BeforeAll
  static void start() {
    page = TokenPage.inBrowser().orElse(null);
    if (page != null) {
      run = LocalRun.start();
    }
  }

  @AfterAll
  static void stop() {
    if (page != null) {
      page.close();
    }
    if (run != null) {
      run.close();
    }
  }

  @BeforeEach
  void open() {
    assumeTrue(
        page != null,
        "skipped: no Chromium and ChromeDriver on the PATH, nor in CHROME_BIN and CHROMEDRIVER");
  }

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
