package ispcrm.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The headers of a request that functions need. A token is not among them, so that it cannot end up
 * in a log or a response.
 */
public final class RequestHeaders {
  private static final Set<String> KNOWN =
      Set.of(
          "accept",
          "access-control-request-method",
          "content-encoding",
          "content-type",
          "idempotency-key",
          "if-match",
          "if-none-match",
          "origin");

  private final Map<String, List<String>> values = new LinkedHashMap<>();

  /**
   * @param headers all headers of the request, each with all its values in order
   */
  RequestHeaders(Map<String, List<String>> headers) {
    headers.forEach(
        (name, list) -> {
          String key = name.toLowerCase(Locale.ROOT);
          if (KNOWN.contains(key)) {
            values.computeIfAbsent(key, absent -> new ArrayList<>()).addAll(list);
          }
        });
  }

  /**
   * All values of a header, in order; empty if the client did not send it.
   *
   * @param name the header's name, in any case
   */
  public List<String> all(String name) {
    return values.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  /**
   * The first value of a header; empty text if the client did not send it.
   *
   * @param name the header's name, in any case
   */
  public String first(String name) {
    return all(name).isEmpty() ? "" : all(name).get(0);
  }
}
