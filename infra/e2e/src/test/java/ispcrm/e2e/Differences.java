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
 * What differed between two runs of the suite. Checks that either left out because it was read-only
 * are not compared; one that ended in one run only differs.
 */
final class Differences {
  private static final Outcome ABSENT = new Outcome("absent", "", "");

  private Differences() {}

  /**
   * {@code FILE} prints one run's counts and what did not pass in it; {@code FILE FILE [NAMED]}
   * what differs between two, and where a file names checks, what of that is not named in it or is
   * named and does not differ. Ends with status 1 where a check failed, runs differ or, where there
   * is a file of names, differ otherwise than it says; with 2 where a file cannot be read.
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
    } catch (IOException unreadable) {
      System.err.println("cannot be read: " + unreadable.getMessage());
      System.exit(2);
    }
  }

  /** Prints one run; true where no check failed. */
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
   * Prints what differs.
   *
   * @param named the checks that are to differ, one a line with its reason behind {@code #}, or
   *     null
   * @return whether nothing does, or just what is named
   */
  static boolean compare(Path a, Path b, Path named, PrintStream out) throws IOException {
    Map<String, Outcome> ofA = Outcome.read(a);
    Map<String, Outcome> ofB = Outcome.read(b);
    Map<String, String> differing = differing(ofA, ofB, name(a), name(b));
    int width = Math.max(name(a).length(), name(b).length());
    out.printf("%-" + width + "s  %s%n", name(a), counts(ofA));
    out.printf("%-" + width + "s  %s%n", name(b), counts(ofB));
    if (named == null) {
      differing.forEach((check, why) -> out.println(check + "  # " + why));
      out.println(differing.size() + " checks differ");
      return differing.isEmpty();
    }
    Set<String> names = names(named);
    Set<String> unnamed = new TreeSet<>(differing.keySet());
    unnamed.removeAll(names);
    Set<String> gone = new TreeSet<>(names);
    gone.removeAll(differing.keySet());
    unnamed.forEach(check -> out.println("not named: " + check + "  # " + differing.get(check)));
    gone.forEach(check -> out.println("named, but the same: " + check));
    out.println(
        differing.size()
            - unnamed.size()
            + " checks differ as named in "
            + named.getFileName()
            + ", "
            + (unnamed.size() + gone.size())
            + " otherwise");
    return unnamed.isEmpty() && gone.isEmpty();
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
