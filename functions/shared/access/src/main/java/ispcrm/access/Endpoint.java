package ispcrm.access;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The endpoints, each with the scopes that open it. Each constant is an operationId of
 * infra/openapi.yaml, and a test compares every constant with its operation.
 */
public enum Endpoint {
  DISCOVER_ROOT(Kind.EVERY_SPELLING, "GET", "/api/v1"),
  LIST_USERS(
      Kind.EVERY_SPELLING,
      "GET",
      "/api/v1/users{?username,customer_id,mac,email,phone,radius_id,name,q,profile_id,role"
          + ",expires_before,status,updated_since,fields,limit,cursor}",
      Scope.USERS_READ),
  GET_USER(Kind.EVERY_SPELLING, "GET", "/api/v1/users/{id}", Scope.USERS_READ, Scope.SELF_READ),
  CREATE_USER(Kind.EVERY_SPELLING, "POST", "/api/v1/users", Scope.USERS_WRITE),
  UPDATE_USER(Kind.CURRENT, "PATCH", "/api/v1/users/{id}", Scope.USERS_WRITE),
  DELETE_USER(Kind.CURRENT, "DELETE", "/api/v1/users/{id}", Scope.USERS_DELETE),
  LIST_USER_HISTORY(
      Kind.CURRENT, "GET", "/api/v1/users/{id}/history{?limit,cursor}", Scope.HISTORY_READ),
  LIST_EVENTS(
      Kind.CURRENT, "GET", "/api/v1/events{?type,user,since,limit,cursor}", Scope.HISTORY_READ),
  SET_PASSWORD(Kind.CURRENT, "PUT", "/api/v1/users/{id}/password", Scope.USERS_WRITE),
  REMOVE_PASSWORD(Kind.CURRENT, "DELETE", "/api/v1/users/{id}/password", Scope.USERS_WRITE),
  LIST_PROFILES(Kind.CURRENT, "GET", "/api/v1/profiles{?limit,cursor}", Scope.PROFILES_READ),
  GET_PROFILE(Kind.CURRENT, "GET", "/api/v1/profiles/{id}", Scope.PROFILES_READ),
  CREATE_PROFILE(Kind.CURRENT, "POST", "/api/v1/profiles", Scope.PROFILES_WRITE),
  UPDATE_PROFILE(Kind.CURRENT, "PATCH", "/api/v1/profiles/{id}", Scope.PROFILES_WRITE),
  DELETE_PROFILE(Kind.CURRENT, "DELETE", "/api/v1/profiles/{id}", Scope.PROFILES_WRITE),
  LIST_WEBHOOKS(Kind.CURRENT, "GET", "/api/v1/webhooks{?limit,cursor}", Scope.WEBHOOKS_READ),
  GET_WEBHOOK(Kind.CURRENT, "GET", "/api/v1/webhooks/{id}", Scope.WEBHOOKS_READ),
  CREATE_WEBHOOK(Kind.CURRENT, "POST", "/api/v1/webhooks", Scope.WEBHOOKS_WRITE),
  UPDATE_WEBHOOK(Kind.CURRENT, "PATCH", "/api/v1/webhooks/{id}", Scope.WEBHOOKS_WRITE),
  DELETE_WEBHOOK(Kind.CURRENT, "DELETE", "/api/v1/webhooks/{id}", Scope.WEBHOOKS_WRITE),
  TEST_WEBHOOK(Kind.CURRENT, "POST", "/api/v1/webhooks/{id}/test", Scope.WEBHOOKS_WRITE),
  ROTATE_WEBHOOK_SECRET(
      Kind.CURRENT, "POST", "/api/v1/webhooks/{id}/rotate-secret", Scope.WEBHOOKS_WRITE),
  REPLAY_WEBHOOK(Kind.CURRENT, "POST", "/api/v1/webhooks/{id}/replay", Scope.WEBHOOKS_WRITE),
  LIST_DELIVERIES(
      Kind.CURRENT, "GET", "/api/v1/webhooks/{id}/deliveries{?limit,cursor}", Scope.WEBHOOKS_READ),
  AUTHORIZE_SUBSCRIBER(Kind.CURRENT, "POST", "/api/v1/radius/authorize", Scope.RADIUS_AUTHORIZE),
  CREATE_TOKEN(Kind.EVERY_SPELLING, "POST", "/api/v1/tokens", Scope.TOKENS_WRITE),
  LIST_TOKENS(Kind.CURRENT, "GET", "/api/v1/tokens{?user,limit,cursor}", Scope.TOKENS_READ),
  REVOKE_TOKENS_OF_USER(Kind.CURRENT, "DELETE", "/api/v1/tokens{?user}", Scope.TOKENS_WRITE),
  GET_TOKEN(Kind.CURRENT_OR_SELF, "GET", "/api/v1/tokens/{id}", Scope.TOKENS_READ),
  REVOKE_TOKEN(
      Kind.CURRENT_OR_SELF, "DELETE", "/api/v1/tokens/{id}{?descendants}", Scope.TOKENS_WRITE),
  GET_CONTRACT(Kind.PUBLIC, "GET", "/api/v1/openapi.json"),
  SHOW_DOCUMENTATION(Kind.PUBLIC, "GET", "/docs"),
  CHECK_HEALTH(Kind.PUBLIC, "GET", "/api/v1/health"),
  ADMIN_PAGE(Kind.PUBLIC, "GET", "/Admin/getToken");

