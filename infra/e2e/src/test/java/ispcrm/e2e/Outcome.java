package ispcrm.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * How one check of the suite ended: a line of a results file, its three parts separated by tabs.
 *
 * @param result {@code passed}, {@code failed} or {@code skipped}
 * @param check its method and, behind a colon, its parameters
 * @param reason why it did not pass, on one line and without a token, or empty
 */
record Outcome(String result, String check, String reason) {
  static final String READ_ONLY = "it writes";

  private static final Pattern TOKEN = Pattern.compile("ispcrm_[0-9A-Za-z]{20,}");
  private static final int LONGEST_REASON = 300;

  /** The outcome of a check whose reason may be any text. */
  static Outcome of(String result, String check, String reason) {
    String line = withoutTokens(reason).replaceAll("\\s+", " ").strip();
    return new Outcome(
        result,
        check,
        line.length() > LONGEST_REASON ? line.substring(0, LONGEST_REASON) + "…" : line);
  }

  static String withoutTokens(String text) {
    return TOKEN.matcher(text).replaceAll("ispcrm_…");
  }

  /** The outcomes in a results file by their checks. */
  static Map<String, Outcome> read(Path file) throws IOException {
    Map<String, Outcome> outcomes = new TreeMap<>();
    for (String line : Files.readAllLines(file)) {
      String[] parts = line.split("\t", -1);
      if (parts.length != 3) {
        throw new IOException(file + " holds a line that is no outcome: " + line);
      }
      if (outcomes.put(parts[1], new Outcome(parts[0], parts[1], parts[2])) != null) {
        throw new IOException(file + " holds two outcomes of " + parts[1]);
      }
    }
    return outcomes;
  }

  boolean isSkippedAsReadOnly() {
    return result.equals("skipped") && reason.endsWith(READ_ONLY);
  }

  /** A check's name without its parameters. */
  static String method(String check) {
    int colon = check.indexOf(':');
    return colon < 0 ? check : check.substring(0, colon);
  }

  String toLine() {
    return result + "\t" + check + "\t" + reason + "\n";
  }

  @Override
  public String toString() {
    return reason.isEmpty() ? result : result + ": " + reason;
  }
}
