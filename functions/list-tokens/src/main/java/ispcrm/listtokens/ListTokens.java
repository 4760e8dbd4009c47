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
import java.util.Map;
import java.util.function.Function;

/**
 * {@code GET /api/v1/tokens}: the tokens of a user in pages, newest first, including revoked and
 * expired ones. It never contains a secret.
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
   * @throws ApiException 400 if the parameter {@code user} is missing, if a parameter is unknown,
   *     repeated or malformed, or if the cursor does not come from this list; 404 if no user has
   *     the id
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    ListQuery query = new ListQuery(request, Endpoint.LIST_TOKENS);
    String user = query.value(USER);
    try {
      if (user == null) {
        query.addError(USER, "is required: the id of the user whose tokens to list");
      } else {
        UserField.ID.parse(user);
      }
    } catch (InvalidValueException e) {
      query.addError(USER, e.getMessage());
    }
    query.check();
    String after = query.after(user, Tokens.Page.NEXT);
    // An empty list would mean that there are no tokens.
    User owner = users.find(user).orElseThrow(() -> ApiException.notFound("user"));
    Tokens.Page page = tokens.list(user, after, query.limit());
    Links links = request.links();
    return query.page(
        "tokens",
        page.tokens().stream().map(token -> entry(token, owner, links)).toList(),
        links.tokens(),
        user,
        page.next());
  }

  private static Map<String, Object> entry(Token token, User owner, Links links) {
    Map<String, Object> entry =
        token.toMap(owner.role(), owner.tokensRevokedAt(), Timestamps::format);
    entry.put("_links", Map.of("self", links.token(token.id())));
    return entry;
  }
}
