package ispcrm.restore;

/** The command cannot be carried out, for the reason in the message; nothing was changed. */
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  RefusedException(String message) {
    super(message);
  }
}
