package ispcrm.http;

import ispcrm.access.Endpoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The query string of an endpoint. A parameter that the endpoint does not know, or that is
 * repeated, is an error. Every error is noted; {@link #check} reports all of them.
 */
public class QueryParameters {
  /** Paging and sorting parameters of other APIs, for a helpful error. */
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

  private final Map<String, List<String>> query;
  private final Map<String, String> errors = new LinkedHashMap<>();

  /** Notes every parameter that the endpoint does not have, or that is repeated. */
  public QueryParameters(ApiRequest request, Endpoint endpoint) {
    query = request.query();
    List<String> known = endpoint.parameters();
    query.forEach(
        (name, values) -> {
          if (!known.contains(name)) {
            addError(
                name,
                "is not a known parameter; "
                    + (known.contains("cursor") && FOREIGN.contains(name)
                        ? "each list has one order, and _links.next leads to its next page"
                        : "the known parameters are " + String.join(", ", known)));
          } else if (values.size() > 1) {
            addError(name, "is repeated");
          }
        });
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
   * Refuses the query if it has errors.
   *
   * @throws ApiException 400 naming every invalid parameter: a mistyped filter must never return
   *     everything
   */
  public void check() {
    if (!errors.isEmpty()) {
      throw new ApiException(
          ErrorCode.INVALID_PARAMETER, "Invalid query parameters: see errors.", errors);
    }
  }
}
