package ispcrm.gateway;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An error that the client made, described so that the client can correct it. Only {@link
 * ApiEntryPoint} turns it into a response; any other exception is a fault of our own.
 */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;
  private final transient Map<String, String> fieldErrors;

  /**
   * @param status the HTTP status code, 400 to 499
   * @param code the same for every error of this kind, for programs
   * @param message for people; it must not contain anything secret
   */
  public ApiException(int status, String code, String message) {
    this(status, code, message, Map.of());
  }

  /**
   * @param fieldErrors what is wrong with each invalid field or parameter
   */
  public ApiException(int status, String code, String message, Map<String, String> fieldErrors) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.fieldErrors = fieldErrors;
  }

  /** The error for a key that the JSON of a body repeats. */
  public static ApiException duplicateKey(String field) {
    return new ApiException(
        400,
        "duplicate_key",
        "The body repeats the key " + field + ".",
        Map.of(field, "is repeated"));
  }

  public int status() {
    return status;
  }

  /** What is wrong with each invalid field or parameter. */
  public Map<String, String> fieldErrors() {
    return Collections.unmodifiableMap(fieldErrors);
  }

  ApiResponse toResponse(ApiRequest request) {
    return response(status, getMessage(), code, fieldErrors, request);
  }

  static ApiResponse internalError(ApiRequest request) {
    return response(
        500,
        "Internal server error - try again; if the problem persists, send this request_id to your"
            + " operator.",
        "internal_error",
        Map.of(),
        request);
  }

  private static ApiResponse response(
      int status,
      String message,
      String code,
      Map<String, String> fieldErrors,
      ApiRequest request) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("status", "error");
    body.put("message", message);
    body.put("code", code);
    if (!fieldErrors.isEmpty()) {
      List<Map<String, String>> errors = new ArrayList<>();
      fieldErrors.forEach(
          (field, fault) -> {
            Map<String, String> error = new LinkedHashMap<>();
            error.put("field", field);
            error.put("message", fault);
            errors.add(error);
          });
      body.put("errors", errors);
    }
    body.put("request_id", request.requestId());
    body.put("_links", Map.of("root", request.links().root()));
    return ApiResponse.json(status, body);
  }
}
