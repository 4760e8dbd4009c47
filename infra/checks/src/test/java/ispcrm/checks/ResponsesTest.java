package ispcrm.checks;

import static ispcrm.checks.Checkout.map;
import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.conformance.OpenApi;
import ispcrm.conformance.OpenApi.Operation;
import ispcrm.conformance.OpenApi.Place;
import ispcrm.emulation.CallingToken;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import ispcrm.template.Template.LambdaFunction;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.Users;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The functions' responses to the events are those that the contract describes. */
class ResponsesTest {
  private static final OpenApi API = new OpenApi();
  private static final Template TEMPLATE = Template.load(Map.of());

  /** The error that each of these events causes. Every other event succeeds. */
  private static final Map<String, String> ERRORS =
      Map.ofEntries(
          Map.entry("create-token/scope-beyond-caller.json", "403 forbidden"),
          Map.entry("create-token/too-long-life.json", "400 invalid_fields"),
          Map.entry("create-token/too-many-scopes.json", "400 invalid_fields"),
          Map.entry("create-token/unknown-user.json", "404 not_found"),
          Map.entry("create-user/every-field-wrong.json", "400 invalid_fields"),
          Map.entry("create-user/invalid-key.json", "400 invalid_header"),
          Map.entry("create-user/not-json.json", "400 invalid_json"),
          Map.entry("create-user/repeated-id.json", "400 duplicate_key"),
          Map.entry("create-user/staff-by-staff.json", "403 forbidden"),
          Map.entry("create-user/text-after-end.json", "400 invalid_json"),
          Map.entry("create-user/unknown-field.json", "400 invalid_fields"),
          Map.entry("create-user/version-v9.json", "400 invalid_fields"),
          Map.entry("delete-user/changed-meanwhile.json", "412 precondition_failed"),
          Map.entry("delete-user/own-account.json", "409 own_account"),
          Map.entry("delete-user/unknown.json", "404 not_found"),
          Map.entry("get-token/unknown.json", "404 not_found"),
          Map.entry("get-user/unknown.json", "404 not_found"),
          Map.entry("list-tokens/no-user.json", "400 invalid_parameter"),
          Map.entry("list-user-history/unknown.json", "404 not_found"),
          Map.entry("list-users/altered-cursor.json", "400 invalid_cursor"),
          Map.entry("list-users/filters-that-cannot-be-combined.json", "400 invalid_parameter"),
          Map.entry("list-users/limit-zero.json", "400 invalid_parameter"),
          Map.entry("list-users/repeated-parameter.json", "400 invalid_parameter"),
          Map.entry("list-users/unknown-parameter.json", "400 invalid_parameter"),
          Map.entry("not-found/other-method.json", "405 method_not_allowed"),
          Map.entry("not-found/unknown-route.json", "404 not_found"),
          Map.entry("revoke-token/unknown.json", "404 not_found"),
          Map.entry("update-user/changed-meanwhile.json", "412 precondition_failed"),
          Map.entry("update-user/invalid-fields.json", "400 invalid_fields"),
          Map.entry("update-user/own-account.json", "409 own_account"),
          Map.entry("update-user/unknown.json", "404 not_found"),
          Map.entry("update-user/username-in-use.json", "409 already_exists"));

  private static LocalDynamoDb dynamoDb;
  private static LocalLambda lambda;

