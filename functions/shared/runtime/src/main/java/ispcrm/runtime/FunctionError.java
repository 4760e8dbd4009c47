package ispcrm.runtime;

/**
 * Makes an invocation fail. The caller of the function receives the message. Lambda logs it too,
 * without a stack trace, because the function has already logged what failed.
 */
public class FunctionError extends RuntimeException {
  private static final long serialVersionUID = 1;

  public FunctionError(String message) {
    super(message, null, false, false);
  }
}
