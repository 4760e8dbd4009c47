package ispcrm.authorizer;

import java.util.List;
import java.util.Map;

/**
 * The call that API Gateway asks about.
 *
 * @param method the HTTP method
 * @param resource the route, such as {@code /api/v1/users/{id}}
 * @param pathParameters the values of the route's variables
 * @param headers each with all its values, in the case in which they came
 */
public record AuthorizerRequest(
    String method,
    String resource,
    Map<String, String> pathParameters,
    Map<String, List<String>> headers) {

  /** All values of a header, whatever the case of its name (RFC 9110, section 5.1). */
  List<String> header(String name) {
    return headers.entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .flatMap(header -> header.getValue().stream())
        .toList();
  }
}
