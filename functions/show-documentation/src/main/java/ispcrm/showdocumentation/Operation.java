package ispcrm.showdocumentation;

import ispcrm.gateway.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An operation of the contract: one method on one path. */
final class Operation {
  private final Map<String, Object> document;
  private final String method;
  private final String path;
  private final Map<String, Object> node;

  /**
   * @param document the whole contract, which the operation refers to
   * @param method the HTTP method in lower case
   */
  Operation(Map<String, Object> document, String method, String path, Map<String, Object> node) {
    this.document = document;
    this.method = method.toUpperCase(Locale.ROOT);
    this.path = path;
    this.node = node;
  }

  String id() {
    return text(node, "operationId");
  }

  String route() {
    return method + " " + path;
  }

  String summary() {
    return text(node, "summary");
  }

  String description() {
    return text(node, "description");
  }

  List<Object> tags() {
    return list(node.get("tags"));
  }

  /** Its parameters, with references resolved. */
  List<Map<String, Object>> parameters() {
    return list(node.get("parameters")).stream().map(this::resolve).toList();
  }

  /** Its responses by status, with references resolved. */
  Map<String, Map<String, Object>> responses() {
    Map<String, Map<String, Object>> responses = new LinkedHashMap<>();
    object(node.get("responses"))
        .forEach((status, response) -> responses.put(status, resolve(response)));
    return responses;
  }

  /**
   * A command that calls it with the examples of the contract, and with the token in the variable
   * TOKEN.
   *
   * @param base the address of the deployment
   */
  String curl(String base) {
    String url = path;
    List<String> query = new ArrayList<>();
    for (Map<String, Object> parameter : parameters()) {
      String name = text(parameter, "name");
      if (parameter.get("in").equals("path")) {
        url = url.replace("{" + name + "}", text(parameter, "example"));
      } else if (Boolean.TRUE.equals(parameter.get("required"))) {
        query.add(name + "=" + text(parameter, "example"));
      }
    }
    List<String> lines = new ArrayList<>();
    String question = query.isEmpty() ? "" : "?" + String.join("&", query);
    lines.add(
        "curl "
            + (method.equals("GET") ? "" : "-X " + method + " ")
            + "'"
            + base
            + url
            + question
            + "'");
    if (!list(node.getOrDefault("security", List.of("token"))).isEmpty()) {
      lines.add("  -H \"X-Auth-Token: $TOKEN\"");
    }
    object(
            object(object(object(node.get("requestBody")).get("content")).get("application/json"))
                .get("examples"))
        .values()
        .stream()
        .findFirst()
        .ifPresent(
            example ->
                lines.add(
                    "  -d '"
                        + Json.write(object(example).get("value")).replace("'", "'\\''")
                        + "'"));
    return String.join(" \\\n", lines);
  }

  private Map<String, Object> resolve(Object value) {
    Map<String, Object> object = object(value);
    if (!(object.get("$ref") instanceof String reference)) {
      return object;
    }
    Map<String, Object> target = document;
    for (String step : reference.substring("#/".length()).split("/", -1)) {
      target = object(target.get(step));
    }
    return target;
  }

  static String text(Map<String, Object> object, String name) {
    return String.valueOf(object.getOrDefault(name, ""));
  }

  @SuppressWarnings("unchecked") // the keys of the contract's objects are strings
  static Map<String, Object> object(Object node) {
    return node == null ? Map.of() : (Map<String, Object>) node;
  }

  @SuppressWarnings("unchecked") // the contract's lists contain anything
  static List<Object> list(Object node) {
    return node == null ? List.of() : (List<Object>) node;
  }
}
