package ispcrm.restore;

/** An item is not what the API could have written; the message says why, without its values. */
final class BrokenRecordException extends Exception {
  private static final long serialVersionUID = 1;

  BrokenRecordException(String message) {
    super(message);
  }
}
