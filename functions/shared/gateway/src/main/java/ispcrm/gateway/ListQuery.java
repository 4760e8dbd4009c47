package ispcrm.gateway;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The query string of a list, and the list's pages. Besides the list's own filters, every list
 * takes {@code limit} and {@code cursor}. Every error is noted; {@link #check} reports all of them.
 */
public final class ListQuery {
  /** How many entries a page has if the client does not say. */
  public static final int DEFAULT_LIMIT = 50;

  private static final int MAX_LIMIT = 200;

  /** What other APIs call the parameters of pages and sorting. */
  private static final Set<String> FOREIGN =
      Set.of(
          "page",
          "per_page",
          "page_size",
          "offset",
          "skip",
          "start",
          "sort",
          "sort_by",
          "order",
          "order_by");

  private static final Pattern POSITIVE_INTEGER = Pattern.compile("0*[1-9][0-9]*");

  private final Map<String, List<String>> query;
  private final Map<String, String> errors = new LinkedHashMap<>();

  /**
   * @param filters the names of the list's own parameters
   */
  public ListQuery(Map<String, List<String>> query, List<String> filters) {
    this.query = query;
    List<String> known = new ArrayList<>(filters);
    known.addAll(List.of("limit", "cursor"));
    query.forEach(
        (name, values) -> {
          if (!known.contains(name)) {
            addError(
                name,
                "is not a known parameter; "
                    + (FOREIGN.contains(name)
                        ? "each list has one order, and _links.next leads to its next page"
                        : "the known parameters are " + String.join(", ", known)));
          } else if (values.size() > 1) {
            addError(name, "is repeated");
          }
        });
    String limit = value("limit");
    if (limit != null && !POSITIVE_INTEGER.matcher(limit).matches()) {
      addError(
          "limit",
          "must be an integer of at least 1; a value above " + MAX_LIMIT + " means " + MAX_LIMIT);
    }
  }

  /** A parameter's value; null if the client did not set it. */
  public String value(String name) {
    return query.containsKey(name) ? query.get(name).get(0) : null;
  }

  /** Notes what is wrong with a parameter; the first error of each parameter counts. */
  public void addError(String name, String error) {
    errors.putIfAbsent(name, error);
  }

  /**
   * @throws ApiException 400 naming every invalid parameter: a mistyped filter must never return
   *     everything
   */
  public void check() {
    if (!errors.isEmpty()) {
      throw new ApiException(
          400, "invalid_parameter", "Invalid query parameters: see errors.", errors);
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

  /**
   * The response with a page.
   *
   * @param name the name of the list, such as {@code users}
   * @param address the address of the list without parameters
   * @param filter as for {@link #after}
   * @param next the end of the page; null on the last page
   */
  public ApiResponse page(
      String name, List<Map<String, Object>> entries, String address, String filter, String next) {
    Map<String, String> links = new LinkedHashMap<>();
    links.put("self", address + queryString(null));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put(name, entries);
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
