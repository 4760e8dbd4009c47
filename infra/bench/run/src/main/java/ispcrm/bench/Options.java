package ispcrm.bench;

import java.util.List;

/**
 * The options of a run, from system properties.
 *
 * @param rounds the number of times that each start and each restore is repeated: bench.rounds,
 *     default 7
 * @param chapters the chapters to measure: bench.chapters, default all
 */
record Options(int rounds, List<String> chapters) {
  static final List<String> CHAPTERS =
      List.of("cold-start", "restore", "warm", "load", "endurance");

  private static final int ROUNDS = 7;

  static Options ofSystemProperties() {
    String chapters = System.getProperty("bench.chapters", "");
    Options options =
        new Options(
            Integer.getInteger("bench.rounds", ROUNDS),
            chapters.isEmpty() ? CHAPTERS : List.of(chapters.split(",", -1)));
    if (!CHAPTERS.containsAll(options.chapters())) {
      throw new IllegalArgumentException("bench.chapters may name " + CHAPTERS);
    }
    return options;
  }

  /** Whether the run is complete, so that its report may replace the last one. */
  boolean complete() {
    return rounds >= ROUNDS && chapters.equals(CHAPTERS);
  }
}
