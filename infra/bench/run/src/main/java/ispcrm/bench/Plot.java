package ispcrm.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Bars as SVG. */
final class Plot {
  private static final int ROW = 26;
  private static final int LABEL = 260;
  private static final int WIDTH = 900;

  private Plot() {}

  /**
   * @param bars what each stands for, and its value
   */
  static String bars(String title, String unit, List<Map.Entry<String, Double>> bars) {
    double max = bars.stream().mapToDouble(Map.Entry::getValue).max().orElse(1);
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                + " font-family=\"sans-serif\" font-size=\"13\">%n"
                + "<title>%s, %s</title>%n"
                + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
            WIDTH,
            (bars.size() + 1) * ROW,
            title,
            unit));
    for (int row = 0; row < bars.size(); row++) {
      double length = bars.get(row).getValue() / max * (WIDTH - LABEL - 120);
      int y = row * ROW + 12;
      svg.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n"
                  + "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#4a7ab5\"/>%n"
                  + "<text x=\"%.1f\" y=\"%d\">%.1f %s</text>%n",
              LABEL - 8,
              y + 14,
              bars.get(row).getKey(),
              LABEL,
              y,
              Math.max(1, length),
              ROW - 8,
              LABEL + length + 6,
              y + 14,
              bars.get(row).getValue(),
              unit));
    }
    return svg.append("</svg>\n").toString();
  }
}
