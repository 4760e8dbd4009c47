package ispcrm.gettoken;

import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.tokens.Token;
import ispcrm.tokens.Tokens;
import ispcrm.users.User;
import ispcrm.users.Users;
import ispcrm.values.Timestamps;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** {@code GET /api/v1/tokens/{id}}: what is stored about one token, never its secret. */
public final class GetToken implements Function<ApiRequest, ApiResponse> {
  private final Tokens tokens;
  private final Users users;

  public GetToken(Tokens tokens, Users users) {
    this.tokens = tokens;
    this.users = users;
  }

  /**
   * @throws ApiException 404 if no token has the id
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    Token token =
        tokens
            .find(request.caller().tokenIdOf(request.pathParameters().getOrDefault("id", "")))
            .orElseThrow(() -> ApiException.notFound("token"));
    Optional<User> user = users.find(token.user());
    return ApiResponse.single(
        200,
        token.toMap(
            user.map(User::role).orElse(null),
            user.map(User::tokensRevokedAt).orElse(null),
            Timestamps::format),
        Map.of("self", request.links().token(token.id())));
  }
}
