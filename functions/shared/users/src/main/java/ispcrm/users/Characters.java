package ispcrm.users;

/** What text that people read may contain. */
public final class Characters {

  private Characters() {}

  /** Whether the text fits on one line: no control characters, no half of a surrogate pair. */
  public static boolean areVisible(String text) {
    return text.codePoints()
        .map(Character::getType)
        .noneMatch(
            type ->
                type == Character.CONTROL
                    || type == Character.SURROGATE
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR);
  }
}