  /** A response as a function returns it to API Gateway. */
  private record Response(String status, Map<String, Object> headers, String body) {
    Map<String, Object> json() {
      return map(Checkout.JSON.readValue(body, LinkedHashMap.class));
    }
  }

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    dynamoDb.useInThisProcess();
    lambda = new LocalLambda(TEMPLATE);
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  /** Resets the table to the two users of the original documentation and the administrator. */
  @BeforeEach
  void prepareUsers() {
    CallingToken.store(dynamoDb.client(), "admin");
    String table = TEMPLATE.functions().get("get-user").environment().get("USERS_TABLE");
    DynamoDbClient client = dynamoDb.client();
    client
        .scan(scan -> scan.tableName(table))
        .items()
        .forEach(
            item ->
                client.deleteItem(
                    delete -> delete.tableName(table).key(Map.of("pk", item.get("pk")))));
    Users users = new Users(client, table);
    Stream.of(
            Map.<String, Object>of(
                "id",
                "jonewe",
                "customer_id",
                "IZ1459296",
                "expiration",
                "2025-03-31",
                "profile_id",
                10,
                "profile_name",
                "100 Mbps",
                "radius_id",
                20),
            Map.<String, Object>of("id", "1", "username", "johndoe", "name", "John Doe"),
            Map.<String, Object>of("id", "admin", "role", "admin"))
        .forEach(
            user ->
                assertThat(
                        users.create(
                            new CreateUserRequest(user)
                                .toUser(
                                    "",
                                    "IZ" + user.get("id"),
                                    Instant.parse("2023-12-13T13:38:27Z"))))
                    .isEmpty());
  }

  static Stream<String> events() {
    return EventsTest.requests().filter(file -> !file.startsWith("authorizer/"));
  }

  /** All but those to routes that the contract does not have. */
  static Stream<String> eventsOfOperations() {
    return events().filter(file -> !file.startsWith(NamesTest.NOT_FOUND + "/"));
  }

  @Test
  void everyErrorIsCausedByAnEvent() {
    assertThat(events()).containsAll(ERRORS.keySet());
  }

  @ParameterizedTest
  @MethodSource("eventsOfOperations")
  void theResponseIsAsTheContractDescribes(String file) {
    Response response = response(file);
    assertThat(outcome(response)).isEqualTo(ERRORS.getOrDefault(file, success(operation(file))));
    check(operation(file), response);
  }

  @ParameterizedTest
  @ValueSource(strings = {"not-found/unknown-route.json", "not-found/other-method.json"})
  void theResponseToAnUnknownRouteIsAnErrorOfTheContract(String file) {
    Response response = response(file);
    assertThat(outcome(response)).isEqualTo(ERRORS.get(file));
    assertThat(API.faultsAs("ApiError", response.json())).isEmpty();
    assertThat(response.headers().get("X-Request-Id")).isEqualTo(response.json().get("request_id"));
    assertThat(response.headers().containsKey("Allow")).isEqualTo(response.status().equals("405"));
  }

  /** API Gateway sends its own response if the function cannot be reached. */
  @Test
  void anUnknownRouteHasTheMessageOfTheGatewaysResponse() {
    assertThat(TEMPLATE.gatewayResponse("MISSING_AUTHENTICATION_TOKEN").body(Map.of()))
        .contains("\"" + response("not-found/unknown-route.json").json().get("message") + "\"");
  }

  private static String outcome(Response response) {
    return response.status()
        + (response.status().startsWith("2") ? "" : " " + response.json().get("code"));
  }

  @Test
  void creatingTheSameUserAgainIsAConflict() {
    assertThat(response("create-user/every-field.json").status()).isEqualTo("201");
    Response again = response("create-user/every-field.json");
    assertThat(again.status()).isEqualTo("409");
    assertThat(again.json()).containsEntry("code", "already_exists");
    check(operation("create-user/every-field.json"), again);
  }

  @Test
  void aRepetitionWithItsKeyIsAsTheContractDescribes() {
    String event =
        Checkout.read("events/create-token/ok.json")
            .replace(
                "\"multiValueHeaders\": {",
                "\"multiValueHeaders\": {\"Idempotency-Key\": [\"repeated\"],");
    assertThat(invoke("create-token", event).headers()).doesNotContainKey("Idempotency-Replayed");
    Response again = invoke("create-token", event);
    assertThat(again.status()).isEqualTo("201");
    assertThat(again.headers()).containsEntry("Idempotency-Replayed", "true");
    check(operation("create-token/ok.json"), again);
    Response other = invoke("create-token", event.replace("Self-service portal", "Another"));
    assertThat(outcome(other)).isEqualTo("422 idempotency_key_reused");
    check(operation("create-token/ok.json"), other);
  }

