package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DifferencesTest {
  @TempDir private Path folder;

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  @Test
  void theSameResultsDoNotDiffer() throws IOException {
    Path a = results("a", "passed\tx\t\nfailed\ty\tbecause\n");
    Path b = results("b", "failed\ty\tanother reason\npassed\tx\t\n");
    assertThat(Differences.compare(a, b, null, out)).isTrue();
    assertThat(printed()).endsWith("0 checks differ\n");
  }

  @Test
  void aCheckDiffersByItsResultOrItsAbsence() throws IOException {
    Path a = results("local", "passed\tx\t\npassed\ty: 1\t\npassed\tz\t\n");
    Path b = results("far", "failed\tx\t401, not 200\npassed\ty: 2\t\npassed\tz\t\n");
    assertThat(Differences.compare(a, b, null, out)).isFalse();
    assertThat(printed())
        .isEqualTo(
            """
            local  3 passed, 0 failed, 0 skipped
            far    2 passed, 1 failed, 0 skipped
            x  # local passed; far failed: 401, not 200
            y: 1  # local passed; far absent
            y: 2  # local absent; far passed
            3 checks differ
            """);
  }

  @Test
  void checksThatAReadOnlyRunSkippedAreNotCompared() throws IOException {
    Path a = results("a", "passed\tx\t\npassed\ty: 1\t\nfailed\ty: 2\tbecause\n");
    Path b = results("b", "passed\tx\t\nskipped\ty\tvariable set ==> it writes\n");
    assertThat(Differences.compare(a, b, null, out)).isTrue();
    Path c = results("c", "passed\tx\t\nskipped\ty\tthere is one user only\n");
    assertThat(Differences.compare(a, c, null, out)).isFalse();
  }

  @Test
  void onlyTheNamedChecksMayDiffer() throws IOException {
    Path a = results("a", "passed\tx\t\npassed\ty: q=%23#\t\npassed\tz\t\n");
    Path b = results("b", "failed\tx\twhy\nfailed\ty: q=%23#\twhy\npassed\tz\t\n");
    assertThat(
            Differences.compare(
                a, b, results("named", "# of b\n\nx  # it cannot\ny: q=%23#\n"), out))
        .isTrue();
    assertThat(Differences.compare(a, b, results("named", "x # it cannot\n"), out)).isFalse();
    assertThat(printed()).contains("not expected: y: q=%23#  # a passed; b failed: why\n");
    assertThat(Differences.compare(a, b, results("named", "x\ny: q=%23#\nz # gone\n"), out))
        .isFalse();
    assertThat(printed())
        .endsWith(
            "expected, but the same: z\n2 checks differ as expected by named.txt, 1 deviate\n");
  }

  @Test
  void aSingleRunIsShownByTheChecksThatDidNotPass() throws IOException {
    Path a = results("a", "passed\tx\t\nskipped\ty\t==> it writes\nskipped\tz\tone user only\n");
    assertThat(Differences.show(a, out)).isTrue();
    assertThat(printed())
        .isEqualTo("z  # skipped: one user only\na: 1 passed, 0 failed, 2 skipped\n");
    assertThat(Differences.show(results("b", "failed\tx\twhy\n"), out)).isFalse();
  }

  @Test
  void twoChecksWithTheSameNameCannotBeCompared() throws IOException {
    Path twice = results("a", "passed\tx\t\nfailed\tx\t\n");
    assertThatThrownBy(() -> Differences.show(twice, out))
        .hasMessageContaining("two outcomes of x");
  }

  private Path results(String name, String lines) throws IOException {
    return Files.writeString(folder.resolve(name + ".txt"), lines);
  }

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }
}
