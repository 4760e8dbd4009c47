package ispcrm.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The targets, and whether they were reached. */
final class Targets {

  private Targets() {}

  /**
   * @param figure its name in medians.csv, with the chapter before the slash
   * @param max the largest value that reaches the target
   */
  private record Target(String what, String figure, double max) {}

  private static final List<Target> TARGETS = targets();

  private static List<Target> targets() {
    List<Target> targets = new ArrayList<>();
    targets.addAll(
        ofEach("first call after a restore, to warm, both without no-op's", "first to warm", 1.8));
    targets.addAll(
        ofEach(
            "first call after a restore, to bare's without the template's options",
            "first to bare without options",
            0.4));
    targets.addAll(ofEach("calls 2 to 30 after it, to warm", "next to warm", 1.2));
    targets.add(new Target("get-user: warm call, to bare's", "restore/get-user warm to bare", 1.0));
    targets.addAll(ofEach("snapshot, MiB", "snapshot MiB", 110));
    targets.addAll(
        List.of(
            new Target(
                "authorizer + get-user, to the same without the read of the token's user",
                "warm/second read",
                1.3),
            new Target("cold start of get-user, to bare", "cold-start/get-user to bare", 0.75),
            new Target("page of 50, allocated kB", "warm/list-users kB", 150)));
    return targets;
  }

  /** The same target for each of the most used functions, in the chapter restore. */
  private static List<Target> ofEach(String what, String figure, double max) {
    return Functions.MOST_USED.stream()
        .map(name -> new Target(name + ": " + what, "restore/" + name + " " + figure, max))
        .toList();
  }

  static String table(Map<String, Chapter.Figure> figures) {
    StringBuilder table = new StringBuilder("\n| | target | measured | |\n|---|---|---|---|\n");
    for (Target target : TARGETS) {
      Chapter.Figure figure = figures.get(target.figure());
      table.append(
          figure == null
              ? String.format(
                  Locale.ROOT, "| %s | ≤ %s | – | not measured |%n", target.what(), target.max())
              : String.format(
                  Locale.ROOT,
                  "| %s | ≤ %s | %.2f | %s |%n",
                  target.what(),
                  target.max(),
                  figure.median(),
                  figure.median() <= target.max() + 0.005 ? "reached" : "**not reached**"));
    }
    return table.toString();
  }
}
