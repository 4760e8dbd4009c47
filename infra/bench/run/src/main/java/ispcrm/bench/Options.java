package ispcrm.bench;

import java.util.List;

/**
 * What a run can be told, as system properties.
 *
 * @param rounds how often each start and each restore is repeated; bench.rounds, 7 where absent
 * @param users how many users the largest table holds; bench.users, 1,000,000 where absent
 * @param chapters which chapters are measured, all where bench.chapters names none
 */
record Options(int rounds, int users, List<String> chapters) {
  static final List<String> CHAPTERS =
      List.of("package", "cold-start", "aot-cache", "restore", "warm", "scale", "load");

  private static final int ROUNDS = 7;
  private static final int USERS = 1_000_000;

  static Options ofSystemProperties() {
    String chapters = System.getProperty("bench.chapters", "");
    Options options =
        new Options(
            Integer.getInteger("bench.rounds", ROUNDS),
            Integer.getInteger("bench.users", USERS),
            chapters.isEmpty() ? CHAPTERS : List.of(chapters.split(",", -1)));
    if (!CHAPTERS.containsAll(options.chapters())) {
      throw new IllegalArgumentException("bench.chapters may name " + CHAPTERS);
    }
    return options;
  }

  /** Whether this measures all of it, so that its report may take the place of the last one. */
  boolean complete() {
    return rounds >= ROUNDS && users >= USERS && chapters.equals(CHAPTERS);
  }
}
