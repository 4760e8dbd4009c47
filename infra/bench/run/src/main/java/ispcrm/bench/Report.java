package ispcrm.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes the report: report.md, and the figures in medians.csv, with which the next run compares
 * its own.
 */
final class Report {
  private static final String FIGURES = "medians.csv";

  private final Path folder;
  private final Map<String, Chapter.Figure> before;
  private final String environment;
  private final List<Chapter> chapters = new ArrayList<>();
  private final Map<String, String> failures = new LinkedHashMap<>();

  /**
   * Starts a report.
   *
   * @param last the folder of the report to compare with
   * @param folder the folder that this report is written to
   */
  Report(Path last, Path folder, Options options) throws IOException {
    this.folder = folder;
    this.before = read(last.resolve(FIGURES));
    this.environment = environment(options);
  }

  void add(Chapter chapter) throws IOException {
    chapters.add(chapter);
    write();
  }

  void failed(String chapter, Throwable reason) throws IOException {
    failures.put(chapter, String.valueOf(reason.getMessage()).lines().findFirst().orElse(""));
    write();
  }

  private Map<String, Chapter.Figure> figures() {
    Map<String, Chapter.Figure> figures = new LinkedHashMap<>();
    chapters.forEach(
        chapter ->
            chapter
                .figures()
                .forEach((name, figure) -> figures.put(chapter.name() + "/" + name, figure)));
    return figures;
  }

  private void write() throws IOException {
    Files.createDirectories(folder);
    StringBuilder text = new StringBuilder("# Measured\n\n").append(environment).append('\n');
    text.append(Targets.table(figures()));
    failures.forEach(
        (chapter, reason) ->
            text.append("\n## ")
                .append(chapter)
                .append("\n\nFailed: ")
                .append(reason)
                .append('\n'));
    for (Chapter chapter : chapters) {
      text.append("\n## ").append(chapter.name()).append("\n\n");
      text.append(chapter.text());
    }
    text.append(comparison());
    Files.writeString(folder.resolve("report.md"), text);
    StringBuilder now = new StringBuilder("figure,median,quarter,three quarters\n");
    figures()
        .forEach(
            (name, figure) ->
                now.append(
                    String.format(
                        Locale.ROOT,
                        "%s,%.4f,%.4f,%.4f%n",
                        name,
                        figure.median(),
                        figure.low(),
                        figure.high())));
    Files.writeString(folder.resolve(FIGURES), now);
  }

  /**
   * Lists the figures that changed by more than their spread, which means that the interquartile
   * ranges of the two runs do not overlap. Milliseconds are left out because they depend on the
   * machine.
   */
  private String comparison() {
    StringBuilder table = new StringBuilder();
    int same = 0;
    for (Map.Entry<String, Chapter.Figure> entry : figures().entrySet()) {
      Chapter.Figure now = entry.getValue();
      Chapter.Figure old = before.get(entry.getKey());
      if (old == null) {
        continue;
      }
      if (now.low() <= old.high() * 1.005 && now.high() >= old.low() * 0.995) {
        same++;
        continue;
      }
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %.3f (%.3f–%.3f) | %.3f (%.3f–%.3f) | %.2f |%n",
              entry.getKey(),
              old.median(),
              old.low(),
              old.high(),
              now.median(),
              now.low(),
              now.high(),
              now.median() / old.median()));
    }
    String head =
        "\n## Against the report before\n\n"
            + "Of the figures that do not depend on the machine alone, in brackets the middle half of"
            + " what was measured. "
            + same
            + " figures overlap.\n\n";
    return table.isEmpty()
        ? head + "No figure changed by more than its spread.\n"
        : head
            + "| changed by more than the spread | before | now | ratio |\n|---|---|---|---|\n"
            + table;
  }

  String text() throws IOException {
    return Files.readString(folder.resolve("report.md"));
  }

  private static Map<String, Chapter.Figure> read(Path file) throws IOException {
    Map<String, Chapter.Figure> figures = new LinkedHashMap<>();
    if (!Files.exists(file)) {
      return figures;
    }
    for (String line : Files.readAllLines(file)) {
      String[] parts = line.split(",", -1);
      if (parts.length == 4 && !parts[0].equals("figure")) {
        figures.put(
            parts[0],
            new Chapter.Figure(
                Double.parseDouble(parts[1]),
                Double.parseDouble(parts[2]),
                Double.parseDouble(parts[3])));
      }
    }
    return figures;
  }

  private static String environment(Options options) throws IOException {
    String load =
        Files.readString(Path.of("/proc/loadavg")).replaceFirst("(\\S+ \\S+ \\S+).*\\s*", "$1");
    return String.format(
        Locale.ROOT,
        """
        Measured by `mvn verify -Pbench -DskipTests`. The functions ran on Java %s, DynamoDB Local and the measuring code in a
        separate process on Java %s. The machine has %d processors, of which the functions used one; its load average at the
        start was %s. %d rounds. Values are medians, with the range in brackets; ratios are taken round by round. Milliseconds
        are valid for this machine only.
        """,
        Jdk.version(),
        Runtime.version(),
        Runtime.getRuntime().availableProcessors(),
        load,
        options.rounds());
  }
}
