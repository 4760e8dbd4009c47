package ispcrm.restore;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what becomes of the items, and tells the operator about it while it happens. */
final class Report {
  private static final long INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();

  /** What became of a user, a token or a claim. */
  enum Outcome {
    COPIED("copied"),
    DISABLED("disabled"),
    REVOKED("revoked"),
    CHECKED("checked"),
    UNCLAIMED("claims without a user removed"),
    CLAIMED("missing claims added"),
    KEPT("kept as they were"),
    EXPIRED("expired and not copied");

    private final String text;

    Outcome(String text) {
      this.text = text;
    }
  }

  private final String problem;
  private final PrintStream out;
  private final PrintStream err;
  private final Map<Outcome, LongAdder> counts = new EnumMap<>(Outcome.class);
  private final LongAdder problems = new LongAdder();
  private long read;
  private long printedAt = System.nanoTime();

  /**
   * @param problem what is said of an item that {@link #problem} is called for
   * @param out receives the result
   * @param err receives the problems and the progress
   */
  Report(String problem, PrintStream out, PrintStream err) {
    this.problem = problem;
    this.out = out;
    this.err = err;
    for (Outcome outcome : Outcome.values()) {
      counts.put(outcome, new LongAdder());
    }
  }

  void count(Outcome outcome) {
    counts.get(outcome).increment();
  }

  /** Prints something that the operator has to look at, on one line. */
  void problem(String text) {
    problems.increment();
    err.println(oneLine(problem + ": " + text));
  }

  boolean hasProblems() {
    return problems.sum() > 0;
  }

  /** Prints that a user lost the access that the restored table gave them, on one line. */
  void disabled(String id, String role, String status) {
    count(Outcome.DISABLED);
    out.println(oneLine("disabled: %s (%s, was %s)".formatted(id, role, status)));
  }

  /** Notes that items were read, and prints the progress from time to time. */
  synchronized void read(int items) {
    read += items;
    long now = System.nanoTime();
    if (now - printedAt >= INTERVAL_NANOS) {
      printedAt = now;
      err.printf("%,d items read; %s%n", read, summary());
    }
  }

  /** Prints the summary. */
  void finish(String table) {
    out.println(table + ": " + summary());
    if (counts.get(Outcome.DISABLED).sum() > 0) {
      out.println(
          """
          Staff and administrators are disabled, because they may have left since. To enable one who still works for you:
            aws dynamodb update-item --table-name %s --key '{"pk":{"S":"user#ID"}}' \\
              --condition-expression 'attribute_exists(pk)' --update-expression 'SET #status = :active' \\
              --expression-attribute-names '{"#status":"status"}' --expression-attribute-values '{":active":{"S":"active"}}'"""
              .formatted(table));
    }
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  private String summary() {
    List<String> parts = new ArrayList<>();
    counts.forEach(
        (outcome, count) -> {
          if (count.sum() > 0) {
            parts.add("%,d %s".formatted(count.sum(), outcome.text));
          }
        });
    parts.add("%,d %s".formatted(problems.sum(), problem));
    return String.join(", ", parts);
  }
}
