package ispcrm.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The outcome of one check: a line of a results file with three fields, separated by tabs.
 *
 * @param result {@code passed}, {@code failed} or {@code skipped}
 * @param check its method and, after a colon, its parameters
 * @param reason the reason that it did not pass, on one line and without a token; empty if it
 *     passed
 */
record Outcome(String result, String check, String reason) {
  static final String READ_ONLY = "it writes";

  private static final Pattern TOKEN = Pattern.compile("ispcrm_[0-9A-Za-z]{20,}");
  private static final int MAX_REASON_LENGTH = 300;

  /** Creates an outcome from a reason that may contain line breaks and tokens. */
  static Outcome of(String result, String check, String reason) {
    String line = withoutTokens(reason).replaceAll("\\s+", " ").strip();
    return new Outcome(
        result,
        check,
        line.length() > MAX_REASON_LENGTH ? line.substring(0, MAX_REASON_LENGTH) + "…" : line);
  }

  static String withoutTokens(String text) {
    return TOKEN.matcher(text).replaceAll("ispcrm_…");
  }

  /** Reads the outcomes in a results file, by check. */
  static Map<String, Outcome> read(Path file) throws IOException {
    Map<String, Outcome> outcomes = new TreeMap<>();
    for (String line : Files.readAllLines(file)) {
      String[] parts = line.split("\t", -1);
      if (parts.length != 3) {
        throw new IOException(file + " contains a line that is not an outcome: " + line);
      }
      if (outcomes.put(parts[1], new Outcome(parts[0], parts[1], parts[2])) != null) {
        throw new IOException(file + " contains two outcomes of " + parts[1]);
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
