package ispcrm.bench;

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

  private static final List<Target> TARGETS =
      List.of(
          new Target("cold start of get-user, to bare", "cold-start/get-user to bare", 0.85),
          new Target(
              "the same as an image with an AOT cache",
              "aot-cache/get-user with cache to bare",
              0.45),
          new Target(
              "cold start of get-user, to FunctionInvoker",
              "cold-start/get-user to FunctionInvoker",
              0.38),
          new Target(
              "first call of get-user after a restore, primed, to warm",
              "restore/get-user primed to warm",
              2.5),
          new Target("package of get-user, MB", "package/get-user MB", 11),
          new Target(
              "first page, time in the largest table to 1,000 users", "scale/first page time", 1.1),
          new Target("middle page, the same", "scale/middle page time", 1.1),
          new Target("last page, the same", "scale/last page time", 1.1),
          new Target(
              "page of 50, units in the largest table to 1,000 users",
              "scale/middle page units growth",
              1.0),
          new Target("read units of get-user", "scale/get-user units", 0.5),
          new Target("read units of the authorizer", "scale/authorizer units", 0.5),
          new Target("read units of a page of 50", "scale/middle page units", 3));

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
