package ispcrm.http;

import ispcrm.access.Endpoint;
import ispcrm.runtime.Deadline;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The query string of a list, and the list's pages. Besides the list's own filters, every list
 * takes {@code limit} and {@code cursor}.
 */
public final class ListQuery extends QueryParameters {
  /** How many entries a page has if the client does not say. */
  public static final int DEFAULT_LIMIT = 50;

  /**
   * Changes that are more recent are held back from a list of changes. A function notes the time of
   * a change before the write, which ends by {@link Deadline#OF_ENDPOINTS}, also if the schedule
   * writes; a request that is delivered late can take some seconds more, and the index shows the
   * change a moment later. A client that has seen a later change would miss it.
   */
  public static final Duration HELD_BACK = Duration.ofSeconds(15);

  private static final int MAX_LIMIT = 200;

  private static final Pattern POSITIVE_INTEGER = Pattern.compile("0*[1-9][0-9]*");

  private final Map<String, List<String>> query;

  /**
   * @param endpoint a list with the parameters {@code limit} and {@code cursor}
   */
  public ListQuery(ApiRequest request, Endpoint endpoint) {
    super(request, endpoint);
    query = request.query();
    String limit = value("limit");
    if (limit != null && !POSITIVE_INTEGER.matcher(limit).matches()) {
      addError(
          "limit",
          "must be an integer of at least 1; a value above " + MAX_LIMIT + " means " + MAX_LIMIT);
    }
  }

  /** The maximum number of entries on the page, 1 to 200. */
  public int limit() {
    String limit = value("limit");
    if (limit == null) {
      return DEFAULT_LIMIT;
    }
    String digits = limit.replaceFirst("^0+", "");
    return digits.length() > 3 ? MAX_LIMIT : Math.min(Integer.parseInt(digits), MAX_LIMIT);
  }

  /**
   * The end of the previous page; null for the first page.
   *
   * @param filter what the list is filtered by, equal for equal filters
   * @param form what the end of a page looks like
   * @throws ApiException 400 if the cursor does not come from a list with this filter
   */
  public String after(String filter, Pattern form) {
    String cursor = value("cursor");
    return cursor == null ? null : Cursor.decode(filter, form, cursor);
  }

  /** The response with a page; see {@link #page(String, List, Map, String, String, String)}. */
  public ApiResponse page(
      String name, List<Map<String, Object>> entries, String address, String filter, String next) {
    return page(name, entries, Map.of(), address, filter, next);
  }

  /**
   * The response with a page.
   *
   * @param name the name of the list, such as {@code users}
   * @param about what else the response says about the list
   * @param address the address of the list without parameters
   * @param filter as for {@link #after}
   * @param next the end of the page; null on the last page
   */
  public ApiResponse page(
      String name,
      List<Map<String, Object>> entries,
      Map<String, Object> about,
      String address,
      String filter,
      String next) {
    Map<String, String> links = new LinkedHashMap<>();
    links.put("self", address + queryString(null));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put(name, entries);
    body.putAll(about);
    body.put("_links", links);
    if (next == null) {
      return ApiResponse.json(200, body);
    }
    links.put("next", address + queryString(Cursor.encode(filter, next)));
    return ApiResponse.json(200, body).with("Link", "<" + links.get("next") + ">; rel=\"next\"");
  }

  /** The parameters as the client sent them, with the given cursor unless it is null. */
  private String queryString(String cursor) {
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
