package ispcrm.gateway;

/**
 * Makes an invocation fail with a message for whoever invoked the function. Lambda also logs the
 * message; there is no stack trace, because what has to be known is in the log already.
 */
public class FunctionError extends RuntimeException {
  private static final long serialVersionUID = 1;

  public FunctionError(String message) {
    super(message, null, false, false);
  }
}
