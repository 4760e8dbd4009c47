package ispcrm.authorizer;

import ispcrm.runtime.FunctionError;

/**
 * The request has no valid token. API Gateway responds with 401 if an authorizer fails with exactly
 * this message, and with 503 if it fails with any other (see the template's gateway responses).
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html">Use
 *     API Gateway Lambda authorizers</a>
 */
final class UnauthorizedException extends FunctionError {
  private static final long serialVersionUID = 1;

  UnauthorizedException() {
    super("Unauthorized");
  }
}
