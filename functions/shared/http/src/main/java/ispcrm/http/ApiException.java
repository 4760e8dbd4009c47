package ispcrm.http;

import ispcrm.runtime.UnavailableException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An error that is described to the client: one that the client made and can correct, or one that
 * passes. Only {@link ApiEntryPoint} turns it into a response; any other exception is a fault of
 * our own.
 */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** How many invalid fields a response lists, which keeps it small if a body has thousands. */
  private static final int MAX_FIELD_ERRORS = 30;

  private final ErrorCode code;
  private final transient Map<String, String> fieldErrors;
  private final transient Map<String, String> headers;

  /**
   * @param message for people; it must not contain anything secret
   */
  public ApiException(ErrorCode code, String message) {
    this(code, message, Map.of());
  }

  /**
   * @param fieldErrors what is wrong with each invalid field or parameter
   */
  public ApiException(ErrorCode code, String message, Map<String, String> fieldErrors) {
    this(code, message, fieldErrors, Map.of(), null);
  }

  private ApiException(
      ErrorCode code,
      String message,
      Map<String, String> fieldErrors,
      Map<String, String> headers,
      RuntimeException cause) {
    super(message, cause, false, false);
    this.code = code;
    this.fieldErrors = fieldErrors;
    this.headers = headers;
  }

  /**
   * The error for an id in a path that nothing has.
   *
   * @param kind what the id is of, such as user
   */
  public static ApiException notFound(String kind) {
    return new ApiException(ErrorCode.NOT_FOUND, "Not found - no " + kind + " has this id.");
  }

  /**
   * The error for a method that a known path does not support.
   *
   * @param methods the methods that the path supports, in the order of the response; at least one
   */
  public static ApiException methodNotAllowed(Collection<String> methods) {
    List<String> names = List.copyOf(methods);
    int last = names.size() - 1;
    String list =
        (last == 0 ? "" : String.join(", ", names.subList(0, last)) + " and ") + names.get(last);
    return new ApiException(
            ErrorCode.METHOD_NOT_ALLOWED, "Method not allowed - this path supports " + list + ".")
        .with("Allow", String.join(", ", names));
  }

  /** The error for a fault that may pass, such as a table that cannot be read. */
  public static ApiException unavailable(UnavailableException cause) {
    return new ApiException(
        ErrorCode.UNAVAILABLE,
        "Unavailable - wait for the number of seconds in Retry-After, then try again.",
        Map.of(),
        Map.of("Retry-After", "5"),
        cause);
  }

  /**
   * The error for a change that was refused because the calling token was revoked, or its user
   * changed, while the request was running.
   *
   * @param change what was not done, such as "The user was not changed"
   */
  public static ApiException callerChanged(String change) {
    return new ApiException(
        ErrorCode.CONFLICT,
        change
            + " - your token was revoked, or its user was changed, at the same time; try again.");
  }

  /** This error with another header in its response. */
  public ApiException with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new ApiException(code, getMessage(), fieldErrors, more, (RuntimeException) getCause());
  }

  /**
   * The error for a header whose value is malformed.
   *
   * @param fault what is wrong with it, and what would be right
   */
  public static ApiException invalidHeader(String name, String fault) {
    return new ApiException(
        ErrorCode.INVALID_HEADER,
        "The header " + name + " is invalid - see errors.",
        Map.of(name, fault));
  }

  /** The error for a key that the JSON of a body repeats. */
  public static ApiException duplicateKey(String field) {
    return new ApiException(
        ErrorCode.DUPLICATE_KEY,
        "The body repeats the key " + field + ".",
        Map.of(field, "is repeated"));
  }

  public int status() {
    return code.status();
  }

  /** What is wrong with each invalid field or parameter. */
  public Map<String, String> fieldErrors() {
    return Collections.unmodifiableMap(fieldErrors);
  }

  ApiResponse toResponse(ApiRequest request) {
    ApiResponse response = response(code, getMessage(), fieldErrors, request);
    for (Map.Entry<String, String> header : headers.entrySet()) {
      response = response.with(header.getKey(), header.getValue());
    }
    return response;
  }

  static ApiResponse internalError(ApiRequest request) {
    return response(
        ErrorCode.INTERNAL_ERROR,
        "Internal server error - try again; if the problem persists, send this request_id to your"
            + " operator.",
        Map.of(),
        request);
  }

  private static ApiResponse response(
      ErrorCode code, String message, Map<String, String> fieldErrors, ApiRequest request) {
    boolean isProblem = Accept.prefersProblem(request.headers());
    int more = fieldErrors.size() - MAX_FIELD_ERRORS;
    String detail =
        more > 0
            ? message
                + " These are the first %d; there are %d more.".formatted(MAX_FIELD_ERRORS, more)
            : message;
    Map<String, Object> body = new LinkedHashMap<>();
    if (isProblem) {
      body.put("type", request.links().documentation() + "#" + code);
      body.put("title", code.title());
      body.put("status", code.status());
      body.put("detail", detail);
    } else {
      body.put("status", "error");
      body.put("message", detail);
    }
    body.put("code", code.toString());
    if (!fieldErrors.isEmpty()) {
      body.put("errors", errors(fieldErrors));
    }
    body.put("request_id", request.requestId());
    body.put("_links", Map.of("root", request.links().root()));
    ApiResponse response = ApiResponse.json(code.status(), body);
    return isProblem ? response.with("Content-Type", Accept.PROBLEM) : response;
  }

  private static List<Map<String, String>> errors(Map<String, String> fieldErrors) {
    return fieldErrors.entrySet().stream()
        .limit(MAX_FIELD_ERRORS)
        .map(
            fault -> {
              Map<String, String> error = new LinkedHashMap<>();
              error.put("field", fault.getKey());
              error.put("message", fault.getValue());
              return error;
            })
        .toList();
  }
}
