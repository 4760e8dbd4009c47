package ispcrm.listusers;

import ispcrm.gateway.ApiException;
import ispcrm.gateway.ApiRequest;
import ispcrm.gateway.ApiResponse;
import ispcrm.gateway.Links;
import ispcrm.gateway.ListQuery;
import ispcrm.users.InvalidValueException;
import ispcrm.users.UserField;
import ispcrm.users.Users;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** {@code GET /api/v1/users}: users in pages, filtered, ordered by username. */
public final class ListUsers implements Function<ApiRequest, ApiResponse> {
  private static final List<String> FILTERS = List.of("status", "username", "customer_id", "q");

  private final Users users;

  public ListUsers(Users users) {
    this.users = users;
  }

  /**
   * @throws ApiException 400 if a parameter is unknown, repeated or malformed, or if the cursor
   *     does not come from this list
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    ListQuery query = new ListQuery(request.query(), FILTERS);
    Users.Filter filter =
        new Users.Filter(
            parse(query, "status", UserField.STATUS),
            parse(query, "username", UserField.USERNAME),
            parse(query, "customer_id", UserField.CUSTOMER_ID),
            parse(query, "q", UserField.USERNAME));
    query.check();
    // Filters are equal regardless of case.
    String filterText = filter.toString().toLowerCase(Locale.ROOT);
    Users.Page page = users.list(filter, query.after(filterText), query.limit());
    Links links = request.links();
    return query.page(
        "users",
        page.users().stream().map(user -> entry(user, links)).toList(),
        links.users(),
        filterText,
        page.next());
  }

  private static <T> T parse(ListQuery query, String name, UserField<T> field) {
    String value = query.value(name);
    try {
      return value == null ? null : field.parse(value);
    } catch (InvalidValueException e) {
      query.addError(name, e.getMessage());
      return null;
    }
  }

  private static Map<String, Object> entry(Users.Summary user, Links links) {
    Map<String, Object> entry = new LinkedHashMap<>(user.fields());
    entry.put("_links", Map.of("self", links.user(user.id())));
    return entry;
  }
}
