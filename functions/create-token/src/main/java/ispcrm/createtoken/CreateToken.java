package ispcrm.createtoken;

import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.gateway.ApiException;
import ispcrm.gateway.ApiRequest;
import ispcrm.gateway.ApiResponse;
import ispcrm.tokens.IssuedToken;
import ispcrm.tokens.Token;
import ispcrm.tokens.Tokens;
import ispcrm.users.Timestamps;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * {@code POST /api/v1/tokens}: creates a bearer token for a user. Its secret is in this response
 * and nowhere else.
 */
public final class CreateToken implements Function<ApiRequest, ApiResponse> {
  private final Users users;
  private final Tokens tokens;
  private final int defaultDays;
  private final int maxDays;
  private final InstantSource clock;

  /**
   * @param defaultDays for how many days a token is valid if the request does not say
   * @param maxDays the maximum that a request can ask for
   * @throws IllegalArgumentException if the default exceeds the maximum. Lambda does not publish a
   *     SnapStart version that cannot be initialized, so such a deployment fails.
   */
  public CreateToken(
      Users users, Tokens tokens, int defaultDays, int maxDays, InstantSource clock) {
    if (defaultDays > maxDays) {
      throw new IllegalArgumentException(
          "TokenDays must not exceed TokenDaysMax, but it is %d and the maximum is %d."
              .formatted(defaultDays, maxDays));
    }
    this.users = users;
    this.tokens = tokens;
    this.defaultDays = defaultDays;
    this.maxDays = maxDays;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 if the body is invalid; 404 if the user does not exist; 403 if the
   *     calling token lacks a scope that the new one would have
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    CreateTokenRequest create = new CreateTokenRequest(request.json(), defaultDays, maxDays);
    if (!create.errors().isEmpty()) {
      throw invalid(create.errors());
    }
    User user =
        users
            .find(create.userId())
            .orElseThrow(
                () ->
                    new ApiException(
                        404,
                        "not_found",
                        "The token was not created - no user has this id.",
                        Map.of("user", "no user has this id")));
    IssuedToken issued =
        IssuedToken.issue(
            user.id(),
            create.description(),
            scopes(create.requestedScopes(), user.role(), request.caller().scopes()),
            request.caller().userId(),
            clock.instant(),
            Duration.ofDays(create.expiresInDays()));
    tokens.add(issued);
    Map<String, String> links = new LinkedHashMap<>();
    links.put("root", request.links().root());
    links.put("user", request.links().user(user.id()));
    return ApiResponse.single(201, data(issued), links);
  }

  /**
   * The scopes of a new token: those of its user's role that the calling token also has, or the
   * requested subset.
   */
  private static List<Scope> scopes(List<Scope> requested, Role role, Set<Scope> callers) {
    if (requested == null) {
      List<Scope> shared = role.scopes().stream().filter(callers::contains).toList();
      if (shared.isEmpty()) {
        throw forbidden();
      }
      return shared;
    }
    if (!role.scopes().containsAll(requested)) {
      String allowed =
          role.scopes().stream().map(Scope::toString).collect(Collectors.joining(", "));
      throw invalid(Map.of("scopes", "the user's role, " + role + ", allows only " + allowed));
    }
    if (!callers.containsAll(requested)) {
      throw forbidden();
    }
    return requested;
  }

  private static ApiException invalid(Map<String, String> errors) {
    return new ApiException(
        400, "invalid_fields", "The token was not created - see errors.", errors);
  }

  private static ApiException forbidden() {
    return new ApiException(
        403, "forbidden", "Forbidden - a new token cannot have scopes that your token lacks.");
  }

  private static Map<String, Object> data(IssuedToken issued) {
    Token token = issued.token();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("id", token.id());
    data.put("token", issued.secret().secret());
    data.put("user", token.user());
    data.put("description", token.description());
    data.put("scopes", token.scopes().stream().map(Scope::toString).toList());
    data.put("created_at", Timestamps.format(token.createdAt()));
    data.put("expires_at", Timestamps.format(token.expiresAt()));
    return data;
  }
}
