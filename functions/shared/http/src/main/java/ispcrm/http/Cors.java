package ispcrm.http;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells browsers which pages of other hosts may call the API and read its responses.
 *
 * @see <a href="https://fetch.spec.whatwg.org/#http-cors-protocol">Fetch, CORS protocol</a>
 */
public final class Cors {
  private static final String ALLOW_ORIGIN = "Access-Control-Allow-Origin";

  private static final String REQUEST_HEADERS =
      "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Auth-Token";

  /** The response headers that scripts cannot read by default. */
  private static final String RESPONSE_HEADERS =
      "ETag, Idempotency-Replayed, Link, Location, Retry-After, WWW-Authenticate, X-Release,"
          + " X-Request-Id, X-Token-Expires-At";

  private static final String PREFLIGHT_SECONDS = "600";

  private final Set<String> origins;

  /**
   * @param environment the function's environment; CORS_ORIGINS contains the origins whose pages
   *     may call the API, separated by commas
   */
  public Cors(Map<String, String> environment) {
    origins =
        Arrays.stream(environment.getOrDefault("CORS_ORIGINS", "").split(",", -1))
            .filter(origin -> !origin.isEmpty())
            .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether a browser asks on behalf of an allowed page whether it may send a request. */
  public boolean isPreflight(ApiRequest request) {
    return request.method().equals("OPTIONS")
        && origins.contains(request.headers().first("origin"))
        && !request.headers().first("access-control-request-method").isEmpty();
  }

  /**
   * The response to a preflight request.
   *
   * @param methods the methods that the path supports
   */
  public static ApiResponse preflight(Collection<String> methods) {
    return new ApiResponse(
        204,
        Map.of(
            "Access-Control-Allow-Methods", String.join(", ", methods),
            "Access-Control-Allow-Headers", REQUEST_HEADERS,
            "Access-Control-Max-Age", PREFLIGHT_SECONDS),
        "");
  }

  /**
   * The response, which the page that sent the request may read if it is an allowed one, or if the
   * response allows every page.
   */
  ApiResponse addTo(ApiResponse response, ApiRequest request) {
    if (origins.isEmpty() || response.headers().containsKey(ALLOW_ORIGIN)) {
      return response;
    }
    String vary = response.headers().get("Vary");
    ApiResponse varying = response.with("Vary", vary == null ? "Origin" : vary + ", Origin");
    String origin = request.headers().first("origin");
    return origins.contains(origin)
        ? varying.with(ALLOW_ORIGIN, origin).with("Access-Control-Expose-Headers", RESPONSE_HEADERS)
        : varying;
  }
}
