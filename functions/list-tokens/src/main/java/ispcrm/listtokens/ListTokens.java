package ispcrm.listtokens;

import ispcrm.access.Endpoint;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.Links;
import ispcrm.http.ListQuery;
import ispcrm.tokens.Token;
import ispcrm.tokens.Tokens;
import ispcrm.users.User;
import ispcrm.users.UserField;
import ispcrm.users.Users;
import ispcrm.values.InvalidValueException;
import ispcrm.values.Timestamps;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * {@code GET /api/v1/tokens}: the tokens of a user, or of all users, in pages, newest first,
 * including revoked and expired ones. It never contains a secret.
 */
public final class ListTokens implements Function<ApiRequest, ApiResponse> {
  private static final String USER = "user";

  private final Tokens tokens;
  private final Users users;

  public ListTokens(Tokens tokens, Users users) {
    this.tokens = tokens;
    this.users = users;
  }

  /**
   * @throws ApiException 400 if a parameter is unknown, repeated or malformed, or if the cursor
   *     does not come from this list; 404 if no user has the id
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    ListQuery query = new ListQuery(request, Endpoint.LIST_TOKENS);
    String user = query.value(USER);
    try {
      if (user != null) {
        UserField.ID.parse(user);
      }
    } catch (InvalidValueException e) {
      query.addError(USER, e.getMessage());
    }
    query.check();
    String filter = user == null ? "" : user;
    String after = query.after(filter, Tokens.Page.NEXT);
    Map<String, Optional<User>> owners = new HashMap<>();
    if (user != null && owners.computeIfAbsent(user, users::find).isEmpty()) {
      // An empty list would mean that there are no tokens.
      throw ApiException.notFound("user");
    }
    Tokens.Page page = tokens.list(user, after, query.limit());
    Links links = request.links();
    return query.page(
        "tokens",
        page.tokens().stream()
            .map(token -> entry(token, owners.computeIfAbsent(token.user(), users::find), links))
            .toList(),
        links.tokens(),
        filter,
        page.next());
  }

  /**
   * @param owner empty if the token's user has been deleted
   */
  private static Map<String, Object> entry(Token token, Optional<User> owner, Links links) {
    Map<String, Object> entry =
        token.toMap(
            owner.map(User::role).orElse(null),
            owner.map(User::tokensRevokedAt).orElse(null),
            Timestamps::format);
    entry.put("_links", Map.of("self", links.token(token.id())));
    return entry;
  }
}
