package ispcrm.revoketokensofuser;

import ispcrm.access.Endpoint;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.ErrorCode;
import ispcrm.http.QueryParameters;
import ispcrm.users.User;
import ispcrm.users.Users;
import ispcrm.values.Timestamps;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * {@code DELETE /api/v1/tokens?user=ID}: revokes all tokens that a user has, whatever their number.
 * Tokens that are created later work.
 */
public final class RevokeTokensOfUser implements Function<ApiRequest, ApiResponse> {
  private static final int MAX_ATTEMPTS = 8;
  private static final String USER = "user";

  private final Users users;
  private final History history;
  private final InstantSource clock;

  public RevokeTokensOfUser(Users users, History history, InstantSource clock) {
    this.users = users;
    this.history = history;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 if the parameter {@code user} is missing, or a parameter is unknown or
   *     repeated; 404 if no user has the id; 409 if others revoke them all the time
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    QueryParameters query = new QueryParameters(request, Endpoint.REVOKE_TOKENS_OF_USER);
    String id = query.value(USER);
    if (id == null) {
      query.addError(USER, "is required: the id of the user whose tokens to revoke");
    }
    query.check();
    for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      Instant now = clock.instant();
      User after =
          users.find(id).orElseThrow(() -> ApiException.notFound("user")).withTokensRevoked(now);
      Entry entry = Entry.of(id, Action.TOKENS_REVOKED, now, request.actor(), Map.of(), Map.of());
      if (users.revokeTokens(after, history.add(entry))) {
        Map<String, String> data = new LinkedHashMap<>();
        data.put("user", id);
        data.put("revoked_at", Timestamps.format(after.tokensRevokedAt()));
        return ApiResponse.single(
            200, data, Map.of("self", request.links().tokens() + "?user=" + id));
      }
    }
    throw new ApiException(
        ErrorCode.CONFLICT,
        "The tokens were not revoked - others are revoking them at the same time; try again.");
  }
}
