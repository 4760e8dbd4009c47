package ispcrm.local;

/** Why the API does not start, in one line for whoever started it. */
public final class CannotStart extends Exception {
  private static final long serialVersionUID = 1;

  CannotStart(String message) {
    super(message);
  }
}
