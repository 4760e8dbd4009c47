package ispcrm.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** One chapter of the report: its text and its figures. */
final class Chapter {
  private final String name;
  private final StringBuilder text = new StringBuilder();
  private final Map<String, Figure> figures = new LinkedHashMap<>();

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

  /** Adds a figure that should be about the same on other machines. */
  void figure(String what, Series series) {
    figures.put(what, new Figure(series.median(), series.quantile(0.25), series.quantile(0.75)));
  }

  /** Adds a figure without a spread. */
  void figure(String what, double value) {
    figures.put(what, new Figure(value, value, value));
  }

  String text() {
    return text.toString();
  }

  Map<String, Figure> figures() {
    return figures;
  }
}
