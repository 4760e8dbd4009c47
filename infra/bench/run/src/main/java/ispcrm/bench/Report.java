package ispcrm.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was measured, as report.md with plots, as CSV, and against the report before. */
final class Report {
  private static final String[] KINDS = {"ready", "answer", "processor", "memory"};

  private static final String MEDIANS = "medians.csv";

  private final Path folder;
  private final String before;
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder raw = new StringBuilder("chapter,subject,kind,round,value\n");
  private final Map<String, Double> medians = new LinkedHashMap<>();
  private final Map<String, List<Map.Entry<String, Double>>> plots = new LinkedHashMap<>();

  Report(Path folder) throws IOException {
    this.folder = folder;
    Path last = folder.resolve(MEDIANS);
    before = Files.exists(last) ? Files.readString(last) : "";
  }

  void start(
      String chapter,
      Subject subject,
      List<Subject.Start> starts,
      List<Subject.Start> base,
      long classes)
      throws IOException {
    if (!plots.containsKey(chapter)) {
      text.append("\n## ").append(chapter).append("\n\n![](").append(chapter).append(".svg)\n\n");
      text.append(
          "| | ready ms | first answer ms | processor ms | to bare | processor, to bare | RSS MiB"
              + " | classes | package MB |\n|---|---|---|---|---|---|---|---|---|\n");
    }
    List<Series> series = series(starts);
    List<Series> others = series(base);
    for (int kind = 0; kind < KINDS.length; kind++) {
      raw(chapter, subject.name(), KINDS[kind], series.get(kind));
    }
    double ratio = series.get(1).to(others.get(1)).median();
    medians.put(chapter + "/" + subject.name() + " to bare", ratio);
    text.append(
        String.format(
            Locale.ROOT,
            "| %s | %s | %s | %s | %.2f | %.2f | %s | %d | %.1f |%n",
            subject.name(),
            series.get(0).text(0),
            series.get(1).text(0),
            series.get(2).text(0),
            ratio,
            series.get(2).to(others.get(2)).median(),
            series.get(3).text(0),
            classes,
            Files.size(subject.jar()) / 1e6));
    plot(chapter, subject.name(), series.get(1).median());
  }

  void restore(String name, Series unprimed, Series primed, Series warm) {
    String chapter = "restore";
    if (!plots.containsKey(chapter)) {
      text.append(
          "\n## restore\n\nThe first call after a restore, and the warm calls that follow.\n\n"
              + "![](restore.svg)\n\n"
              + "| | unprimed ms | primed ms | warm p50 ms | warm p99 ms | primed to warm |\n"
              + "|---|---|---|---|---|---|\n");
    }
    raw(chapter, name, "unprimed", unprimed);
    raw(chapter, name, "primed", primed);
    raw(chapter, name, "warm", warm);
    medians.put("restore/" + name + " primed to warm", primed.median() / warm.median());
    text.append(
        String.format(
            Locale.ROOT,
            "| %s | %s | %s | %.2f | %.2f | %.1f |%n",
            name,
            unprimed.text(0),
            primed.text(1),
            warm.median(),
            warm.quantile(0.99),
            primed.median() / warm.median()));
    plot(chapter, name + ", unprimed", unprimed.median());
    plot(chapter, name + ", primed", primed.median());
    plot(chapter, name + ", warm", warm.median());
  }

  void write() throws IOException {
    Files.createDirectories(folder);
    Path last = folder.resolve(MEDIANS);
    StringBuilder now = new StringBuilder();
    medians.forEach((name, value) -> now.append(line(name, value)));
    String head =
        String.format(
            Locale.ROOT,
            "# Measured%n%nBy `mvn verify -Pbench -DskipTests`; Java: %s; %d processors, functions on"
                + " one of them. Medians, in brackets from least to most; ratios are taken round by"
                + " round.%n",
            version(),
            Runtime.getRuntime().availableProcessors());
    Files.writeString(folder.resolve("report.md"), head + text);
    Files.writeString(folder.resolve("raw.csv"), raw);
    Files.writeString(last, now);
    for (Map.Entry<String, List<Map.Entry<String, Double>>> plot : plots.entrySet()) {
      Files.writeString(
          folder.resolve(plot.getKey() + ".svg"), Plot.bars(plot.getKey(), plot.getValue()));
    }
  }

  /** Prints all of it, and each ratio beside that of the report before. */
  void compare() {
    Map<String, String> old = new LinkedHashMap<>();
    before
        .lines()
        .forEach(
            line -> {
              int comma = line.lastIndexOf(',');
              old.put(line.substring(0, comma), line.substring(comma + 1));
            });
    System.out.println(text);
    System.out.printf("%-50s %6s %s%n", "ratio", "now", "in the report before");
    medians.forEach(
        (name, value) ->
            System.out.printf(
                Locale.ROOT, "%-50s %6.2f %s%n", name, value, old.getOrDefault(key(name), "-")));
  }

  private static String line(String name, double value) {
    return String.format(Locale.ROOT, "%s,%.3f%n", key(name), value);
  }

  private static String key(String name) {
    return name.replace(",", "");
  }

  private static String version() throws IOException {
    Path release = Path.of(Jdk.java()).resolve("../../release").normalize();
    return Files.readAllLines(release).stream()
        .filter(line -> line.startsWith("JAVA_RUNTIME_VERSION") || line.startsWith("IMPLEMENTOR="))
        .map(line -> line.replaceAll(".*=", "").replace("\"", ""))
        .reduce((a, b) -> a + " " + b)
        .orElse("unknown");
  }

  private void plot(String chapter, String name, double value) {
    plots.computeIfAbsent(chapter, key -> new ArrayList<>()).add(Map.entry(name, value));
  }

  private void raw(String chapter, String name, String kind, Series series) {
    for (int round = 0; round < series.values().size(); round++) {
      raw.append(
          String.format(
              Locale.ROOT,
              "%s,\"%s\",%s,%d,%.3f%n",
              chapter,
              name,
              kind,
              round + 1,
              series.values().get(round)));
    }
  }

  private static List<Series> series(List<Subject.Start> starts) {
    return List.of(
        new Series(starts.stream().map(Subject.Start::ready).toList()),
        new Series(starts.stream().map(Subject.Start::answer).toList()),
        new Series(starts.stream().map(Subject.Start::processor).toList()),
        new Series(starts.stream().map(Subject.Start::memory).toList()));
  }
}
