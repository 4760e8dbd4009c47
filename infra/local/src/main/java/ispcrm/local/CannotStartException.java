package ispcrm.local;

/** Why the API does not start, in one line for whoever started it. */
public final class CannotStartException extends Exception {
  private static final long serialVersionUID = 1;

  CannotStartException(String message) {
    super(message);
  }
}
