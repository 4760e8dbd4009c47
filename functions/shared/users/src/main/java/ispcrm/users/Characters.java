package ispcrm.users;

/** What text that people read may contain. */
public final class Characters {

  private Characters() {}

  /** The marks that change the direction of text (Unicode UAX #9), and U+FFFD. */
  private static final String REFUSED =
      "\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\uFFFD";

  /**
   * Whether the text fits on one line, and is what it looks like: no control characters, no half of
   * a surrogate pair, no invisible marks that change the direction of text, and no U+FFFD, which is
   * what remains of text in another encoding.
   */
  public static boolean areVisible(String text) {
    return text.chars().noneMatch(character -> REFUSED.indexOf(character) >= 0)
        && text.codePoints()
            .map(Character::getType)
            .noneMatch(
                type ->
                    type == Character.CONTROL
                        || type == Character.SURROGATE
                        || type == Character.LINE_SEPARATOR
                        || type == Character.PARAGRAPH_SEPARATOR);
  }

  /** Whether the text shows nothing: it is empty or consists of spaces of any kind. */
  public static boolean areBlank(String text) {
    return text.codePoints()
        .allMatch(
            character -> Character.isWhitespace(character) || Character.isSpaceChar(character));
  }
}
