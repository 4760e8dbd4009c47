package ispcrm.http;

import ispcrm.runtime.CallLog;
import ispcrm.runtime.ConflictException;
import ispcrm.runtime.Deadline;
import ispcrm.runtime.LambdaEntryPoint;
import ispcrm.runtime.Priming;
import ispcrm.runtime.SpringCatalog;
import ispcrm.runtime.UnavailableException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Turns API Gateway's event into an {@link ApiRequest}, and the {@link ApiResponse} of an endpoint
 * into what API Gateway expects. This is the only place where exceptions become responses: an
 * {@link ApiException} describes its own response, what is unavailable or in use becomes a 503 or a
 * 409, and any other exception is logged and becomes a plain 500. Every response forbids browsers
 * to guess its type, and to call the API without TLS. A response to HEAD has the headers of the
 * response to GET, and no body.
 */
public final class ApiEntryPoint {
  private final String operationId;
  private final Function<ApiRequest, ApiResponse> function;
  private final String baseUrl;
  private final Cors cors;

  private ApiEntryPoint(
      String operationId,
      Function<ApiRequest, ApiResponse> function,
      Map<String, String> environment) {
    this.operationId = operationId;
    this.function = SpringCatalog.add(operationId, function, ApiRequest.class, ApiResponse.class);
    this.baseUrl = environment.getOrDefault("BASE_URL", "");
    this.cors = new Cors(environment);
  }

  /**
   * Creates the Lambda entry point of an endpoint.
   *
   * @param operationId the endpoint's name in infra/openapi.yaml
   * @param environment the function's environment; if BASE_URL is set, links begin with it;
   *     CORS_ORIGINS is as for {@link Cors}
   * @param priming what to do before a snapshot, see {@link LambdaEntryPoint}
   */
  public static LambdaEntryPoint create(
      String operationId,
      Function<ApiRequest, ApiResponse> function,
      Map<String, String> environment,
      Supplier<? extends Priming> priming) {
    ApiEntryPoint api = new ApiEntryPoint(operationId, function, environment);
    return new LambdaEntryPoint(
        operationId, environment, Deadline.OF_ENDPOINTS, api::handle, priming);
  }

  private Map<String, Object> handle(Map<String, Object> event) {
    ApiRequest request = ApiRequest.of(event, baseUrl);
    CallLog.current()
        .with("request_id", request.requestId())
        .with("method", request.method())
        .with("route", String.valueOf(event.get("resource")))
        .with("token_id", request.caller().tokenId());
    ApiResponse response =
        respond(request)
            .with("X-Request-Id", request.requestId())
            .with("Strict-Transport-Security", "max-age=31536000")
            .with("X-Content-Type-Options", "nosniff");
    if (request.caller().tokenExpiresAt() != null) {
      response = response.with("X-Token-Expires-At", request.caller().tokenExpiresAt().toString());
    }
    response = cors.addTo(response, request);
    Map<String, Object> output = new LinkedHashMap<>();
    output.put("statusCode", response.status());
    output.put("headers", response.headers());
    output.put("body", request.method().equals("HEAD") ? "" : response.body());
    output.put("isBase64Encoded", false);
    return output;
  }

  private ApiResponse respond(ApiRequest request) {
    try {
      return function.apply(request);
    } catch (ApiException e) {
      return response(e, request);
    } catch (UnavailableException e) {
      return response(ApiException.unavailable(e), request);
    } catch (ConflictException e) {
      return response(
          new ApiException(
              ErrorCode.CONFLICT,
              "Nothing was changed - others are changing the same data; try again."),
          request);
    } catch (RuntimeException e) {
      ApiResponse response = ApiException.internalError(request);
      logFault(response, e);
      return response;
    }
  }

  private ApiResponse response(ApiException error, ApiRequest request) {
    ApiResponse response = error.toResponse(request);
    if (error.getCause() != null) {
      logFault(response, (RuntimeException) error.getCause());
    }
    return response;
  }

  private void logFault(ApiResponse response, RuntimeException fault) {
    CallLog.current().with("status", response.status()).fault(operationId + " failed", fault);
  }
}
