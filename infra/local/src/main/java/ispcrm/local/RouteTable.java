package ispcrm.local;

import ispcrm.template.Template;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The template's routes, with the precedence of API Gateway: a route matches by path and method
 * together. Of several routes that match, the most specific path wins, where text is more specific
 * than a variable such as {@code {id}}, and a variable more than {@code {proxy+}}. On the same
 * path, a method wins over ANY.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html">Set
 *     up a method request in API Gateway</a>
 * @see <a href="https://github.com/ministackorg/ministack/pull/1423">Measurements of API Gateway's
 *     routing</a>
 */
final class RouteTable {
  private static final String ANY = "ANY";

  private record Entry(Template.Route route, String function, List<String> parts) {
    boolean isGreedy() {
      return parts.get(parts.size() - 1).endsWith("+}");
    }
  }

  private final List<Entry> entries = new ArrayList<>();

  RouteTable(Template template) {
    template
        .functions()
        .forEach(
            (name, function) ->
                function
                    .routes()
                    .forEach(
                        route ->
                            entries.add(
                                new Entry(route, name, List.of(route.path().split("/", -1))))));
    entries.sort(
        Comparator.comparing(RouteTable::specificity)
            .thenComparing(entry -> entry.route().method().equals(ANY)));
  }

  /** Sorts the paths that match one request: the most specific comes first. */
  private static String specificity(Entry entry) {
    StringBuilder order = new StringBuilder();
    for (String part : entry.parts()) {
      order.append(part.endsWith("+}") ? '2' : part.startsWith("{") ? '1' : '0');
    }
    return order.toString();
  }

  /**
   * Finds the route for a request.
   *
   * @param path the path as received, still percent-encoded
   * @return the route, with the values of its variables as received
   */
  Optional<Match> match(String method, String path) {
    if (path == null) {
      return Optional.empty();
    }
    List<String> parts = List.of(path.split("/", -1));
    return entries.stream()
        .filter(entry -> List.of(method, ANY).contains(entry.route().method()))
        .flatMap(entry -> fit(entry, parts).stream())
        .findFirst();
  }

  private static Optional<Match> fit(Entry entry, List<String> path) {
    List<String> route = entry.parts();
    if (entry.isGreedy() ? path.size() < route.size() : path.size() != route.size()) {
      return Optional.empty();
    }
    Map<String, String> variables = new LinkedHashMap<>();
    for (int i = 0; i < route.size(); i++) {
      String part = route.get(i);
      if (part.endsWith("+}")) {
        String rest = String.join("/", path.subList(i, path.size()));
        if (rest.isEmpty()) {
          return Optional.empty();
        }
        variables.put(part.substring(1, part.length() - 2), rest);
      } else if (part.startsWith("{") && !path.get(i).isEmpty()) {
        variables.put(part.substring(1, part.length() - 1), path.get(i));
      } else if (!part.equals(path.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(new Match(entry.route(), entry.function(), variables));
  }

  /** A route, the module of its function, and the values of its path variables. */
  record Match(Template.Route route, String function, Map<String, String> variables) {}
}
