package ispcrm.authorizer;

import ispcrm.tokens.Scope;
import ispcrm.tokens.Token;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Which scopes open which route. A route that is not here is closed to everybody. */
final class Permissions {
  private static final List<String> ANY = Scope.ALL;

  private static final Map<String, List<String>> SCOPES =
      Map.of(
          "GET /api/v1", ANY,
          "GET /api/v1/users", List.of(Scope.USERS_READ),
          "GET /api/v1/users/{id}", List.of(Scope.USERS_READ),
          "POST /api/v1/users", List.of(Scope.USERS_WRITE),
          "POST /api/v1/tokens", List.of(Scope.TOKENS_WRITE));

  private Permissions() {}

  static boolean allow(AuthorizerRequest request, Token token) {
    String route = route(request);
    boolean byScope =
        SCOPES.getOrDefault(route, List.of()).stream().anyMatch(token.scopes()::contains);
    boolean oneself =
        route.equals("GET /api/v1/users/{id}")
            && token.scopes().contains(Scope.SELF_READ)
            && token.user().equals(request.pathParameters().get("id"));
    return byScope || oneself;
  }

  /** The route as it stands above: v0, and Users in place of users, are the same. */
  private static String route(AuthorizerRequest request) {
    return request.method()
        + " "
        + request.resource().toLowerCase(Locale.ROOT).replaceFirst("^/api/v0", "/api/v1");
  }
}
