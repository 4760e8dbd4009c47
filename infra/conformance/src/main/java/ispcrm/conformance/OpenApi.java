package ispcrm.conformance;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import ispcrm.contract.Contract;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/**
 * infra/openapi.yaml as data, and what does not conform to it. The objects of responses are open to
 * new fields, so that clients expect them; here they are closed, so that a field that the contract
 * does not have is noticed.
 */
public final class OpenApi {
  private static final JsonMapper JSON = JsonMapper.shared();

  private static final String ADDRESS = "https://ispcrmdomain/openapi.json";
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

  private final Map<String, Object> document = new Contract().document();
  private final SchemaRegistry schemas =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          registry ->
              registry
                  .schemas(Map.of(ADDRESS, JSON.writeValueAsString(closed(document))))
                  .schemaRegistryConfig(
                      SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

  /**
   * One method on one path.
   *
   * @param method the HTTP method, in capitals
   * @param pointer the JSON pointer to it in the document
   */
  public record Operation(String method, String path, String pointer, Map<String, Object> node) {
    public String id() {
      return (String) node.get("operationId");
    }

    public String route() {
      return method + " " + path;
    }

    boolean matches(String requestMethod, String requestPath) {
      return routes().stream().anyMatch(route -> route.startsWith(requestMethod + " "))
          && Pattern.matches(
              "\\Q" + path.replaceAll("\\{[^}]+}", "\\\\E[^/]+\\\\Q") + "\\E", requestPath);
    }

    /** Its routes. HEAD has the same response as GET, without a body. */
    public List<String> routes() {
      return route().startsWith("GET ") ? List.of(route(), "HEAD " + path) : List.of(route());
    }

    public boolean isPublic() {
      return List.of().equals(node.get("security"));
    }
  }

  /** A value and the JSON pointer to it in the document. */
  public record Place(String pointer, Object value) {}

  public Map<String, Object> document() {
    return document;
  }

  public List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    map(document.get("paths"))
        .forEach(
            (path, item) ->
                map(item)
                    .forEach(
                        (method, node) -> {
                          if (METHODS.contains(method)) {
                            operations.add(
                                new Operation(
                                    method.toUpperCase(Locale.ROOT),
                                    path,
                                    child(child("/paths", path), method),
                                    map(node)));
                          }
                        }));
    return operations;
  }

