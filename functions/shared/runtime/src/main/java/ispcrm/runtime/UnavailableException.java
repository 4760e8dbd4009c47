package ispcrm.runtime;

/**
 * What a function needs is unavailable, which may pass: it failed, does not respond in time, or
 * accepts no more calls. The log says so in one line.
 */
public final class UnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param fault what failed, for the log
   * @param cause why it failed, for the log; null if no call was made
   */
  public UnavailableException(String fault, RuntimeException cause) {
    super(fault, cause, false, false);
  }
}
