package ispcrm.access;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The endpoints that require a token, each with the scopes that open it. Each constant is an
 * operationId of infra/openapi.yaml, and a test compares every constant with its operation.
 */
public enum Endpoint {
  DISCOVER_ROOT("GET", "/api/v1"),
  LIST_USERS("GET", "/api/v1/users", Scope.USERS_READ),
  GET_USER("GET", "/api/v1/users/{id}", Scope.USERS_READ, Scope.SELF_READ),
  CREATE_USER("POST", "/api/v1/users", Scope.USERS_WRITE),
  CREATE_TOKEN("POST", "/api/v1/tokens", Scope.TOKENS_WRITE);

  private final String method;
  private final String path;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
  private final List<Scope> scopes;

  Endpoint(String method, String path, Scope... scopes) {
    this.method = method;
    this.path = path;
    this.scopes = List.of(scopes);
  }

  /**
   * Finds the endpoint that a route of API Gateway leads to.
   *
   * @param resource the route's path, such as {@code /api/v0/Users/{id}}; v0 is the same as v1, and
   *     {@code Users} the same as {@code users}
   */
  public static Optional<Endpoint> of(String method, String resource) {
    String path = resource.toLowerCase(Locale.ROOT).replaceFirst("^/api/v0", "/api/v1");
    return Arrays.stream(values())
        .filter(endpoint -> endpoint.method.equals(method) && endpoint.path.equals(path))
        .findFirst();
  }

  public String method() {
    return method;
  }

  /** The path, always of v1 and in lower case, with variables in braces. */
  public String path() {
    return path;
  }

  /** The scopes of which a token needs one; empty if any valid token is enough. */
  public List<Scope> scopes() {
    return scopes;
  }

  /**
   * Decides whether a token with these scopes may call this endpoint.
   *
   * @param isOwnRecord whether the call is about the token's own user; {@link Scope#SELF_READ}
   *     opens nothing else
   */
  public boolean isOpenTo(Collection<Scope> granted, boolean isOwnRecord) {
    return scopes.isEmpty()
        || scopes.stream()
            .anyMatch(
                scope -> granted.contains(scope) && (isOwnRecord || scope != Scope.SELF_READ));
  }

  /** The name of the endpoint's link in the root, such as {@code list_users}. */
  public String linkName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
