package ispcrm.template;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A response that API Gateway itself returns.
 *
 * @param status the status code, or null to keep the gateway's own
 * @param headers the expressions for the values, by header name
 * @param body the body, which may contain {@code $context} variables
 * @see <a
 *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html">Gateway
 *     responses</a>
 */
public record GatewayResponse(Integer status, Map<String, String> headers, String body) {
  /**
   * The response types that have a 5xx status code by default.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html">Gateway
   *     response types</a>
   */
  private static final Set<String> SERVER_ERRORS =
      Set.of(
          "API_CONFIGURATION_ERROR",
          "AUTHORIZER_CONFIGURATION_ERROR",
          "AUTHORIZER_FAILURE",
          "INTEGRATION_FAILURE",
          "INTEGRATION_TIMEOUT");

  /** The type whose response API Gateway sends if a type has no response of its own. */
  static String fallback(String type) {
    return SERVER_ERRORS.contains(type) ? "DEFAULT_5XX" : "DEFAULT_4XX";
  }

  static GatewayResponse of(Object node) {
    Map<String, Object> response = Intrinsics.object(node);
    Map<String, String> headers = new LinkedHashMap<>();
    Intrinsics.object(Intrinsics.object(response.get("ResponseParameters")).get("Headers"))
        .forEach((name, value) -> headers.put(name, String.valueOf(value)));
    return new GatewayResponse(
        (Integer) response.get("StatusCode"),
        headers,
        String.valueOf(
            Intrinsics.object(response.get("ResponseTemplates")).get("application/json")));
  }

  /**
   * The headers for one request.
   *
   * @param context the values of {@code context} variables, such as requestId
   */
  public Map<String, String> headers(Map<String, String> context) {
    Map<String, String> values = new TreeMap<>();
    headers.forEach(
        (name, value) ->
            values.put(
                name,
                value.startsWith("'")
                    ? value.substring(1, value.length() - 1)
                    : context.get(value.substring("context.".length()))));
    return values;
  }

  /** The body for one request. */
  public String body(Map<String, String> context) {
    String text = body;
    for (Map.Entry<String, String> variable : context.entrySet()) {
      text = text.replace("$context." + variable.getKey(), variable.getValue());
    }
    return text;
  }
}