  @Test
  void aPageBeforeTheLastHasLinksToTheNext() {
    String event =
        Checkout.read("events/list-users/limit-zero.json")
            .replace("\"limit\": \"0\"", "\"limit\": \"1\"")
            .replaceAll("\"limit\": \\[\\s*\"0\"", "\"limit\": [\"1\"");
    Response response = invoke("list-users", event);
    assertThat(response.status()).isEqualTo("200");
    check(API.operation("listUsers"), response);
    Object next = map(response.json().get("_links")).get("next");
    assertThat(response.headers()).containsEntry("Link", "<" + next + ">; rel=\"next\"");
  }

  @Test
  void allInvalidFieldsAreNamedAtOnce() {
    Map<String, Object> body =
        map(
            Checkout.JSON.readValue(
                (String)
                    map(Checkout.JSON.readValue(
                            Checkout.read("events/create-user/every-field-wrong.json"), Map.class))
                        .get("body"),
                Map.class));
    List<?> errors = (List<?>) response("create-user/every-field-wrong.json").json().get("errors");
    assertThat(errors)
        .extracting(error -> map(error).get("field"))
        .containsExactlyInAnyOrderElementsOf(List.copyOf(body.keySet()));
  }

  @Test
  void theMembersOfAUserComeInTheContractsOrder() {
    assertThat(map(response("get-user/ok.json").json().get("data")).keySet())
        .containsExactlyElementsOf(
            map(map(API.follow(new Place("", Map.of("$ref", "#/components/schemas/User"))).value())
                    .get("properties"))
                .keySet());
  }

  /** Compares status, headers and body with the contract's description of the operation. */
  private static void check(Operation operation, Response response) {
    assertThat(API.responses(operation)).containsKey(response.status());
    Place documented =
        API.follow(
            new Place(
                operation.pointer() + "/responses/" + response.status(),
                map(operation.node().get("responses")).get(response.status())));
    map(map(documented.value()).getOrDefault("headers", Map.of()))
        .forEach(
            (name, described) -> {
              Place header =
                  API.follow(new Place(documented.pointer() + "/headers/" + name, described));
              if (Boolean.TRUE.equals(map(header.value()).get("required"))) {
                assertThat(response.headers()).containsKey(name);
              }
              if (response.headers().containsKey(name)) {
                assertThat(API.faults(header.pointer() + "/schema", response.headers().get(name)))
                    .isEmpty();
              }
            });
    String type = ((String) response.headers().get("Content-Type")).split(";", 2)[0];
    assertThat(map(map(documented.value()).get("content"))).containsOnlyKeys(type);
    if (type.equals("application/json")) {
      assertThat(
              API.faults(
                  documented.pointer() + "/content/application~1json/schema", response.json()))
          .isEmpty();
    }
  }

  /** The status of success, of which an operation has one. */
  private static String success(Operation operation) {
    List<String> statuses =
        API.responses(operation).keySet().stream().filter(s -> s.startsWith("2")).toList();
    assertThat(statuses).hasSize(1);
    return statuses.get(0);
  }

  private static Response response(String file) {
    return invoke(file.split("/", 2)[0], Checkout.read("events/" + file));
  }

  private static Response invoke(String module, String event) {
    Map<String, Object> response =
        map(Checkout.JSON.readValue(lambda.invoke(module, event), LinkedHashMap.class));
    return new Response(
        response.get("statusCode").toString(),
        map(response.get("headers")),
        (String) response.get("body"));
  }

  private static Operation operation(String file) {
    LambdaFunction function = TEMPLATE.functions().get(file.split("/", 2)[0]);
    return API.operations().stream()
        .filter(
            operation ->
                function.routes().stream().map(NamesTest::name).anyMatch(operation.route()::equals))
        .findFirst()
        .orElseThrow();
  }
}
