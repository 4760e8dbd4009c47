package ispcrm.notfound;

import ispcrm.access.Endpoint;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.Cors;
import ispcrm.http.ErrorCode;
import java.util.Set;
import java.util.function.Function;

/**
 * Responds to every request that no other route serves. It needs no token, so what it says does not
 * depend on one.
 *
 * <p>API Gateway chooses a route by path and method together: a known path with another method
 * leads here too, through {@code /{proxy+}}.
 *
 * @see <a href="https://github.com/ministackorg/ministack/pull/1423">Measurements of API Gateway's
 *     routing</a>
 */
public final class NotFound implements Function<ApiRequest, ApiResponse> {
  private final Cors cors;

  public NotFound(Cors cors) {
    this.cors = cors;
  }

  /**
   * Responds to a preflight request of an allowed page for a known path.
   *
   * @throws ApiException for every other request: 405 if the path is known and only its method is
   *     not, otherwise 404
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    Set<String> methods = Endpoint.methodsOf(request.path());
    if (!methods.isEmpty() && cors.isPreflight(request)) {
      return Cors.preflight(methods);
    }
    if (!methods.isEmpty()) {
      throw ApiException.methodNotAllowed(methods);
    }
    throw new ApiException(
        ErrorCode.NOT_FOUND,
        "Not found - no such route. The current version is v1; start at _links.root.");
  }
}
