package ispcrm.checks;

import static ispcrm.checks.Checkout.listOf;
import static ispcrm.checks.Checkout.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import ispcrm.access.Endpoint;
import ispcrm.conformance.OpenApi;
import ispcrm.conformance.OpenApi.Operation;
import ispcrm.conformance.OpenApi.Place;
import ispcrm.http.ErrorCode;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.UpdateUserRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** infra/openapi.yaml is consistent in itself and agrees with the rules in Java. */
class OpenApiTest {
  private static final OpenApi API = new OpenApi();

  private static final Pattern ERROR_ROW = Pattern.compile("\\| `([a-z_]+)` \\| (\\d{3}) \\|");

  /** The pattern of a line of text. */
  private static final String LINE =
      "^[^\\x00-\\x1F\\x7F]*[^\\x00-\\x20\\x7F][^\\x00-\\x1F\\x7F]*$";

  /** The same on several lines. */
  private static final String LINES =
      "^[^\\x00-\\x09\\x0B\\x0C\\x0E-\\x1F\\x7F]*[^\\x00-\\x20\\x7F][^\\x00-\\x09\\x0B\\x0C\\x0E-\\x1F\\x7F]*$";

  private static final List<Object> UNSEEN =
      List.of("a\u0085", "a\u2028", "a\u2029", "\u00A0", "a\u200B", "\u2800");

  private static final List<Object> OTHER_TIMES =
      List.of("2025-03-31 12:00", "2025-03-31T12:00:00", "2025-03-31 12:00:00Z");

  static List<Operation> operations() {
    return API.operations();
  }

  @Test
  void onlyTheseArePublicAndTheOthersTakeEitherHeader() {
    assertThat(operations().stream().filter(Operation::isPublic).map(Operation::id))
        .containsExactlyElementsOf(
            Arrays.stream(Endpoint.values())
                .filter(Endpoint::isPublic)
                .map(
                    endpoint ->
                        NamesTest.camel(endpoint.name().toLowerCase(Locale.ROOT).replace('_', '-')))
                .toList());
    assertThat(operations().stream().filter(operation -> !operation.isPublic()))
        .allSatisfy(operation -> assertThat(operation.node()).doesNotContainKey("security"));
    assertThat(API.document().get("security"))
        .isEqualTo(List.of(Map.of("bearer", List.of()), Map.of("xAuthToken", List.of())));
    Map<String, Object> schemes = map(map(API.document().get("components")).get("securitySchemes"));
    assertThat(map(schemes.get("bearer")))
        .containsEntry("type", "http")
        .containsEntry("scheme", "bearer");
    assertThat(map(schemes.get("xAuthToken")))
        .containsEntry("type", "apiKey")
        .containsEntry("in", "header")
        .containsEntry("name", "X-Auth-Token");
  }

  @Test
  void everyReferenceLeadsSomewhereAndEveryComponentIsUsed() {
    Set<String> used = new HashSet<>();
    for (Place place : API.places()) {
      if (place.value() instanceof Map<?, ?> node && node.containsKey("$ref")) {
        used.add(API.follow(place).pointer());
      }
    }
    Set<String> components = new TreeSet<>();
    for (String kind : List.of("examples", "headers", "parameters", "responses", "schemas")) {
      map(map(API.document().get("components")).get(kind))
          .keySet()
          .forEach(name -> components.add("/components/" + kind + "/" + name));
    }
    assertThat(used).containsExactlyInAnyOrderElementsOf(components);
  }

