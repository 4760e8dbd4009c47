package ispcrm.revoketoken;

import ispcrm.access.Endpoint;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.QueryParameters;
import ispcrm.tokens.Token;
import ispcrm.tokens.Tokens;
import ispcrm.users.User;
import ispcrm.users.Users;
import ispcrm.values.Timestamps;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * {@code DELETE /api/v1/tokens/{id}}: revokes a token, which ends its use from the next request,
 * and with {@code descendants=true} also every token that it has created, and that these have
 * created. Revoking it again changes nothing.
 */
public final class RevokeToken implements Function<ApiRequest, ApiResponse> {
  private static final String DESCENDANTS = "descendants";

  private final Tokens tokens;
  private final Users users;
  private final History history;
  private final InstantSource clock;

  public RevokeToken(Tokens tokens, Users users, History history, InstantSource clock) {
    this.tokens = tokens;
    this.users = users;
    this.history = history;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 if a parameter is unknown, repeated or malformed; 404 if no token has
   *     the id; 503 if the time does not suffice for all descendants, of which a repetition revokes
   *     the others
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    boolean hasDescendants = hasDescendants(request);
    Instant now = clock.instant();
    String by = request.caller().userId();
    Token found =
        tokens
            .find(request.caller().tokenIdOf(request.pathParameters().getOrDefault("id", "")))
            .orElseThrow(() -> ApiException.notFound("token"));
    // The response needs the user. After the revocation, nothing may fail any more.
    Optional<User> user = users.find(found.user());
    Token token =
        tokens
            .revoke(found, by, now, revoked -> history.add(entry(revoked, now, request)))
            .orElseThrow(() -> ApiException.notFound("token"));
    Map<String, Object> data =
        token.toMap(
            user.map(User::role).orElse(null),
            user.map(User::tokensRevokedAt).orElse(null),
            Timestamps::format);
    if (hasDescendants) {
      data.put(
          DESCENDANTS,
          tokens
              .revokeDescendants(
                  token.id(), by, now, revoked -> history.add(entry(revoked, now, request)))
              .stream()
              .map(RevokeToken::descendant)
              .toList());
    }
    return ApiResponse.single(200, data, Map.of("self", request.links().token(token.id())));
  }

  private static boolean hasDescendants(ApiRequest request) {
    QueryParameters query = new QueryParameters(request, Endpoint.REVOKE_TOKEN);
    String value = query.value(DESCENDANTS);
    if (value != null && !value.equals("true") && !value.equals("false")) {
      query.addError(DESCENDANTS, "must be true or false");
    }
    query.check();
    return "true".equals(value);
  }

  private static Map<String, Object> descendant(Token token) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", token.id());
    map.put("user", token.user());
    map.put("created_by_token", token.createdByToken());
    map.put("revoked_at", Timestamps.format(token.revocation().at()));
    return map;
  }

  private static Entry entry(Token token, Instant now, ApiRequest request) {
    return Entry.ofToken(token.user(), Action.TOKEN_REVOKED, now, request.actor(), token.id());
  }
}
