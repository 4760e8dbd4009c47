package ispcrm.summary;

import ispcrm.template.Template;
import java.io.File;
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
import org.jacoco.core.analysis.Analyzer;
import org.jacoco.core.analysis.CoverageBuilder;
import org.jacoco.core.analysis.IBundleCoverage;
import org.jacoco.core.tools.ExecFileLoader;
import org.jacoco.report.DirectorySourceFileLocator;
import org.jacoco.report.FileMultiReportOutput;
import org.jacoco.report.IReportVisitor;
import org.jacoco.report.MultiSourceFileLocator;
import org.jacoco.report.html.HTMLFormatter;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Ends {@code mvn verify} with the number of tests in all modules, the reasons for skipped tests,
 * and the code coverage. The full coverage report is in infra/summary/target/coverage.
 */
final class Summary {
  private static final Path ROOT = Template.load(Map.of()).root();

  /** The measurements, which no test runs. */
  private static final Path BENCH = ROOT.resolve("infra/bench");

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
    for (Path report : find("TEST-", ".xml")) {
      if (Files.getLastModifiedTime(report).toInstant().isAfter(began)) {
        summary.count(report);
      }
    }
    System.out.println();
    summary.reasons.forEach(System.out::println);
    System.out.println(coverage());
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

  private static String coverage() throws IOException {
    ExecFileLoader executions = new ExecFileLoader();
    for (Path file : find("jacoco", ".exec")) {
      executions.load(file.toFile());
    }
    CoverageBuilder builder = new CoverageBuilder();
    Analyzer analyzer = new Analyzer(executions.getExecutionDataStore(), builder);
    MultiSourceFileLocator sources = new MultiSourceFileLocator(2);
    for (Path classes : find("classes", "")) {
      if (classes.startsWith(BENCH)) {
        continue;
      }
      analyzer.analyzeAll(classes.toFile());
      File folder = classes.getParent().resolveSibling("src/main/java").toFile();
      sources.add(new DirectorySourceFileLocator(folder, "UTF-8", 2));
    }
    IBundleCoverage bundle = builder.getBundle("ISPCRM API");
    File folder = ROOT.resolve("infra/summary/target/coverage").toFile();
    IReportVisitor report = new HTMLFormatter().createVisitor(new FileMultiReportOutput(folder));
    report.visitInfo(
        executions.getSessionInfoStore().getInfos(),
        executions.getExecutionDataStore().getContents());
    report.visitBundle(bundle, sources);
    report.visitEnd();
    return "coverage by tests within their own process: %.0f %% of lines, %.0f %% of branches"
        .formatted(
            100 * bundle.getLineCounter().getCoveredRatio(),
            100 * bundle.getBranchCounter().getCoveredRatio());
  }

  private static List<Path> find(String start, String end) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT, 6)) {
      return files
          .filter(
              file -> {
                String name = file.getFileName().toString();
                return name.startsWith(start)
                    && name.endsWith(end)
                    && file.toString().contains(File.separator + "target" + File.separator)
                    && (!end.isEmpty() || name.equals(start));
              })
          .toList();
    }
  }
}
