package ispcrm.listuserhistory;

import ispcrm.access.Endpoint;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.ListQuery;
import ispcrm.users.UserField;
import ispcrm.users.Users;
import ispcrm.values.InvalidValueException;
import ispcrm.values.Timestamps;
import java.util.function.Function;

/**
 * {@code GET /api/v1/users/{id}/history}: what happened to a user, newest first, in pages. A
 * deleted user's history is still there, without values.
 */
public final class ListUserHistory implements Function<ApiRequest, ApiResponse> {
  private final History history;
  private final Users users;

  public ListUserHistory(History history, Users users) {
    this.history = history;
    this.users = users;
  }

  /**
   * @throws ApiException 400 if a parameter is unknown, repeated or malformed, or if the cursor
   *     does not come from this list; 404 if there are no entries and no user has the id
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    ListQuery query = new ListQuery(request, Endpoint.LIST_USER_HISTORY);
    query.check();
    String id = id(request);
    History.Page page = history.list(id, query.after(id, History.Page.NEXT), query.limit());
    if (page.entries().isEmpty() && page.next() == null && users.find(id).isEmpty()) {
      throw ApiException.notFound("user");
    }
    return query.page(
        "history",
        page.entries().stream().map(entry -> entry.toMap(Timestamps::format)).toList(),
        request.links().userHistory(id),
        id,
        page.next());
  }

  private static String id(ApiRequest request) {
    try {
      return UserField.ID.parse(request.pathParameters().getOrDefault("id", ""));
    } catch (InvalidValueException e) {
      throw ApiException.notFound("user");
    }
  }
}
