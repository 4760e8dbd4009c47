package ispcrm.local;

import ispcrm.template.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.util.URIUtil;

/** The template's routes. At most one of them matches a request. */
final class RouteTable {
  private record Entry(Template.Route route, String function) {}

  private final List<Entry> entries = new ArrayList<>();

  RouteTable(Template template) {
    template
        .functions()
        .forEach(
            (name, function) ->
                function.routes().forEach(route -> entries.add(new Entry(route, name))));
  }

  /**
   * Finds the route for a request.
   *
   * @param path the path as received, still percent-encoded
   */
  Optional<Match> match(String method, String path) {
    if (path == null) {
      return Optional.empty();
    }
    return entries.stream()
        .filter(entry -> entry.route().method().equals(method))
        .flatMap(entry -> fit(entry, path.split("/", -1)).stream())
        .findFirst();
  }

  private static Optional<Match> fit(Entry entry, String[] path) {
    String[] route = entry.route().path().split("/", -1);
    if (route.length != path.length) {
      return Optional.empty();
    }
    Map<String, String> variables = new LinkedHashMap<>();
    for (int i = 0; i < route.length; i++) {
      if (route[i].startsWith("{") && !path[i].isEmpty()) {
        variables.put(route[i].substring(1, route[i].length() - 1), URIUtil.decodePath(path[i]));
      } else if (!route[i].equals(path[i])) {
        return Optional.empty();
      }
    }
    return Optional.of(new Match(entry.route(), entry.function(), variables));
  }

  /** A route, the module of its function, and the values of its path variables. */
  record Match(Template.Route route, String function, Map<String, String> variables) {}
}
