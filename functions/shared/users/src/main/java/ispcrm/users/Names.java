package ispcrm.users;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** How names are found and ordered: regardless of case and accents. */
final class Names {
  private static final Pattern ACCENTS = Pattern.compile("\\p{M}+");

  /** Longer names are ordered and found by this many characters, because a key has 1,024 bytes. */
  private static final int MAX_CHARACTERS = 150;

  /** Sorts before every character of a name. */
  private static final String SEPARATOR = "\t";

  private Names() {}

  /** The form in which names are equal regardless of case and accents; never empty. */
  static String fold(String name) {
    String plain = ACCENTS.matcher(Normalizer.normalize(name, Normalizer.Form.NFKD)).replaceAll("");
    // Upper case first, so that "ß" is equal to "ss".
    String folded =
        (plain.isEmpty() ? name : plain)
            .toUpperCase(Locale.ROOT)
            .toLowerCase(Locale.ROOT)
            // At the end of a word, the lower case of "Σ" is another letter.
            .replace('ς', 'σ');
    return folded.codePointCount(0, folded.length()) <= MAX_CHARACTERS
        ? folded
        : folded.substring(0, folded.offsetByCodePoints(0, MAX_CHARACTERS));
  }

  /** Sorts a user by name, and is unique. */
  static String key(String name, String id) {
    return fold(name) + SEPARATOR + id;
  }
}
