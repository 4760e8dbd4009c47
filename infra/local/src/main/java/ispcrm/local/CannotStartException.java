package ispcrm.local;

/** The reason that the API cannot start, as one line for the user. */
public final class CannotStartException extends Exception {
  private static final long serialVersionUID = 1;

  CannotStartException(String message) {
    super(message);
  }
}
