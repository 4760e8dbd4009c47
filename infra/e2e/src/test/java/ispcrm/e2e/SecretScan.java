package ispcrm.e2e;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Searches text that must not contain a bearer token. */
final class SecretScan {
  /** Any token but the one in the examples of the contract, which is not a real one. */
  private static final Pattern TOKEN = Pattern.compile("ispcrm_(?!Example)[0-9A-Za-z]{20,}");

  private SecretScan() {}

  static void assertNoToken(String where, String text) {
    Matcher found = TOKEN.matcher(text);
    if (found.find()) {
      int from = Math.max(0, found.start() - 200);
      throw new AssertionError(
          where + " contains a token, after: " + text.substring(from, found.start()));
    }
  }
}
