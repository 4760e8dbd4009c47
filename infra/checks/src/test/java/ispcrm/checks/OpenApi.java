package ispcrm.checks;

import static ispcrm.checks.Checkout.JSON;
import static ispcrm.checks.Checkout.map;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** infra/openapi.yaml as data. */
final class OpenApi {
  private static final String ADDRESS = "https://ispcrmdomain/openapi.json";
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

  private final Map<String, Object> document = Checkout.yaml("infra/openapi.yaml");
  private final SchemaRegistry schemas =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          registry ->
              registry
                  .schemas(Map.of(ADDRESS, JSON.writeValueAsString(document)))
                  .schemaRegistryConfig(
                      SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

  /**
   * One method on one path.
   *
   * @param method the HTTP method, in capitals
   * @param pointer the JSON pointer to it in the document
   */
  record Operation(String method, String path, String pointer, Map<String, Object> node) {
    String id() {
      return (String) node.get("operationId");
    }

    String route() {
      return method + " " + path;
    }

    /** Its routes. If it has {@code x-head}, HEAD has the same response without a body. */
    List<String> routes() {
      return Boolean.TRUE.equals(node.get("x-head"))
          ? List.of(route(), "HEAD " + path)
          : List.of(route());
    }

    boolean isPublic() {
      return List.of().equals(node.get("security"));
    }
  }

  /** A value and the JSON pointer to it in the document. */
  record Place(String pointer, Object value) {}

  Map<String, Object> document() {
    return document;
  }

  List<Operation> operations() {
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

  Operation operation(String id) {
    return operations().stream()
        .filter(operation -> operation.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  /** The responses of an operation by status, with references resolved. */
  Map<String, Map<String, Object>> responses(Operation operation) {
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
  Place follow(Place place) {
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

  Object resolve(Object value) {
    return follow(new Place("", value)).value();
  }

  /** All values in the document, depth first. */
  List<Place> places() {
    List<Place> places = new ArrayList<>();
    collect(new Place("", document), places);
    return places;
  }

  /** Validates an instance against the schema at this pointer, and returns the errors. */
  List<String> faults(String pointer, Object instance) {
    return schemas
        .getSchema(SchemaLocation.of(ADDRESS + "#" + pointer))
        .validate(JSON.writeValueAsString(instance), InputFormat.JSON)
        .stream()
        .map(Object::toString)
        .toList();
  }

  /** Validates an instance against a schema of the components, and returns the errors. */
  List<String> faultsAs(String schema, Object instance) {
    if (!map(map(document.get("components")).get("schemas")).containsKey(schema)) {
      throw new IllegalArgumentException("no such schema: " + schema);
    }
    return faults("/components/schemas/" + schema, instance);
  }

  static String child(String pointer, String name) {
    return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
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
