package ispcrm.gateway;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The Lambda entry of an endpoint: API Gateway's event to {@link ApiRequest}, {@link ApiResponse}
 * to what API Gateway takes. The one place where errors become answers: an {@link ApiException} is
 * the client's, anything else is logged and answered with a plain 500.
 */
public abstract class ApiHandler extends FunctionHandler<ApiRequest, ApiResponse> {
  private final String baseUrl;

  /**
   * @param operationId the endpoint's name in infra/openapi.yaml
   * @param environment the function's environment; BASE_URL is what links begin with, where given
   */
  protected ApiHandler(
      String operationId,
      Function<ApiRequest, ApiResponse> function,
      Map<String, String> environment) {
    super(operationId, ApiRequest.class, ApiResponse.class, function);
    this.baseUrl = environment.getOrDefault("BASE_URL", "");
  }

  @Override
  protected final Object handle(Map<String, Object> event, LambdaLogger log) {
    ApiRequest request = request(event, "");
    ApiResponse response;
    try {
      response = call(request(event, ApiRequest.body(event)));
    } catch (ApiException wrong) {
      response = wrong.toResponse(request);
    } catch (RuntimeException fault) {
      logFault(log, "failed on request " + request.requestId(), fault);
      response = ApiException.internalError(request);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("statusCode", response.status());
    answer.put("headers", response.with("X-Request-Id", request.requestId()).headers());
    answer.put("body", response.body());
    answer.put("isBase64Encoded", false);
    return answer;
  }

  private ApiRequest request(Map<String, Object> event, String body) {
    Map<String, Object> context = object(event, "requestContext");
    return new ApiRequest(
        object(event, "pathParameters"),
        object(event, "multiValueQueryStringParameters"),
        body,
        Caller.of(object(context, "authorizer")),
        Links.of(baseUrl, context),
        String.valueOf(context.get("requestId")));
  }
}
