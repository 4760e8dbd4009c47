package ispcrm.gateway;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a client did wrong, said so that the client can mend it. {@link ApiHandler} alone turns it
 * into an answer; any other exception is a fault of ours.
 */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;
  private final transient Map<String, String> faults;

  /**
   * @param status the HTTP status code, 400 to 499
   * @param code the same for every error of this kind, for programs
   * @param message for people; it holds nothing secret
   */
  public ApiException(int status, String code, String message) {
    this(status, code, message, Map.of());
  }

  /**
   * @param faults for each field or parameter at fault, what is wrong with it
   */
  public ApiException(int status, String code, String message, Map<String, String> faults) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.faults = faults;
  }

  /** A key that stands more than once in the JSON of a body. */
  public static ApiException duplicateKey(String field) {
    return new ApiException(
        400,
        "duplicate_key",
        "The body repeats the key " + field + ".",
        Map.of(field, "stands more than once"));
  }

  ApiResponse toResponse(ApiRequest request) {
    return response(status, getMessage(), code, faults, request);
  }

  static ApiResponse internalError(ApiRequest request) {
    return response(
        500,
        "Internal server error - try again; if it stays, give the operator this request_id.",
        "internal_error",
        Map.of(),
        request);
  }

  private static ApiResponse response(
      int status, String message, String code, Map<String, String> faults, ApiRequest request) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("status", "error");
    body.put("message", message);
    body.put("code", code);
    if (!faults.isEmpty()) {
      List<Map<String, String>> errors = new ArrayList<>();
      faults.forEach(
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
