package ispcrm.values;

/**
 * A client sent a value that breaks the rule of its field. The message says what would be right.
 */
public final class InvalidValueException extends Exception {
  private static final long serialVersionUID = 1;

  public InvalidValueException(String message) {
    super(message, null, false, false);
  }
}
