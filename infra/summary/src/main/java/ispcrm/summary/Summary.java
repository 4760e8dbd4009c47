package ispcrm.summary;

import ispcrm.template.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Ends {@code mvn verify} with the number of tests in all modules and the reasons for skips. */
final class Summary {
  private static final Path ROOT = Template.load(Map.of()).root();

  private int tests;
  private int failed;
  private int skipped;
  private final Set<String> reasons = new TreeSet<>();

  private Summary() {}

  /**
   * Prints the summary.
   *
   * @param arguments the time at which the build began; older reports are ignored
   */
  public static void main(String[] arguments) throws Exception {
    Instant began = Instant.parse(arguments[0]);
    Summary summary = new Summary();
    for (Path report : reports()) {
      if (Files.getLastModifiedTime(report).toInstant().isAfter(began)) {
        summary.count(report);
      }
    }
    System.out.println();
    summary.reasons.forEach(System.out::println);
    System.out.printf(
        "tests: %d passed, %d failed, %d skipped%n",
        summary.tests - summary.failed - summary.skipped, summary.failed, summary.skipped);
  }

  private void count(Path report) throws Exception {
    Element suite =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(report.toFile())
            .getDocumentElement();
    tests += Integer.parseInt(suite.getAttribute("tests"));
    failed +=
        Integer.parseInt(suite.getAttribute("failures"))
            + Integer.parseInt(suite.getAttribute("errors"));
    skipped += Integer.parseInt(suite.getAttribute("skipped"));
    NodeList skips = suite.getElementsByTagName("skipped");
    for (int i = 0; i < skips.getLength(); i++) {
      String message = ((Element) skips.item(i)).getAttribute("message");
      reasons.add(suite.getAttribute("name") + " " + message.lines().findFirst().orElse(""));
    }
  }

  private static List<Path> reports() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT, 6)) {
      return files.filter(file -> file.toString().matches(".*-reports.TEST-[^/]*\\.xml")).toList();
    }
  }
}
