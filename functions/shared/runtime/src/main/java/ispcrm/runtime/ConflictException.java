package ispcrm.runtime;

/** Nothing was changed, because others were changing the same data for as long as it was tried. */
public final class ConflictException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ConflictException() {
    super("others are changing the same data", null, false, false);
  }
}
