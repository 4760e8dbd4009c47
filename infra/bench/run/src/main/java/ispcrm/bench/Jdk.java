package ispcrm.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The Java that is measured: release 25, which Lambda runs. */
final class Jdk {
  private static final String RELEASE = "JAVA_VERSION=\"25";

  private Jdk() {}

  /**
   * This process's own where it is of that release, else JAVA25_HOME's, else one under
   * /usr/lib/jvm.
   */
  static String java() {
    for (Path home : homes()) {
      if (version(home).contains(RELEASE)) {
        return home.resolve("bin/java").toString();
      }
    }
    throw new IllegalStateException("no JDK 25 found: point JAVA25_HOME at one");
  }

  private static List<Path> homes() {
    List<Path> homes = new java.util.ArrayList<>();
    homes.add(Path.of(System.getProperty("java.home")));
    if (System.getenv("JAVA25_HOME") != null) {
      homes.add(Path.of(System.getenv("JAVA25_HOME")));
    }
    Path installed = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(installed)) {
      try (var entries = Files.list(installed)) {
        homes.addAll(entries.sorted().toList());
      } catch (java.io.IOException unreadable) {
        throw new java.io.UncheckedIOException(unreadable);
      }
    }
    return homes;
  }

  private static String version(Path home) {
    try {
      Path release = home.resolve("release");
      return Files.exists(release) ? Files.readString(release) : "";
    } catch (java.io.IOException unreadable) {
      return "";
    }
  }
}
