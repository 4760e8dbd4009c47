package ispcrm.http;

import ispcrm.access.Endpoint;
import ispcrm.access.Role;
import ispcrm.runtime.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An event as API Gateway sends it for a request by an administrator, to prime a function with.
 * Every name and address in it is an example.
 */
public final class PrimingEvent {
  private final Map<String, Object> event = new LinkedHashMap<>();
  private final Map<String, List<String>> headers = new LinkedHashMap<>();

  private PrimingEvent(String method, String resource, String id) {
    String host = "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com";
    String path = resource.replace("{id}", id);
    headers.put("Accept", List.of("*/*"));
    headers.put("Host", List.of(host));
    headers.put("User-Agent", List.of("curl/8.5.0"));
    headers.put("X-Amzn-Trace-Id", List.of("Root=1-674c2b78-0f1e2d3c4b5a69788796a5b4"));
    headers.put("X-Forwarded-For", List.of("203.0.113.7"));
    headers.put("X-Forwarded-Port", List.of("443"));
    headers.put("X-Forwarded-Proto", List.of("https"));
    Map<String, Object> authorizer = new LinkedHashMap<>(caller().toContext());
    authorizer.put("integrationLatency", 38);
    authorizer.put("principalId", "admin");
    Map<String, Object> context = new LinkedHashMap<>();
    context.put("accountId", "123456789012");
    context.put("apiId", "a1b2c3d4e5");
    context.put("authorizer", authorizer);
    context.put("domainName", host);
    context.put("domainPrefix", "a1b2c3d4e5");
    context.put("extendedRequestId", "C5k8LGwxliAEXAM=");
    context.put("httpMethod", method);
    context.put("identity", Map.of("sourceIp", "203.0.113.7", "userAgent", "curl/8.5.0"));
    context.put("path", "/prod" + path);
    context.put("protocol", "HTTP/1.1");
    context.put("requestId", "6c1f5d3e-2b7a-4e0d-9a41-8f3c5e7b9d21");
    context.put("requestTime", "01/Dec/2024:09:25:12 +0000");
    context.put("requestTimeEpoch", 1733045112000L);
    context.put("resourceId", "r2u3t2");
    context.put("resourcePath", resource);
    context.put("stage", "prod");
    event.put(
        "methodArn",
        "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/" + method + path);
    event.put("resource", resource);
    event.put("path", path);
    event.put("httpMethod", method);
    event.put("multiValueHeaders", headers);
    event.put("queryStringParameters", null);
    event.put("multiValueQueryStringParameters", null);
    event.put("pathParameters", resource.contains("{id}") ? Map.of("id", id) : null);
    event.put("stageVariables", null);
    event.put("requestContext", context);
    event.put("body", null);
    event.put("isBase64Encoded", false);
  }

  /** A request of an endpoint. */
  public static PrimingEvent of(Endpoint endpoint) {
    return of(endpoint, "");
  }

  /**
   * A request of an endpoint.
   *
   * @param id the value of the variable in its path
   */
  public static PrimingEvent of(Endpoint endpoint, String id) {
    return new PrimingEvent(endpoint.methods().get(0), endpoint.path(), id);
  }

  /** A request of a path that no endpoint has. */
  public static PrimingEvent ofUnknownPath() {
    return new PrimingEvent("GET", "/{proxy+}", "");
  }

  /** Adds a header. */
  public PrimingEvent withHeader(String name, String value) {
    headers.put(name, List.of(value));
    return this;
  }

  /** Adds a query parameter, as the only one. */
  public PrimingEvent withQuery(String name, String value) {
    event.put("multiValueQueryStringParameters", Map.of(name, List.of(value)));
    return this;
  }

  /** Adds a body. */
  public PrimingEvent withBody(Map<String, ?> body) {
    event.put("body", Json.write(body));
    return withHeader("Content-Type", "application/json");
  }

  /** The event's JSON text. */
  public String text() {
    return Json.write(event);
  }

  private static Caller caller() {
    return new Caller(
        "0192f0c8-6a4e-7c11-9d2b-3f6a5b7c8d9e",
        "0".repeat(64),
        "admin",
        Role.ADMIN,
        Set.copyOf(Role.ADMIN.scopes()),
        false,
        List.of(),
        Instant.EPOCH,
        Instant.EPOCH,
        "203.0.113.7");
  }
}
