package ispcrm.http;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a client prefers to receive, according to its header Accept.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1">RFC 9110, Accept</a>
 */
final class Accept {
  static final String PROBLEM = "application/problem+json";

  private Accept() {}

  /**
   * Whether errors are to be problem details (RFC 9457): the client accepts their media type with
   * at least the weight of {@code application/json}.
   */
  static boolean prefersProblem(RequestHeaders headers) {
    List<String> ranges =
        headers.all("accept").stream()
            .flatMap(value -> Arrays.stream(value.split(",", -1)))
            .map(range -> range.replaceAll("\\s", "").toLowerCase(Locale.ROOT))
            .toList();
    double problem = weight(ranges, PROBLEM);
    return problem > 0 && problem >= weight(ranges, "application/json");
  }

  private static double weight(List<String> ranges, String mediaType) {
    return ranges.stream()
        .map(range -> range.split(";", -1))
        .filter(parts -> parts[0].equals(mediaType))
        .mapToDouble(Accept::weight)
        .max()
        .orElse(0);
  }

  private static double weight(String[] parts) {
    for (String part : parts) {
      if (part.matches("q=[01](\\.[0-9]{0,3})?")) {
        return Double.parseDouble(part.substring(2));
      }
    }
    return 1;
  }
}
