package ispcrm.createtoken;

import ispcrm.gateway.ApiException;
import ispcrm.gateway.ApiRequest;
import ispcrm.gateway.ApiResponse;
import ispcrm.tokens.BearerToken;
import ispcrm.tokens.Scope;
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

/** {@code POST /api/v1/tokens}: a bearer token for a user. This answer alone holds its secret. */
public final class CreateToken implements Function<ApiRequest, ApiResponse> {
  private final Users users;
  private final Tokens tokens;
  private final int usualDays;
  private final int mostDays;
  private final InstantSource clock;

  /**
   * @param usualDays how many days a token lives unless asked otherwise
   * @param mostDays how many days may be asked for
   */
  public CreateToken(Users users, Tokens tokens, int usualDays, int mostDays, InstantSource clock) {
    this.users = users;
    this.tokens = tokens;
    this.usualDays = usualDays;
    this.mostDays = mostDays;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 for a body at fault; 404 for a user that does not exist; 403 where the
   *     caller's own token does not hold what the new one would
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    TokenOrder order = new TokenOrder(request.json(), usualDays, mostDays);
    if (!order.faults().isEmpty()) {
      throw invalid(order.faults());
    }
    User user =
        users
            .find(order.userId())
            .orElseThrow(
                () ->
                    new ApiException(
                        404,
                        "not_found",
                        "The token was not created - no user has this id.",
                        Map.of("user", "is the id of no user")));
    Token token =
        Token.issue(
            user.id(),
            order.purpose(),
            scopes(order.askedScopes(), user.role(), request.caller().scopes()),
            request.caller().userId(),
            clock.instant(),
            Duration.ofDays(order.lifeInDays()));
    BearerToken secret = BearerToken.random();
    tokens.add(secret, token);
    Map<String, String> links = new LinkedHashMap<>();
    links.put("root", request.links().root());
    links.put("user", request.links().user(user.id()));
    return ApiResponse.one(201, data(secret, token), links);
  }

  private static List<String> scopes(List<String> asked, String role, Set<String> callers) {
    List<String> ofRole = Scope.ofRole(role);
    if (asked == null) {
      List<String> both = ofRole.stream().filter(callers::contains).toList();
      if (both.isEmpty()) {
        throw forbidden();
      }
      return both;
    }
    if (!ofRole.containsAll(asked)) {
      throw invalid(
          Map.of("scopes", "the user's role is " + role + ", whose tokens can have " + ofRole));
    }
    if (!callers.containsAll(asked)) {
      throw forbidden();
    }
    return asked;
  }

  private static ApiException invalid(Map<String, String> faults) {
    return new ApiException(
        400, "invalid_fields", "The token was not created - see errors.", faults);
  }

  private static ApiException forbidden() {
    return new ApiException(
        403,
        "forbidden",
        "Forbidden - a token cannot have scopes that the token which asks for it lacks.");
  }

  private static Map<String, Object> data(BearerToken secret, Token token) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("id", token.id());
    data.put("token", secret.secret());
    data.put("user", token.user());
    data.put("description", token.description());
    data.put("scopes", token.scopes());
    data.put("created_at", Timestamps.format(token.createdAt()));
    data.put("expires_at", Timestamps.format(token.expiresAt()));
    return data;
  }
}
