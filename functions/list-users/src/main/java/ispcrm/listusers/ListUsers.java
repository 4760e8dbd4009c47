package ispcrm.listusers;

import ispcrm.gateway.ApiException;
import ispcrm.gateway.ApiRequest;
import ispcrm.gateway.ApiResponse;
import ispcrm.gateway.Links;
import ispcrm.users.Users;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** {@code GET /api/v1/users}: users in pages, filtered, ordered by username. */
public final class ListUsers implements Function<ApiRequest, ApiResponse> {
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
    ListQuery query = ListQuery.parse(request.query());
    Users.Page page = users.list(query.filter(), query.after(), query.limit());
    Links links = request.links();
    Map<String, String> pages = new LinkedHashMap<>();
    pages.put("self", links.users() + queryString(request.query(), null));
    if (page.next() == null) {
      return ApiResponse.json(200, body(page, links, pages));
    }
    String cursor = Cursor.encode(query.filter(), page.next());
    String next = links.users() + queryString(request.query(), cursor);
    pages.put("next", next);
    return ApiResponse.json(200, body(page, links, pages))
        .with("Link", "<" + next + ">; rel=\"next\"");
  }

  private static Map<String, Object> body(Users.Page page, Links links, Map<String, String> pages) {
    List<Map<String, Object>> users =
        page.users().stream()
            .map(
                user -> {
                  Map<String, Object> entry = new LinkedHashMap<>(user.fields());
                  entry.put("_links", Map.of("self", links.user(user.id())));
                  return entry;
                })
            .toList();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("users", users);
    body.put("_links", pages);
    return body;
  }

  /** The parameters as the client sent them, with the given cursor unless it is null. */
  private static String queryString(Map<String, List<String>> query, String cursor) {
    Map<String, String> parameters = new LinkedHashMap<>();
    query.forEach((name, values) -> parameters.put(name, values.get(0)));
    if (cursor != null) {
      parameters.put("cursor", cursor);
    }
    StringBuilder text = new StringBuilder();
    parameters.forEach(
        (name, value) ->
            text.append(text.isEmpty() ? '?' : '&')
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return text.toString();
  }
}
