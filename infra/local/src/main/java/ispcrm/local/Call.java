package ispcrm.local;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;

/**
 * Converts a request to the event that API Gateway sends to a function.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html">Input
 *     format of a Lambda function for proxy integration</a>
 */
final class Call {
  private static final String STAGE = "local";
  private static final String ACCOUNT = "000000000000";

  private final Request request;
  private final String id = UUID.randomUUID().toString();

  Call(Request request) {
    this.request = request;
  }

  String method() {
    return request.getMethod();
  }

  /** The path as received, still percent-encoded, without a trailing slash. */
  String path() {
    String path = request.getHttpURI().getPath();
    return path != null && path.length() > 1 && path.endsWith("/")
        ? path.substring(0, path.length() - 1)
        : path;
  }

  /** The {@code context} variables that a gateway response can use. */
  Map<String, String> context() {
    return Map.of("requestId", id, "stage", STAGE, "domainName", domain());
  }

  /**
   * The event without its body.
   *
   * @throws IllegalArgumentException if the query string is malformed
   */
  Map<String, Object> event(RouteTable.Match match) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (HttpField field : request.getHeaders()) {
      headers.computeIfAbsent(field.getName(), name -> new ArrayList<>()).add(field.getValue());
    }
    Map<String, List<String>> query = new LinkedHashMap<>();
    for (Fields.Field field : Request.extractQueryParameters(request)) {
      query.put(field.getName(), field.getValues());
    }
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("resource", match.route().path());
    event.put("path", path());
    event.put("httpMethod", method());
    event.put("headers", last(headers));
    event.put("multiValueHeaders", headers);
    event.put("queryStringParameters", query.isEmpty() ? null : last(query));
    event.put("multiValueQueryStringParameters", query.isEmpty() ? null : query);
    event.put("pathParameters", match.variables().isEmpty() ? null : match.variables());
    event.put("stageVariables", null);
    event.put("requestContext", requestContext(match));
    return event;
  }

  private Map<String, Object> requestContext(RouteTable.Match match) {
    Map<String, Object> context = new LinkedHashMap<>();
    context.put("accountId", ACCOUNT);
    context.put("apiId", "local");
    context.put("domainName", domain());
    context.put("httpMethod", method());
    context.put("identity", Map.of("sourceIp", "127.0.0.1"));
    context.put("path", "/" + STAGE + path());
    context.put("protocol", "HTTP/1.1");
    context.put("requestId", id);
    context.put("requestTimeEpoch", System.currentTimeMillis());
    context.put("resourcePath", match.route().path());
    context.put("stage", STAGE);
    return context;
  }

  @SuppressWarnings("unchecked") // event() puts this map there
  static Map<String, Object> requestContext(Map<String, Object> event) {
    return (Map<String, Object>) event.get("requestContext");
  }

  /** The ARN of the call, which an authorizer's policy allows or denies. */
  static String methodArn(Map<String, Object> event) {
    return "arn:aws:execute-api:us-east-1:%s:local/%s/%s%s"
        .formatted(ACCOUNT, STAGE, event.get("httpMethod"), event.get("path"));
  }

  private String domain() {
    return Request.getLocalAddr(request) + ":" + Request.getLocalPort(request);
  }

  private static Map<String, String> last(Map<String, List<String>> values) {
    Map<String, String> last = new LinkedHashMap<>();
    values.forEach((name, all) -> last.put(name, all.get(all.size() - 1)));
    return last;
  }
}
