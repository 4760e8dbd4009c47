package ispcrm.passwords;

import ispcrm.values.Characters;
import ispcrm.values.InvalidValueException;

/** The rule for passwords. */
public final class Password {
  /** PAP can send as many bytes (RFC 2865, section 5.2). */
  private static final int MAX_LENGTH = 128;

  private Password() {}

  /**
   * Reads a password that a client sent.
   *
   * @throws InvalidValueException if it is not a password; the message does not contain it
   */
  public static String parse(Object json) throws InvalidValueException {
    if (json instanceof String text
        && !text.isEmpty()
        && text.codePointCount(0, text.length()) <= MAX_LENGTH
        && Characters.areVisible(text)) {
      return text;
    }
    throw new InvalidValueException(
        "must be 1 to " + MAX_LENGTH + " characters " + Characters.RULE);
  }
}
