package ispcrm.e2e;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks for bearer tokens where none may be. */
final class SecretScan {
  private static final Pattern TOKEN = Pattern.compile("ispcrm_[0-9A-Za-z]{20,}");

  private SecretScan() {}

  static void assertNoToken(String where, String text) {
    Matcher found = TOKEN.matcher(text);
    if (found.find()) {
      int from = Math.max(0, found.start() - 200);
      throw new AssertionError(
          "a token stands in " + where + ", behind: " + text.substring(from, found.start()));
    }
  }
}
