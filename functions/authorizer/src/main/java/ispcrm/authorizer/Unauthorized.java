package ispcrm.authorizer;

/**
 * The request has no valid token. API Gateway answers 401 where an authorizer fails with exactly
 * this message, and 500 where it fails with any other.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html">Use
 *     API Gateway Lambda authorizers</a>
 */
final class Unauthorized extends RuntimeException {
  private static final long serialVersionUID = 1;

  Unauthorized() {
    super("Unauthorized", null, false, false);
  }
}
