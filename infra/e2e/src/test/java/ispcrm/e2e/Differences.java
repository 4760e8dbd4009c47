package ispcrm.e2e;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Compares two runs of the suite. A check that one of the runs skipped because it was read-only is
 * not compared. A check that only one run contains differs.
 */
final class Differences {
  private static final Outcome ABSENT = new Outcome("absent", "", "");

  private Differences() {}

  /**
   * With the argument {@code FILE}, prints one run's counts and the checks that did not pass. With
   * {@code FILE FILE [EXPECTED]}, prints the checks that differ between two runs, or, if there is a
   * file of expected differences, only the deviations from that file. Exits with 1 if a check
   * failed, if the runs differ or, with a file of expected differences, if they deviate from it;
   * exits with 2 if a file cannot be read.
   */
  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try {
      boolean good =
          switch (arguments.length) {
            case 1 -> show(Path.of(arguments[0]), out);
            case 2 -> compare(Path.of(arguments[0]), Path.of(arguments[1]), null, out);
            default ->
                compare(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]), out);
          };
      System.exit(good ? 0 : 1);
    } catch (IOException e) {
      System.err.println("cannot read " + e.getMessage());
      System.exit(2);
    }
  }

  /** Prints one run, and returns whether no check failed. */
  static boolean show(Path file, PrintStream out) throws IOException {
    Map<String, Outcome> outcomes = Outcome.read(file);
    for (Outcome outcome : outcomes.values()) {
      if (!outcome.result().equals("passed") && !outcome.isSkippedAsReadOnly()) {
        out.println(outcome.check() + "  # " + outcome);
      }
    }
    out.println(name(file) + ": " + counts(outcomes));
    return outcomes.values().stream().noneMatch(outcome -> outcome.result().equals("failed"));
  }

  /**
   * Prints the differences.
   *
   * @param expected a file that lists the checks that are expected to differ, one per line, each
   *     followed by {@code #} and the reason; or null
   * @return whether there are no differences, or exactly the expected ones
   */
  static boolean compare(Path a, Path b, Path expected, PrintStream out) throws IOException {
    Map<String, Outcome> ofA = Outcome.read(a);
    Map<String, Outcome> ofB = Outcome.read(b);
    Map<String, String> differing = differing(ofA, ofB, name(a), name(b));
    int width = Math.max(name(a).length(), name(b).length());
    out.printf("%-" + width + "s  %s%n", name(a), counts(ofA));
    out.printf("%-" + width + "s  %s%n", name(b), counts(ofB));
    if (expected == null) {
      differing.forEach((check, why) -> out.println(check + "  # " + why));
      out.println(differing.size() + " checks differ");
      return differing.isEmpty();
    }
    Set<String> names = names(expected);
    Set<String> unexpected = new TreeSet<>(differing.keySet());
    unexpected.removeAll(names);
    Set<String> missing = new TreeSet<>(names);
    missing.removeAll(differing.keySet());
    unexpected.forEach(
        check -> out.println("not expected: " + check + "  # " + differing.get(check)));
    missing.forEach(check -> out.println("expected, but the same: " + check));
    out.println(
        differing.size()
            - unexpected.size()
            + " checks differ as expected by "
            + expected.getFileName()
            + ", "
            + (unexpected.size() + missing.size())
            + " deviate");
    return unexpected.isEmpty() && missing.isEmpty();
  }

  private static Map<String, String> differing(
      Map<String, Outcome> ofA, Map<String, Outcome> ofB, String a, String b) {
    Set<String> leftOut = new TreeSet<>(leftOut(ofA));
    leftOut.addAll(leftOut(ofB));
    Set<String> checks = new TreeSet<>(ofA.keySet());
    checks.addAll(ofB.keySet());
    Map<String, String> differing = new TreeMap<>();
    for (String check : checks) {
      Outcome inA = ofA.getOrDefault(check, ABSENT);
      Outcome inB = ofB.getOrDefault(check, ABSENT);
      if (!inA.result().equals(inB.result()) && !leftOut.contains(Outcome.method(check))) {
        differing.put(check, a + " " + inA + "; " + b + " " + inB);
      }
    }
    return differing;
  }

  private static Set<String> leftOut(Map<String, Outcome> outcomes) {
    return outcomes.values().stream()
        .filter(Outcome::isSkippedAsReadOnly)
        .map(outcome -> Outcome.method(outcome.check()))
        .collect(Collectors.toSet());
  }

  private static Set<String> names(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .map(line -> line.startsWith("#") ? "" : line.split(" +# ", 2)[0].strip())
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toSet());
  }

  private static String counts(Map<String, Outcome> outcomes) {
    return "%d passed, %d failed, %d skipped"
        .formatted(
            count(outcomes, "passed"), count(outcomes, "failed"), count(outcomes, "skipped"));
  }

  private static long count(Map<String, Outcome> outcomes, String result) {
    return outcomes.values().stream().filter(outcome -> outcome.result().equals(result)).count();
  }

  private static String name(Path file) {
    return file.getFileName().toString().replaceFirst("\\.txt$", "");
  }
}
