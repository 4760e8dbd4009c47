package ispcrm.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One chapter of the report: its text, its bars, its values. */
final class Chapter {
  private final String name;
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder raw = new StringBuilder();
  private final Map<String, Figure> figures = new LinkedHashMap<>();
  private final List<Map.Entry<String, Double>> bars = new ArrayList<>();
  private String unit = "";

  Chapter(String name) {
    this.name = name;
  }

  /**
   * A figure that can be compared with that of another report.
   *
   * @param low the first quartile
   * @param high the third quartile
   */
  record Figure(double median, double low, double high) {}

  String name() {
    return name;
  }

  /** Adds a line of Markdown to the text. */
  void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  /** Keeps the measured values. */
  void raw(String subject, String kind, Series series) {
    for (int round = 0; round < series.values().size(); round++) {
      raw.append(
          String.format(
              Locale.ROOT,
              "%s,\"%s\",%s,%d,%.3f%n",
              name,
              subject,
              kind,
              round + 1,
              series.values().get(round)));
    }
  }

  /** Adds a figure that should be about the same on other machines. */
  void figure(String what, Series series) {
    figures.put(what, new Figure(series.median(), series.quantile(0.25), series.quantile(0.75)));
  }

  /** Adds a figure without a spread. */
  void figure(String what, double value) {
    figures.put(what, new Figure(value, value, value));
  }

  void bar(String newUnit, String what, double value) {
    unit = newUnit;
    bars.add(Map.entry(what, value));
  }

  String text() {
    return text.toString();
  }

  String raw() {
    return raw.toString();
  }

  Map<String, Figure> figures() {
    return figures;
  }

  List<Map.Entry<String, Double>> bars() {
    return bars;
  }

  String unit() {
    return unit;
  }
}
