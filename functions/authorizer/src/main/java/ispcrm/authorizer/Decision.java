package ispcrm.authorizer;

import ispcrm.http.Caller;
import ispcrm.http.ErrorCode;

/**
 * The authorizer's decision about a request with a valid token.
 *
 * @param denial why the request is not allowed; null if it is
 */
public record Decision(Caller caller, Denial denial) {

  /** The reasons to deny a request with a valid token. */
  public enum Denial {
    /** The token's scopes do not allow the request. */
    INSUFFICIENT_SCOPE(
        ErrorCode.FORBIDDEN,
        "Forbidden - the scopes of this token do not allow this request.",
        "Bearer realm=\"ISPCRM\", error=\"insufficient_scope\""),

    /** The token cannot be used from the client's address. */
    ADDRESS_NOT_ALLOWED(
        ErrorCode.ADDRESS_NOT_ALLOWED,
        "Forbidden - this token cannot be used from your address.",
        "Bearer realm=\"ISPCRM\"");

    private final ErrorCode code;
    private final String message;
    private final String challenge;

    Denial(ErrorCode code, String message, String challenge) {
      this.code = code;
      this.message = message;
      this.challenge = challenge;
    }

    /** The code of the response's body. */
    public ErrorCode code() {
      return code;
    }

    /** The message of the response's body. */
    public String message() {
      return message;
    }

    /** The response's header WWW-Authenticate (RFC 6750, section 3). */
    public String challenge() {
      return challenge;
    }
  }
}
