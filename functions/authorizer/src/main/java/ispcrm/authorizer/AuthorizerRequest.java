package ispcrm.authorizer;

import ispcrm.http.PathParameters;
import ispcrm.runtime.LambdaEntryPoint;
import java.util.List;
import java.util.Map;

/**
 * The request that API Gateway asks about.
 *
 * @param method the HTTP method
 * @param resource the route, such as {@code /api/v1/users/{id}}
 * @param pathParameters the values of the route's variables, decoded
 * @param headers each with all its values, in the case in which it was sent
 * @param sourceIp the client's address
 * @param requestId API Gateway's id of the request, which its log and the response name too
 */
public record AuthorizerRequest(
    String method,
    String resource,
    Map<String, String> pathParameters,
    Map<String, List<String>> headers,
    String sourceIp,
    String requestId) {

  /** Reads API Gateway's event. */
  public static AuthorizerRequest of(Map<String, Object> event) {
    Map<String, Object> context = LambdaEntryPoint.object(event, "requestContext");
    return new AuthorizerRequest(
        String.valueOf(event.get("httpMethod")),
        String.valueOf(event.get("resource")),
        PathParameters.of(event),
        LambdaEntryPoint.object(event, "multiValueHeaders"),
        String.valueOf(LambdaEntryPoint.object(context, "identity").get("sourceIp")),
        (String) context.get("requestId"));
  }

  /** The same request from another address. */
  AuthorizerRequest from(String address) {
    return new AuthorizerRequest(method, resource, pathParameters, headers, address, requestId);
  }

  /** All values of a header, regardless of the case of its name (RFC 9110, section 5.1). */
  List<String> header(String name) {
    return headers.entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .flatMap(header -> header.getValue().stream())
        .toList();
  }
}