  private enum Kind {
    /** Requires a token, and exists under v0 and with {@code Users} too. */
    EVERY_SPELLING,

    /** Requires a token, and exists only as it is written here. */
    CURRENT,

    /** The same, and open to any valid token if the id is {@value #SELF}. */
    CURRENT_OR_SELF,

    /** Requires no token, and exists only as it is written here. */
    PUBLIC
  }

  /** The id that stands for the calling token. */
  public static final String SELF = "self";

  private final Kind kind;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
  private final List<String> methods;

  private final String path;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
  private final List<String> parameters;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
  private final List<Scope> scopes;

  /**
   * @param address the path with its variables and query parameters, a URI template (RFC 6570)
   */
  Endpoint(Kind kind, String method, String address, Scope... scopes) {
    this.kind = kind;
    this.methods = method.equals("GET") ? List.of(method, "HEAD") : List.of(method);
    String[] parts = address.split("\\{\\?", 2);
    this.path = parts[0];
    this.parameters =
        parts.length == 1 ? List.of() : List.of(parts[1].replace("}", "").split(",", -1));
    this.scopes = List.of(scopes);
  }

  /**
   * Finds the endpoint that a route of API Gateway leads to.
   *
   * @param resource the route's path, such as {@code /api/v0/Users/{id}}
   */
  public static Optional<Endpoint> of(String method, String resource) {
    return Arrays.stream(values())
        .filter(endpoint -> endpoint.methods.contains(method))
        .filter(endpoint -> endpoint.paths().contains(resource))
        .findFirst();
  }

  /**
   * The methods that a path supports; empty if no endpoint has this path.
   *
   * @param path the path of a request, such as {@code /api/v1/users/jonewe}; a slash at its end has
   *     no meaning
   */
  public static SortedSet<String> methodsOf(String path) {
    String[] parts = path.replaceFirst("(?<=.)/$", "").split("/", -1);
    SortedSet<String> methods = new TreeSet<>();
    for (Endpoint endpoint : values()) {
      if (endpoint.paths().stream().anyMatch(known -> matches(known.split("/", -1), parts))) {
        methods.addAll(endpoint.methods);
      }
    }
    return methods;
  }

  private static boolean matches(String[] known, String[] parts) {
    if (known.length != parts.length) {
      return false;
    }
    for (int i = 0; i < parts.length; i++) {
      if (known[i].startsWith("{") ? parts[i].isEmpty() : !known[i].equals(parts[i])) {
        return false;
      }
    }
    return true;
  }

  /** Its method first. Whatever has GET also has HEAD (RFC 9110, section 9.1). */
  public List<String> methods() {
    return methods;
  }

  /** The path, always of v1 and in lower case under /api, with variables in braces. */
  public String path() {
    return path;
  }

  /** The names of the query parameters, in the order of the documentation. */
  public List<String> parameters() {
    return parameters;
  }

  /** The query parameters as a URI template (RFC 6570); empty if there are none. */
  public String query() {
    return parameters.isEmpty() ? "" : "{?" + String.join(",", parameters) + "}";
  }

  /**
   * All paths of this endpoint. The endpoints of the first documented version also exist under v0
   * and with {@code Users}.
   */
  public Set<String> paths() {
    Set<String> paths = new LinkedHashSet<>();
    paths.add(path);
    if (kind == Kind.EVERY_SPELLING) {
      for (String version : List.of("/api/v1", "/api/v0")) {
        for (String users : List.of("/users", "/Users")) {
          paths.add(path.replaceFirst("^/api/v1", version).replace("/users", users));
        }
      }
    }
    return paths;
  }

  /** Whether no token is required. */
  public boolean isPublic() {
    return kind == Kind.PUBLIC;
  }

  /** The scopes of which a token needs one; empty if any valid token is enough. */
  public List<Scope> scopes() {
    return scopes;
  }

  /** Whether any valid token may call this endpoint for itself, with the id {@value #SELF}. */
  public boolean isOpenToSelf() {
    return kind == Kind.CURRENT_OR_SELF;
  }

  /**
   * Decides whether a token with these scopes may call this endpoint.
   *
   * @param user the token's user
   * @param id the id in the path, or null. For its own user, a token also needs only {@link
   *     Scope#SELF_READ}.
   */
  public boolean isOpenTo(Collection<Scope> granted, String user, String id) {
    return scopes.isEmpty()
        || (isOpenToSelf() && SELF.equals(id))
        || scopes.stream()
            .anyMatch(
                scope -> granted.contains(scope) && (scope != Scope.SELF_READ || user.equals(id)));
  }

  /** The name of the endpoint's link in the root, such as {@code list_users}. */
  public String linkName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
