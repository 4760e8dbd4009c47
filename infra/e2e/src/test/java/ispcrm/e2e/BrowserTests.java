package ispcrm.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.provider.Arguments;

/** Tests in a real browser against a local run, which are skipped if there is no browser. */
abstract class BrowserTests {
  static LocalRun run;
  static TokenPage page;

  /** Widths and heights of windows, and whether it is dark; a large one only in a thorough run. */
  static Stream<Arguments> windows() {
    return Stream.of(Arguments.of(390, 844, true), Arguments.of(1280, 900, false))
        .limit(Boolean.getBoolean("thorough") ? 2 : 1);
  }

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
  void requireBrowser() {
    // Not in start(), because a class that is skipped as a whole is not counted or reported.
    assumeTrue(
        page != null,
        "skipped: no Chromium and ChromeDriver on the PATH, nor in CHROME_BIN and CHROMEDRIVER");
  }
}
