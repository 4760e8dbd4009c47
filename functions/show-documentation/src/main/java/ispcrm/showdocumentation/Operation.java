package ispcrm.showdocumentation;

import ispcrm.runtime.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

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

  /** What the contract says about its body as a whole. */
  String bodyDescription() {
    return text(bodySchema(), "description");
  }

  /**
   * The fields of its body by name, with references resolved. A description beside a reference
   * precedes that of what it refers to.
   */
  Map<String, Map<String, Object>> bodyFields() {
    Map<String, Object> schema = bodySchema();
    Map<String, Map<String, Object>> fields = new LinkedHashMap<>();
    object(schema.get("properties"))
        .forEach(
            (name, value) -> {
              Map<String, Object> field = new LinkedHashMap<>(resolve(value));
              if (object(value).containsKey("$ref")) {
                field.merge(
                    "description",
                    text(object(value), "description"),
                    (general, own) -> own + "\n\n" + general);
              }
              fields.put(name, field);
            });
    return fields;
  }

  /** The first example of a successful response with a body, indented, if there is one. */
  Optional<String> exampleResponse() {
    return responses().entrySet().stream()
        .filter(response -> response.getKey().startsWith("2"))
        .flatMap(response -> firstExample(json(response.getValue())).stream())
        .findFirst()
        .map(example -> indented(example, "\n"));
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
    firstExample(json(object(node.get("requestBody"))))
        .ifPresent(
            example -> lines.add("  -d '" + Json.write(example).replace("'", "'\\''") + "'"));
    return String.join(" \\\n", lines);
  }

  private Map<String, Object> bodySchema() {
    return resolve(json(object(node.get("requestBody"))).get("schema"));
  }

  /** The JSON of a request body or a response. */
  private static Map<String, Object> json(Map<String, Object> body) {
    return object(object(body.get("content")).get("application/json"));
  }

  private Optional<Object> firstExample(Map<String, Object> json) {
    return object(json.get("examples")).values().stream()
        .findFirst()
        .map(example -> resolve(example).get("value"));
  }

  /**
   * The JSON text of an example, with each member of an object on a line of its own.
   *
   * @param lineBreak what separates the lines of the object or list that the example is in
   */
  private static String indented(Object example, String lineBreak) {
    String deeper = lineBreak + "  ";
    if (example instanceof Map<?, ?> && !object(example).isEmpty()) {
      return object(example).entrySet().stream()
          .map(member -> Json.write(member.getKey()) + ": " + indented(member.getValue(), deeper))
          .collect(Collectors.joining("," + deeper, "{" + deeper, lineBreak + "}"));
    }
    if (example instanceof List<?> list && list.stream().anyMatch(Map.class::isInstance)) {
      return list.stream()
          .map(element -> indented(element, deeper))
          .collect(Collectors.joining("," + deeper, "[" + deeper, lineBreak + "]"));
    }
    return Json.write(example);
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