  /** Everything with a schema and examples: bodies, headers and parameters. */
  static Stream<Place> examples() {
    List<Place> examples = new ArrayList<>();
    for (Place place : API.places()) {
      if (place.value() instanceof Map<?, ?> node && node.containsKey("schema")) {
        if (node.containsKey("example")) {
          examples.add(
              new Place(place.pointer(), Map.of("example", Map.of("value", node.get("example")))));
        }
        if (node.containsKey("examples")) {
          examples.add(new Place(place.pointer(), node.get("examples")));
        }
      }
    }
    return examples.stream();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleMatchesItsSchema(Place examples) {
    assertThat(map(examples.value()))
        .isNotEmpty()
        .allSatisfy(
            (name, example) ->
                assertThat(
                        API.faults(
                            examples.pointer() + "/schema",
                            map(API.follow(new Place("", example)).value()).get("value")))
                    .isEmpty());
  }

  @Test
  void everyJsonBodyHasAnExample() {
    List<Place> bodies =
        API.places().stream()
            .filter(place -> place.pointer().endsWith("/content/application~1json"))
            .toList();
    assertThat(bodies)
        .isNotEmpty()
        .allSatisfy(body -> assertThat(map(body.value())).containsKeys("schema", "examples"));
  }

  @ParameterizedTest
  @MethodSource("operations")
  void everyOperationDocumentsItsResponses(Operation operation) {
    Set<String> expected = new TreeSet<>(Set.of("429", "500", "504"));
    boolean decides = operation.path().equals("/api/v1/radius/authorize");
    boolean rotates = operation.path().endsWith("/rotate-secret");
    boolean sends = operation.path().endsWith("/test") || operation.path().endsWith("/replay");
    boolean isRepeatable = operation.method().equals("POST") && !decides;
    boolean hasNothingToShow = operation.path().endsWith("/password");
    expected.add(
        hasNothingToShow ? "204" : sends ? "202" : isRepeatable && !rotates ? "201" : "200");
    if (isRepeatable) {
      expected.add("422");
    }
    if (!operation.isPublic()) {
      expected.addAll(Set.of("400", "401"));
      // The root accepts every valid token, so it never returns 403.
      if (!List.of().equals(operation.node().get("x-scopes"))) {
        expected.add("403");
      }
    }
    if (Set.of("POST", "PUT", "PATCH").contains(operation.method())) {
      expected.add("413");
      boolean hasBody = !rotates && !operation.path().endsWith("/test");
      assertThat(operation.node().containsKey("requestBody")).isEqualTo(hasBody);
    }
    if (!operation.isPublic()) {
      expected.add("503");
    }
    if (operation.path().contains("{")) {
      expected.add("404");
    }
    Set<String> documented = API.responses(operation).keySet();
    assertThat(documented).containsAll(expected);
    expected.addAll(Set.of("304", "404", "409", "412", "415", "503"));
    assertThat(expected).containsAll(documented);
    assertThat(operation.node()).containsKeys("summary", "description", "tags");
  }

  @ParameterizedTest
  @MethodSource("operations")
  void parametersAreTheVariablesOfThePathAndThoseOfTheEndpoint(Operation operation) {
    List<String> variables =
        Stream.of(operation.path().split("/", -1))
            .filter(part -> part.startsWith("{"))
            .map(part -> part.substring(1, part.length() - 1))
            .toList();
    List<Object> parameters =
        listOf(operation.node().getOrDefault("parameters", List.of())).stream()
            .map(parameter -> API.follow(new Place("", parameter)).value())
            .toList();
    assertThat(parameters.stream().filter(parameter -> map(parameter).get("in").equals("path")))
        .extracting(parameter -> map(parameter).get("name"))
        .isEqualTo(variables);
    assertThat(parameters.stream().filter(parameter -> map(parameter).get("in").equals("query")))
        .extracting(parameter -> map(parameter).get("name"))
        .isEqualTo(Endpoint.of(operation.method(), operation.path()).orElseThrow().parameters());
    assertThat(parameters)
        .allSatisfy(parameter -> assertThat(map(parameter)).containsKeys("description", "schema"));
  }

  @ParameterizedTest
  @MethodSource("operations")
  void everyErrorHasTheSameShape(Operation operation) {
    assertThat(API.responses(operation))
        .allSatisfy(
            (status, response) -> {
              if (Integer.parseInt(status) >= 400) {
                Map<String, Object> json =
                    map(map(response.get("content")).get("application/json"));
                assertThat(map(response.get("content"))).hasSize(1);
                assertThat(json.get("schema"))
                    .isEqualTo(Map.of("$ref", "#/components/schemas/ApiError"));
                map(json.get("examples"))
                    .forEach(
                        (name, example) -> {
                          String code = (String) map(map(example).get("value")).get("code");
                          assertThat(statusOfCode().get(code)).hasToString(status);
                        });
              }
            });
  }

  @Test
  void everyErrorCodeHasAnExample() {
    Set<String> shown = new TreeSet<>();
    for (Operation operation : operations()) {
      API.responses(operation)
          .forEach(
              (status, response) ->
                  map(map(response.getOrDefault("content", Map.of("", Map.of())))
                          .values()
                          .iterator()
                          .next())
                      .forEach(
                          (key, examples) -> {
                            if (key.equals("examples") && Integer.parseInt(status) >= 400) {
                              map(examples)
                                  .values()
                                  .forEach(
                                      example ->
                                          shown.add(
                                              (String) map(map(example).get("value")).get("code")));
                            }
                          }));
    }
    List<Object> codes =
        listOf(at("components", "schemas", "ApiError", "properties", "code", "enum"));
    assertThat(codes).containsExactlyInAnyOrderElementsOf(statusOfCode().keySet());
    // This error belongs to no operation, so the introduction describes it.
    shown.add("method_not_allowed");
    assertThat(shown).containsExactlyInAnyOrderElementsOf(statusOfCode().keySet());
  }

  @Test
  void tableOfErrors_isThatOfTheCode() {
    Map<String, Integer> documented = new TreeMap<>();
    Matcher row = ERROR_ROW.matcher((String) at("info", "description"));
    while (row.find()) {
      documented.put(row.group(1), Integer.valueOf(row.group(2)));
    }
    assertThat(documented).isEqualTo(statusOfCode());
  }

  private static Map<String, Integer> statusOfCode() {
    Map<String, Integer> statuses = new TreeMap<>();
    for (ErrorCode code : ErrorCode.values()) {
      statuses.put(code.toString(), code.status());
    }
    return statuses;
  }

  @ParameterizedTest
  @MethodSource("operations")
  void everyResponseHasItsHeaders(Operation operation) {
    API.responses(operation)
        .forEach(
            (status, response) -> {
              Set<String> expected = new TreeSet<>(Set.of("X-Request-Id"));
              if (!operation.isPublic() && (status.startsWith("2") || status.equals("304"))) {
                expected.add("X-Token-Expires-At");
              }
              switch (status) {
                case "401", "403" -> expected.add("WWW-Authenticate");
                case "429", "503" -> expected.add("Retry-After");
                default -> {}
              }
              assertThat(map(response.get("headers")).keySet()).as(status).containsAll(expected);
            });
  }

  /** Generators of clients fail on these keywords, or ignore them. */
  @Test
  void everySchemaIsPlain() {
    List<Place> schemas =
        API.places().stream()
            .filter(
                place -> place.value() instanceof Map<?, ?> && place.pointer().contains("schema"))
            .toList();
    assertThat(schemas)
        .hasSizeGreaterThan(100)
        .allSatisfy(
            place -> {
              Map<String, Object> schema = map(place.value());
              if (!place.pointer().contains("/properties")) {
                assertThat(schema)
                    .doesNotContainKeys("anyOf", "oneOf", "allOf", "not", "const", "if");
              }
              if (schema.get("pattern") instanceof String pattern) {
                assertThat(pattern).doesNotContain("(?", "\\u", "\\p", "\\S");
              }
              if (schema.get("maximum") instanceof Number maximum
                  && maximum.longValue() > Integer.MAX_VALUE) {
                assertThat(schema).containsEntry("format", "int64");
              }
            });
  }

  @Test
  void requestsAreClosedAndResponsesAreOpenToNewFields() {
    List<Place> objects =
        API.places().stream()
            .filter(
                place ->
                    place.value() instanceof Map<?, ?> node
                        && ("object".equals(node.get("type")) || node.containsKey("properties")))
            .toList();
    assertThat(objects)
        .hasSizeGreaterThan(10)
        .allSatisfy(
            place -> {
              Map<String, Object> schema = map(place.value());
              assertThat(schema).containsEntry("type", "object");
              Object more = schema.get("additionalProperties");
              assertThat(more instanceof Map ? null : more)
                  .isEqualTo(
                      place.pointer().endsWith("Request")
                          ? Boolean.FALSE
                          : place.pointer().contains("/schemas/Contract") ? Boolean.TRUE : null);
              assertThat(map(schema.getOrDefault("properties", Map.of())).keySet())
                  .containsAll(
                      listOf(schema.getOrDefault("required", List.of())).stream()
                          .map(String.class::cast)
                          .toList());
            });
  }

  /** The fields of the source's sample come first; ResponsesTest checks the others. */
  @Test
  void theMembersOfAUserComeInTheSourcesOrder() {
    assertThat(map(at("components", "schemas", "User", "properties")).keySet())
        .startsWith(
            "username",
            "customer_id",
            "status",
            "expiration",
            "created_at",
            "activated_at",
            "mac",
            "profile_id",
            "profile_name",
            "radius_id");
    assertThat(map(at("components", "schemas", "ApiError", "properties")).keySet())
        .containsExactly("status", "message", "code", "errors", "request_id", "_links");
  }

  @Test
  void everyMemberOfAUserIsRequiredEvenIfItIsNull() {
    assertThat(at("components", "schemas", "User", "required"))
        .asInstanceOf(LIST)
        .containsExactlyElementsOf(map(at("components", "schemas", "User", "properties")).keySet());
  }

  @Test
  void theTemplateForFindingUsersNamesEveryParameter() {
    String parameters =
        listOf(API.operation("listUsers").node().get("parameters")).stream()
            .map(parameter -> (String) map(parameter).get("name"))
            .collect(Collectors.joining(","));
    List<String> templates =
        API.places().stream()
            .filter(place -> place.pointer().endsWith("/value/find_users"))
            .map(place -> (String) place.value())
            .toList();
    assertThat(templates)
        .isNotEmpty()
        .allSatisfy(template -> assertThat(template).endsWith("/users{?" + parameters + "}"));
  }

  /** Values that the fields accept, values that they refuse, and values at the limits. */
  static Stream<Object> values() {
    return Stream.of(
        null,
        true,
        -1,
        0,
        10,
        1.5,
        9_007_199_254_740_991L,
        9_007_199_254_740_992L,
        List.of(),
        Map.of(),
        "",
        " ",
        "a",
        "7",
        "-a",
        ".a",
        "_a",
        "a-._",
        "a b",
        " a",
        "a@example.net",
        "a+b:c",
        "a\n",
        "a\u0000",
        "a\u007F",
        "a\u0085",
        "a\u2028",
        "a\u2029",
        "\u00A0",
        "a\u200B",
        "\u2800",
        "Žofia",
        "李",
        "😀",
        "x".repeat(32),
        "x".repeat(33),
        "x".repeat(64),
        "x".repeat(65),
        "x".repeat(100),
        "x".repeat(101),
        "😀".repeat(100),
        "😀".repeat(101),
        "x".repeat(200),
        "x".repeat(201),
        "active",
        "Active",
        "INACTIVE",
        "suspended",
        "Expired",
        "dIsAbLeD",
        "actived",
        "customer",
        "Staff",
        "ADMIN",
        "root",
        "v0",
        "v1",
        "V1",
        "v9",
        "2025-03-31",
        "2025-03-31 12:00:00",
        "2025-03-31 12:00",
        "2025-03-31T12:00:00",
        "2025-03-31T12:00:00Z",
        "2025-03-31t12:00:00z",
        "2025-03-31T12:00:00+02:00",
        "2025-03-31T12:00:00.123456789-02:00",
        "2025-03-31T12:00:00.1234567890Z",
        "2025-03-31T12:00Z",
        "2025-03-31T12Z",
        "2025-03-31T12:00:00+02",
        "2025-03-31T12:00:00+0200",
        "2025-03-31 12:00:00Z",
        "2025-3-31",
        "31.03.2025",
        "00:1a:2B:3c:4d:5e",
        "00-1A-2B-3C-4D-5E",
        "00.1a.2b.3c.4d.5e",
        "001a.2b3c.4d5e",
        "001a2b3c4d5e",
        "00:1a-2b:3c:4d:5e",
        "001a:2b3c:4d5e",
        "00:1a:2b:3c:4d",
        "00:1a:2b:3c:4d:5g");
  }

  @ParameterizedTest
  @MethodSource("values")
  void theDocumentAcceptsForEachFieldWhatTheRulesAccept(Object value) {
    Set<String> fields =
        new TreeSet<>(map(at("components", "schemas", "CreateUserRequest", "properties")).keySet());
    fields.addAll(List.of("created_at", "updated_at", "nickname"));
    for (String field : fields) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("id", "zt7633df");
      body.put(field, value);
      compare(
          field,
          value,
          API.faultsAs("CreateUserRequest", body),
          new CreateUserRequest(body).errors());
      // A patch may contain these with the values that the user has.
      if (!List.of("id", "created_at", "updated_at").contains(field)) {
        Map<String, Object> patch = new LinkedHashMap<>();
        patch.put(field, value);
        compare(
            field,
            value,
            API.faultsAs("UpdateUserRequest", patch),
            new UpdateUserRequest(patch).errors());
      }
    }
  }