  public Operation operation(String id) {
    return operations().stream()
        .filter(operation -> operation.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  /** The responses of an operation by status, with references resolved. */
  public Map<String, Map<String, Object>> responses(Operation operation) {
    Map<String, Map<String, Object>> responses = new LinkedHashMap<>();
    map(operation.node().get("responses"))
        .forEach((status, response) -> responses.put(status, map(resolve(response))));
    return responses;
  }

  /**
   * Returns the place itself, or the one that its {@code $ref} refers to.
   *
   * @throws IllegalArgumentException if the reference cannot be resolved
   */
  public Place follow(Place place) {
    if (!(place.value() instanceof Map<?, ?> node) || !node.containsKey("$ref")) {
      return place;
    }
    String reference = (String) node.get("$ref");
    if (!reference.startsWith("#/")) {
      throw new IllegalArgumentException("reference to another document: " + reference);
    }
    Object target = document;
    for (String step : reference.substring(2).split("/", -1)) {
      String name = step.replace("~1", "/").replace("~0", "~");
      if (!(target instanceof Map<?, ?> parent) || !parent.containsKey(name)) {
        throw new IllegalArgumentException("unresolvable reference: " + reference);
      }
      target = parent.get(name);
    }
    return follow(new Place(reference.substring(1), target));
  }

  public Object resolve(Object value) {
    return follow(new Place("", value)).value();
  }

  /** All values in the document, depth first. */
  public List<Place> places() {
    List<Place> places = new ArrayList<>();
    collect(new Place("", document), places);
    return places;
  }

  /** Validates an instance against the schema at this pointer, and returns the errors. */
  public List<String> faults(String pointer, Object instance) {
    return schemas
        .getSchema(SchemaLocation.of(ADDRESS + "#" + pointer))
        .validate(JSON.writeValueAsString(instance), InputFormat.JSON)
        .stream()
        .map(Object::toString)
        .toList();
  }

  /** Validates an instance against a schema of the components, and returns the errors. */
  public List<String> faultsAs(String schema, Object instance) {
    if (!map(map(document.get("components")).get("schemas")).containsKey(schema)) {
      throw new IllegalArgumentException("no such schema: " + schema);
    }
    return faults("/components/schemas/" + schema, instance);
  }

  public static String child(String pointer, String name) {
    return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
  }

  /**
   * What a response does not conform to: its status, its headers and its body. A response to a path
   * or method that the contract does not have must be the error that the contract describes. The
   * headers that the introduction of the contract promises belong to every response.
   *
   * @param path the path of the request below the base, with or without a query
   * @param headers the names of the headers and their first values, in lower case
   */
  public List<String> faultsOfResponse(
      String method, String path, int status, Map<String, String> headers, String body) {
    List<String> faults = new ArrayList<>();
    for (String name : List.of("Strict-Transport-Security", "X-Content-Type-Options")) {
      if (!headers.containsKey(name.toLowerCase(Locale.ROOT))) {
        faults.add("every response has the header " + name);
      }
    }
    String plain = path.replaceFirst("[?#].*", "").replaceFirst("(?<=.)/$", "");
    String current =
        plain
            .replaceFirst("^/api/v0(?=/|$)", "/api/v1")
            .replaceFirst("^/api/v1/Users", "/api/v1/users");
    List<Operation> candidates =
        operations().stream().filter(operation -> operation.matches(method, current)).toList();
    // Only some of the operations exist in the old spellings.
    boolean isAbsent = !current.equals(plain) && (status == 404 || status == 405);
    if (candidates.isEmpty() || isAbsent) {
      faults.addAll(faultsOfError(status, headers, body));
      return faults;
    }
    // A path without variables is more specific.
    Operation operation =
        candidates.stream()
            .filter(candidate -> candidate.path().equals(current))
            .findFirst()
            .orElse(candidates.get(0));
    Map<String, Object> response = responses(operation).get(String.valueOf(status));
    if (response == null) {
      faults.add(operation.id() + " does not have the status " + status);
      return faults;
    }
    if (!operation.isPublic() && !"no-store".equals(headers.get("cache-control"))) {
      faults.add(operation.id() + " " + status + " may be stored");
    }
    map(response.get("headers"))
        .forEach(
            (name, header) -> {
              if (Boolean.TRUE.equals(map(resolve(header)).get("required"))
                  && !headers.containsKey(name.toLowerCase(Locale.ROOT))) {
                faults.add(operation.id() + " " + status + " lacks the header " + name);
              }
            });
    Map<String, Object> content = map(response.get("content"));
    if (method.equals("HEAD") || content.isEmpty()) {
      if (!body.isEmpty()) {
        faults.add(operation.id() + " " + status + " has a body");
      }
    } else if (status >= 400) {
      faults.addAll(faultsOfError(status, headers, body));
    } else if (content.containsKey("application/json")) {
      String pointer =
          child(operation.pointer() + "/responses/" + status + "/content", "application/json");
      faults.addAll(faults(pointer + "/schema", JSON.readTree(body)));
    }
    return faults;
  }

  private List<String> faultsOfError(int status, Map<String, String> headers, String body) {
    if (status < 400) {
      return List.of("the contract has no such operation, but the status is " + status);
    }
    if (body.isEmpty()) {
      return List.of();
    }
    Map<String, Object> error = new LinkedHashMap<>(map(JSON.readValue(body, Map.class)));
    List<String> faults = new ArrayList<>();
    if (headers.getOrDefault("content-type", "").startsWith("application/problem+json")) {
      if (!Integer.valueOf(status).equals(error.put("status", "error"))
          || error.remove("type") == null
          || error.remove("title") == null) {
        faults.add("not a problem: " + body);
      }
      error.put("message", error.remove("detail"));
    }
    faults.addAll(faultsAs("ApiError", error));
    return faults;
  }

  private static Object closed(Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(OpenApi::closed).toList();
    }
    if (!(value instanceof Map<?, ?> node)) {
      return value;
    }
    Map<Object, Object> closed = new LinkedHashMap<>();
    node.forEach((name, member) -> closed.put(name, closed(member)));
    if ("object".equals(node.get("type")) && node.get("properties") instanceof Map) {
      closed.putIfAbsent("additionalProperties", false);
    }
    return closed;
  }

  @SuppressWarnings("unchecked") // the keys of the document's objects are strings
  private static Map<String, Object> map(Object node) {
    return node == null ? Map.of() : (Map<String, Object>) node;
  }

  private static void collect(Place place, List<Place> places) {
    places.add(place);
    if (place.value() instanceof Map<?, ?> node) {
      node.forEach(
          (name, value) ->
              collect(new Place(child(place.pointer(), name.toString()), value), places));
    } else if (place.value() instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        collect(new Place(place.pointer() + "/" + i, list.get(i)), places);
      }
    }
  }
}
