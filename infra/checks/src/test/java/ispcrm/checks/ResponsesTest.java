package ispcrm.checks;

import static ispcrm.checks.Checkout.map;
import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.conformance.OpenApi;
import ispcrm.conformance.OpenApi.Operation;
import ispcrm.conformance.OpenApi.Place;
import ispcrm.emulation.CallingToken;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.profiles.ProfileRequest;
import ispcrm.profiles.Profiles;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.node.ObjectNode;

/** The functions' responses to the events are those that the contract describes. */
class ResponsesTest {
  private static final OpenApi API = new OpenApi();
  private static final Template TEMPLATE = Template.load(Map.of());

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
    Profiles profiles = new Profiles(client, "ProfilesTable");
    for (long id : new long[] {10, 20, 30}) {
      profiles.find("" + id).ifPresent(profiles::delete);
    }
    for (long id : new long[] {10, 20}) {
      profiles.create(
          new ProfileRequest(Map.of("id", id, "name", "100 Mbps"), null).apply(Instant.EPOCH));
    }
    StoredWebhook.put(client);
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

  /** All but those to routes that the contract does not have. */
  static Stream<String> eventsOfOperations() {
    return EventsTest.requests()
        .filter(file -> !file.startsWith("authorizer/"))
        .filter(file -> !file.startsWith(NamesTest.NOT_FOUND + "/"));
  }

  @ParameterizedTest
  @MethodSource("eventsOfOperations")
  void event_ofAnOperation_succeedsAsTheContractDescribes(String file) {
    Response response = response(file);
    assertThat(response.status()).isEqualTo(success(operation(file)));
    check(operation(file), response);
  }