  private static void compare(
      String field, Object value, List<String> faults, Map<String, String> errors) {
    boolean isInWordsOnly = value instanceof String text && isInWordsOnly(field, text);
    assertThat(faults.isEmpty())
        .as("%s = %s: the document says %s, the rules %s", field, value, faults, errors)
        .isEqualTo(errors.isEmpty() != isInWordsOnly);
  }

  /**
   * Whether the document treats a value differently from the rules, because it can state the rule
   * only in words: other spellings of the names of constants, and text and times that a plain
   * pattern cannot exclude.
   */
  private static boolean isInWordsOnly(String field, String value) {
    Object property =
        map(at("components", "schemas", "CreateUserRequest", "properties"))
            .getOrDefault(field, Map.of());
    Map<String, Object> schema = map(API.follow(new Place("", property)).value());
    List<Object> names = listOf(schema.getOrDefault("enum", List.of()));
    String pattern = (String) schema.getOrDefault("pattern", "");
    boolean hasAnyCase = List.of("status", "role").contains(field);
    return (hasAnyCase && names.contains(value.toLowerCase(Locale.ROOT)) && !names.contains(value))
        || (Set.of(LINE, LINES).contains(pattern) && UNSEEN.contains(value))
        || (pattern.startsWith("^[0-9]{4}-") && OTHER_TIMES.contains(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"user\":\"\"}",
        "{\"user\":\"a\",\"scopes\":[]}",
        "{\"user\":\"a\",\"scopes\":[\"users:drop\"]}",
        "{\"user\":\"a\",\"scopes\":[\"self:read\",\"self:read\"]}",
        "{\"user\":\"a\",\"expires_in_days\":0}",
        "{\"user\":\"a\",\"expires_in_days\":367}",
        "{\"user\":\"a\",\"description\":\"a\\nb\"}",
        "{\"user\":\"a\",\"version\":\"v1\"}"
      })
  void anInvalidTokenRequestIsRefused(String body) {
    assertThat(API.faultsAs("CreateTokenRequest", Checkout.JSON.readTree(body))).isNotEmpty();
  }

  private static Object at(String... path) {
    Object value = API.document();
    for (String name : path) {
      value = map(value).get(name);
    }
    return value;
  }
}
