package ispcrm.revoketoken;

import ispcrm.gateway.ApiException;
import ispcrm.gateway.ApiRequest;
import ispcrm.gateway.ApiResponse;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.tokens.Token;
import ispcrm.tokens.Tokens;
import ispcrm.users.Timestamps;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * {@code DELETE /api/v1/tokens/{id}}: revokes a token, which ends its use from the next request.
 * Revoking it again changes nothing.
 */
public final class RevokeToken implements Function<ApiRequest, ApiResponse> {
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
   * @throws ApiException 404 if no token has the id
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    Token token =
        tokens
            .revoke(
                request.caller().tokenIdOf(request.pathParameters().getOrDefault("id", "")),
                request.caller().userId(),
                clock.instant(),
                revoked -> List.of(history.add(entry(revoked, request))))
            .orElseThrow(() -> ApiException.notFound("token"));
    return ApiResponse.single(
        200,
        token.toMap(users.find(token.user()).map(User::role).orElse(null), Timestamps::format),
        Map.of("self", request.links().token(token.id())));
  }

  private Entry entry(Token token, ApiRequest request) {
    return Entry.ofToken(
        token.user(), Action.TOKEN_REVOKED, clock.instant(), request.actor(), token.id());
  }
}
