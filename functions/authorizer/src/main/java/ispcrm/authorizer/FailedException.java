package ispcrm.authorizer;

/**
 * The authorizer cannot decide, for a reason that it has logged. API Gateway responds with 503. The
 * runtime logs this exception too, without a stack trace.
 */
final class FailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  FailedException(String requestId) {
    super("the authorizer failed on request " + requestId, null, false, false);
  }
}
