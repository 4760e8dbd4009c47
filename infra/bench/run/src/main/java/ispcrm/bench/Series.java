package ispcrm.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Measured values of one kind, in the order in which they were measured. */
record Series(List<Double> values) {

  double median() {
    return quantile(0.5);
  }

  /**
   * The value below which this share of all values lies.
   *
   * @param share 0 to 1
   */
  double quantile(double share) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(Math.min(sorted.size() - 1, (int) (share * sorted.size())));
  }

  /** The ratios to another series round by round, because a disturbance affects both in a round. */
  Series to(Series other) {
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < values.size(); round++) {
      ratios.add(values.get(round) / other.values.get(round));
    }
    return new Series(ratios);
  }

  /** The differences to another series round by round. */
  Series minus(Series other) {
    List<Double> differences = new ArrayList<>();
    for (int round = 0; round < values.size(); round++) {
      differences.add(values.get(round) - other.values.get(round));
    }
    return new Series(differences);
  }

  /** Median and range. */
  String text(int digits) {
    String form = "%." + digits + "f";
    return String.format(
        Locale.ROOT, form + " (" + form + "–" + form + ")", median(), quantile(0), quantile(1));
  }
}
