package ispcrm.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The Java that is measured: release 25, as in Lambda. */
final class Jdk {
  private static final String RELEASE = "JAVA_VERSION=\"25";

  private Jdk() {}

  /**
   * The Java of this process if it has that release, or else that of JAVA25_HOME, or else one under
   * /usr/lib/jvm.
   */
  static String java() {
    for (Path home : homes()) {
      if (release(home).contains(RELEASE)) {
        return home.resolve("bin/java").toString();
      }
    }
    throw new IllegalStateException("no JDK 25 found: set JAVA25_HOME");
  }

  /** A tool of the same JDK, such as jcmd. */
  static String tool(String name) {
    return Path.of(java()).resolveSibling(name).toString();
  }

  /** Its vendor and version. */
  static String version() throws IOException {
    return Files.readAllLines(Path.of(java()).resolve("../../release").normalize()).stream()
        .filter(line -> line.startsWith("JAVA_RUNTIME_VERSION") || line.startsWith("IMPLEMENTOR="))
        .map(line -> line.replaceAll(".*=", "").replace("\"", ""))
        .reduce((first, second) -> first + " " + second)
        .orElse("unknown");
  }

  private static List<Path> homes() {
    List<Path> homes = new ArrayList<>();
    homes.add(Path.of(System.getProperty("java.home")));
    if (System.getenv("JAVA25_HOME") != null) {
      homes.add(Path.of(System.getenv("JAVA25_HOME")));
    }
    Path installed = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(installed)) {
      try (var entries = Files.list(installed)) {
        homes.addAll(entries.sorted().toList());
      } catch (IOException cause) {
        throw new UncheckedIOException(cause);
      }
    }
    return homes;
  }

  private static String release(Path home) {
    try {
      Path release = home.resolve("release");
      return Files.exists(release) ? Files.readString(release) : "";
    } catch (IOException e) {
      return "";
    }
  }
}