  /**
   * What differs from the successful event: the caller's role or scopes, the id in the path, the
   * query, a header, or the body.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          create-webhook | body {"url":"http://hooks.example.net"} | 400 invalid_fields
          get-webhook | id 0000000000000000 | 404 not_found
          update-webhook | body {"secret":"x"} | 400 invalid_fields
          delete-webhook | id 0000000000000000 | 404 not_found
          test-webhook | id 0000000000000000 | 404 not_found
          rotate-webhook-secret | id 0000000000000000 | 404 not_found
          replay-webhook | body {"events":["00000000000000-00000000"]} | 400 invalid_fields
          list-deliveries | query limit=0 | 400 invalid_parameter
          create-token | caller tokens:write ; body {"user":"admin","scopes":["users:read"]} | 403 forbidden
          create-token | body {"user":"jonewe","expires_in_days":367} | 400 invalid_fields
          create-token | body {"user":"jonewe","scopes":["self:read","users:write"]} | 400 invalid_fields
          create-token | body {"user":"nobody"} | 404 not_found
          create-user | body {"id":"zt7633df","username":"zofia@example.net","name":"Žofia Tóthová","customer_id":"IZ7633001","status":"suspended","expiration":"2026-03-31T02:00:00+02:00","activated_at":"2023-12-13","mac":"00-1a-2b-3c-4d-5e","profile_id":10,"profile_name":"100 Mbps","radius_id":20,"role":"customer","version":"v1"} | success
          create-user | header Content-Type: application/x-www-form-urlencoded | success
          create-user | header Idempotency-Key: 5b8f2a57-6f0e-4d8e-9d0c-3a1f7e2b4c96 ; body {"username":"annlee","name":"Ann Lee"} | success
          create-user | header Idempotency-Key: two words ; body {"username":"annlee","name":"Ann Lee"} | 400 invalid_header
          create-user | header Content-Type: application/x-www-form-urlencoded ; body ID=zt7633df&version=v1 | 400 invalid_json
          create-user | header Content-Type: application/x-www-form-urlencoded ; body {"ID":"jonmt", "version":"v1", "ID":"zt7633df"} | 400 duplicate_key
          create-user | caller staff ; body {"id":"zt7633df","role":"staff"} | 403 forbidden
          create-user | body {"id":"zt7633df"} {"id":"jonmt"} | 400 invalid_json
          create-user | body {"id":"zt7633df","statsu":"active"} | 400 invalid_fields
          create-user | body {"id":"zt7633df","version":"v9"} | 400 invalid_fields
          delete-user | header If-Match: "AAAAAAAAAAAAAAAA" | 412 precondition_failed
          delete-user | id admin | 409 own_account
          delete-user | id nobody | 404 not_found
          discover-root | caller customer | success
          create-profile | body {"id":10,"name":"100 Mbps"} | 409 already_exists
          create-profile | body {"id":-1,"attributes":{"Auth-Type":"Accept"}} | 400 invalid_fields
          delete-profile | id 10 | 409 in_use
          delete-profile | id 99 | 404 not_found
          delete-profile | header If-Match: "AAAAAAAAAAAAAAAA" | 412 precondition_failed
          get-profile | id ten | 404 not_found
          set-password | caller users:write staff:write ; id admin | 409 not_a_customer
          set-password | id nobody | 404 not_found
          set-password | body {"password":""} | 400 invalid_fields
          set-password | header If-Match: "AAAAAAAAAAAAAAAA" | 412 precondition_failed
          remove-password | id nobody | 404 not_found
          remove-password | header If-Match: "AAAAAAAAAAAAAAAA" | 412 precondition_failed
          authorize-subscriber | body {"username":"nobody"} | success
          authorize-subscriber | body {"user":"jonewe"} | 400 invalid_fields
          update-profile | body {"attributes":{"Mikrotik-Rate-Limit":"fast"}} | 400 invalid_fields
          get-token | id 00000000-0000-0000-0000-000000000000 | 404 not_found
          get-user | id nobody | 404 not_found
          list-tokens | query - | success
          list-user-history | id nobody | 404 not_found
          list-events | query type=user.suspended,user.deleted&user=jonewe&since=2023-12-01 | success
          list-events | query type=user.banned | 400 invalid_parameter
          list-events | query since=yesterday | 400 invalid_parameter
          list-events | query user=nobody | 404 not_found
          list-events | query cursor=QWx0ZXJlZEN1cnNvcg | 400 invalid_cursor
          list-users | query limit=1&cursor=QWx0ZXJlZEN1cnNvcg | 400 invalid_cursor
          list-users | query expires_before=2025-04-01&status=active | success
          list-users | query name=john&status=active&role=customer | success
          list-users | query updated_since=2023-12-01&status=active | 400 invalid_parameter
          list-users | query limit=0 | 400 invalid_parameter
          list-users | query status=active&status=suspended | 400 invalid_parameter
          list-users | query status=active | success
          list-users | query state=active | 400 invalid_parameter
          list-users | query updated_since=2023-12-01 00:00:00 | success
          revoke-token | id 00000000-0000-0000-0000-000000000000 | 404 not_found
          update-user | header If-Match: "AAAAAAAAAAAAAAAA" ; body {"status":"active"} | 412 precondition_failed
          update-user | body {"id":"jon","mac":"none","updated_at":"2024-12-01"} | 400 invalid_fields
          update-user | caller users:write staff:write ; id admin ; body {"status":"disabled"} | 409 own_account
          update-user | body {"username":"jon.ewe","name":"Jon Ewe","mac":null} | success
          update-user | id nobody ; body {"status":"active"} | 404 not_found
          update-user | body {"username":"JohnDoe"} | 409 already_exists
          """)
  void variation_ofAnEvent_hasTheResponseThatTheContractDescribes(
      String function, String changes, String outcome) {
    String file = function + "/ok.json";
    Response response = invoke(function, variation(file, changes));
    assertThat(outcome(response))
        .isEqualTo(outcome.equals("success") ? success(operation(file)) : outcome);
    check(operation(file), response);
  }

  private static String variation(String file, String changes) {
    ObjectNode event = (ObjectNode) Checkout.JSON.readTree(Checkout.read("events/" + file));
    for (String change : changes.split(" ; ", -1)) {
      String value = change.substring(change.indexOf(' ') + 1);
      switch (change.substring(0, change.indexOf(' '))) {
        case "caller" -> {
          ObjectNode caller = (ObjectNode) event.at("/requestContext/authorizer");
          Role.of(value)
              .ifPresentOrElse(
                  role ->
                      caller
                          .put("user_id", role == Role.STAFF ? "1" : "jonewe")
                          .put("role", value)
                          .put("is_narrowed", "false")
                          .put("scopes", Scope.formatList(role.scopes())),
                  () -> caller.put("is_narrowed", "true").put("scopes", value));
        }
        case "id" -> ((ObjectNode) event.get("pathParameters")).put("id", value);
        case "query" -> {
          ObjectNode query = event.putObject("multiValueQueryStringParameters");
          for (String parameter : value.equals("-") ? new String[0] : value.split("&", -1)) {
            String[] parts = parameter.split("=", 2);
            query.withArray("/" + parts[0]).add(parts[1]);
          }
        }
        case "header" -> {
          String[] parts = value.split(": ", 2);
          ((ObjectNode) event.get("multiValueHeaders")).putArray(parts[0]).add(parts[1]);
        }
        case "body" -> event.put("body", value);
        default -> throw new IllegalArgumentException(change);
      }
    }
    return event.toString();
  }

  @ParameterizedTest
  @CsvSource({"unknown-route, 404 not_found", "other-method, 405 method_not_allowed"})
  void theResponseToAnUnknownRouteIsAnErrorOfTheContract(String event, String outcome) {
    Response response = response("not-found/" + event + ".json");
    assertThat(outcome(response)).isEqualTo(outcome);
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
    assertThat(response("create-user/ok.json").status()).isEqualTo("201");
    Response again = response("create-user/ok.json");
    assertThat(outcome(again)).isEqualTo("409 already_exists");
    check(operation("create-user/ok.json"), again);
  }

  @Test
  void aRepetitionWithItsKeyIsAsTheContractDescribes() {
    String event = variation("create-token/ok.json", "header Idempotency-Key: repeated");
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
    Response response = invoke("list-users", variation("list-users/ok.json", "query limit=1"));
    assertThat(response.status()).isEqualTo("200");
    check(API.operation("listUsers"), response);
    Object next = map(response.json().get("_links")).get("next");
    assertThat(response.headers()).containsEntry("Link", "<" + next + ">; rel=\"next\"");
  }

  @Test
  void allInvalidFieldsAreNamedAtOnce() {
    Map<String, Object> body = new LinkedHashMap<>();
    map(map(API.follow(new Place("", Map.of("$ref", "#/components/schemas/User"))).value())
            .get("properties"))
        .keySet()
        .forEach(field -> body.put(field, List.of()));
    Response response =
        invoke(
            "create-user",
            variation("create-user/ok.json", "body " + Checkout.JSON.writeValueAsString(body)));
    assertThat((List<?>) response.json().get("errors"))
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
    if (response.status().equals("204")) {
      assertThat(response.headers()).doesNotContainKey("Content-Type");
      return;
    }
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
