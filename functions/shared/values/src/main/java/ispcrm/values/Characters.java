package ispcrm.values;

import java.util.regex.Pattern;

/** What text that people read may contain. */
public final class Characters {
  /** The rule for {@link #areVisible}, for error messages and the contract. */
  public static final String RULE = "without control characters and invisible characters";

  /**
   * The code points with the property Default_Ignorable_Code_Point, which neither Java 17 nor Java
   * 25 knows, such as zero-width characters, marks that change the direction of text, variation
   * selectors and tags. Unicode reserves the ranges, so later versions hardly change them.
   *
   * @see <a
   *     href="https://www.unicode.org/Public/16.0.0/ucd/DerivedCoreProperties.txt">DerivedCoreProperties</a>
   */
  private static final String DEFAULT_IGNORABLE =
      "\\u00AD\\u034F\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u200B-\\u200F\\u202A-\\u202E"
          + "\\u2060-\\u206F\\u3164\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\uFFF0-\\uFFF8\\x{1BCA0}-\\x{1BCA3}"
          + "\\x{1D173}-\\x{1D17A}\\x{E0000}-\\x{E0FFF}";

  /** The marks of interlinear annotations, and what remains of text in another encoding. */
  private static final String SPECIALS = "\\uFFF9-\\uFFFB\\uFFFD";

  /** A character that does not belong to text that is shown on one line. */
  private static final Pattern REFUSED =
      Pattern.compile(
          "[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\p{IsNoncharacter_Code_Point}"
              + DEFAULT_IGNORABLE
              + SPECIALS
              + "]");

  /** The characters without ink that are not spaces: a blank of Braille and two fillers. */
  private static final String BLANKS = "\u2800\uD834\uDD59\uD81B\uDFE4";

  private Characters() {}

  /**
   * Whether the text fits on one line, and a reader sees all of it: no control characters, halves
   * of surrogate pairs, noncharacters or characters that are not shown. This also refuses the
   * joiners and variation selectors of some scripts and emoji, because two names that look the same
   * could differ in them. A character that Unicode has not assigned yet is not refused: a later
   * version of Java, or the reader's font, may know it.
   */
  public static boolean areVisible(String text) {
    return !REFUSED.matcher(text).find();
  }

  /** The rule for {@link #areLine}, for error messages. */
  public static String lineRule(int maxLength) {
    return "must be 1 to " + maxLength + " characters, not blank, " + RULE;
  }

  /** Whether the text shows something, on one line, in at most this many characters. */
  public static boolean areLine(String text, int maxLength) {
    return isShort(text, maxLength) && areVisible(text);
  }

  /** The same on any number of lines. */
  public static boolean areLines(String text, int maxLength) {
    return isShort(text, maxLength) && areVisible(text.replaceAll("[\\r\\n]", ""));
  }

  private static boolean isShort(String text, int maxLength) {
    return !areBlank(text) && text.codePointCount(0, text.length()) <= maxLength;
  }

  /** Whether the text shows nothing: it is empty or consists of spaces of any kind. */
  public static boolean areBlank(String text) {
    return text.codePoints()
        .allMatch(
            character ->
                Character.isWhitespace(character)
                    || Character.isSpaceChar(character)
                    || BLANKS.indexOf(character) >= 0);
  }
}
