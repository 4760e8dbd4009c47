package ispcrm.http;

import java.util.Locale;

/**
 * What can go wrong with a request, for programs, each with the status of its response. Those that
 * no function throws are in the responses of API Gateway in template.yaml.
 */
public enum ErrorCode {
  INVALID_JSON(400),
  DUPLICATE_KEY(400),
  INVALID_FIELDS(400),
  INVALID_PARAMETER(400),
  INVALID_CURSOR(400),
  INVALID_HEADER(400),
  BAD_REQUEST(400),
  UNAUTHORIZED(401),
  FORBIDDEN(403),
  ADDRESS_NOT_ALLOWED(403),
  NOT_FOUND(404),
  METHOD_NOT_ALLOWED(405),
  ALREADY_EXISTS(409),
  ID_RETIRED(409),
  IN_USE(409),
  NOT_A_CUSTOMER(409),
  USER_BARRED(409),
  OWN_ACCOUNT(409),
  RESERVED(409),
  TOO_MANY_WEBHOOKS(409),
  WEBHOOK_DISABLED(409),
  CONFLICT(409),
  PRECONDITION_FAILED(412),
  BODY_TOO_LARGE(413),
  UNSUPPORTED_MEDIA_TYPE(415),
  IDEMPOTENCY_KEY_REUSED(422),
  THROTTLED(429),
  INTERNAL_ERROR(500),
  UNAVAILABLE(503),
  TIMEOUT(504);

  private final int status;

  ErrorCode(int status) {
    this.status = status;
  }

  public int status() {
    return status;
  }

  /** The code in words, such as "Invalid json". */
  String title() {
    return name().charAt(0) + toString().substring(1).replace('_', ' ');
  }

  /** The code as the API shows it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
