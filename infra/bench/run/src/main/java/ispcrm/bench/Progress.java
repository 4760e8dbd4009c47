package ispcrm.bench;

/** Prints the progress of a long task, with the elapsed time, after each tenth of it. */
final class Progress {
  private static final int STEPS = 10;

  private final String what;
  private final long all;
  private final long begin = System.nanoTime();
  private long shown = -1;

  Progress(String what, long all) {
    this.what = what;
    this.all = all;
  }

  void at(long done) {
    long step = all == 0 ? STEPS : done * STEPS / all;
    if (step > shown) {
      shown = step;
      int filled = (int) step;
      System.out.printf(
          "  %-28s [%s%s] %d of %d, %d s%n",
          what,
          "#".repeat(filled),
          ".".repeat(STEPS - filled),
          done,
          all,
          (System.nanoTime() - begin) / 1_000_000_000);
    }
  }
}
