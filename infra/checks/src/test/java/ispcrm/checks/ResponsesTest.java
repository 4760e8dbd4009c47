package ispcrm.checks;

import static ispcrm.checks.Checkout.map;
import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.checks.OpenApi.Operation;
import ispcrm.checks.OpenApi.Place;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import ispcrm.template.Template.LambdaFunction;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.DynamoDbUsers;
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
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** What the functions answer to the events is what the contract says that they answer. */
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
          Map.entry("create-user/not-json.json", "400 invalid_json"),
          Map.entry("create-user/repeated-id.json", "400 duplicate_key"),
          Map.entry("create-user/staff-by-staff.json", "403 forbidden"),
          Map.entry("create-user/text-after-end.json", "400 invalid_json"),
          Map.entry("create-user/unknown-field.json", "400 invalid_fields"),
          Map.entry("create-user/version-v9.json", "400 invalid_fields"),
          Map.entry("get-user/unknown.json", "404 not_found"),
          Map.entry("list-users/altered-cursor.json", "400 invalid_cursor"),
          Map.entry("list-users/limit-zero.json", "400 invalid_parameter"),
          Map.entry("list-users/repeated-parameter.json", "400 invalid_parameter"),
          Map.entry("list-users/unknown-parameter.json", "400 invalid_parameter"));

  private static LocalDynamoDb dynamoDb;
  private static LocalLambda lambda;

  /** An answer as API Gateway gets it. */
  private record Answer(String status, Map<String, Object> headers, String body) {
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

  /** Leaves the source's two sample users and the administrator in the table, and nobody else. */
  @BeforeEach
  void prepareUsers() {
    String table = TEMPLATE.functions().get("get-user").environment().get("USERS_TABLE");
    DynamoDbClient client = dynamoDb.client();
    client
        .scan(scan -> scan.tableName(table))
        .items()
        .forEach(
            item ->
                client.deleteItem(
                    delete -> delete.tableName(table).key(Map.of("pk", item.get("pk")))));
    DynamoDbUsers users = new DynamoDbUsers(client, table);
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
    return EventsTest.files()
        .filter(file -> !file.startsWith("authorizer/"))
        .filter(file -> !file.startsWith("bootstrap-admin/"));
  }

  @Test
  void everyErrorIsCausedByAnEvent() {
    assertThat(events()).containsAll(ERRORS.keySet());
  }

  @ParameterizedTest
  @MethodSource("events")
  void theResponseIsTheOneThatTheContractDescribes(String file) {
    Answer answer = answer(file);
    String expected = ERRORS.getOrDefault(file, success(operation(file)));
    String code = answer.status().startsWith("2") ? "" : " " + answer.json().get("code");
    assertThat(answer.status() + code).isEqualTo(expected);
    check(operation(file), answer);
  }

  @Test
  void theSameUserOnceMoreIsAConflict() {
    assertThat(answer("create-user/every-field.json").status()).isEqualTo("201");
    Answer again = answer("create-user/every-field.json");
    assertThat(again.status()).isEqualTo("409");
    assertThat(again.json()).containsEntry("code", "already_exists");
    check(operation("create-user/every-field.json"), again);
  }

  @Test
  void aPageThatIsNotTheLastHasItsLinks() {
    String event =
        Checkout.read("events/list-users/limit-zero.json")
            .replace("\"limit\": \"0\"", "\"limit\": \"1\"")
            .replaceAll("\"limit\": \\[\\s*\"0\"", "\"limit\": [\"1\"");
    Answer answer = invoke("list-users", event);
    assertThat(answer.status()).isEqualTo("200");
    check(API.operation("listUsers"), answer);
    Object next = map(answer.json().get("_links")).get("next");
    assertThat(answer.headers()).containsEntry("Link", "<" + next + ">; rel=\"next\"");
  }

  @Test
  void everyFieldAtFaultIsNamedAtOnce() {
    Map<String, Object> body =
        map(
            Checkout.JSON.readValue(
                (String)
                    map(Checkout.JSON.readValue(
                            Checkout.read("events/create-user/every-field-wrong.json"), Map.class))
                        .get("body"),
                Map.class));
    List<?> errors = (List<?>) answer("create-user/every-field-wrong.json").json().get("errors");
    assertThat(errors)
        .extracting(error -> map(error).get("field"))
        .containsExactlyInAnyOrderElementsOf(List.copyOf(body.keySet()));
  }

  @Test
  void theMembersOfAUserComeInTheContractsOrder() {
    assertThat(map(answer("get-user/ok.json").json().get("data")).keySet())
        .containsExactlyElementsOf(
            map(map(API.follow(new Place("", Map.of("$ref", "#/components/schemas/User"))).value())
                    .get("properties"))
                .keySet());
  }

  /** Status, headers and body against what the document says of this operation. */
  private static void check(Operation operation, Answer answer) {
    assertThat(API.responses(operation)).containsKey(answer.status());
    Place response =
        API.follow(
            new Place(
                operation.pointer() + "/responses/" + answer.status(),
                map(operation.node().get("responses")).get(answer.status())));
    map(map(response.value()).getOrDefault("headers", Map.of()))
        .forEach(
            (name, described) -> {
              Place header =
                  API.follow(new Place(response.pointer() + "/headers/" + name, described));
              if (Boolean.TRUE.equals(map(header.value()).get("required"))) {
                assertThat(answer.headers()).containsKey(name);
              }
              if (answer.headers().containsKey(name)) {
                assertThat(API.faults(header.pointer() + "/schema", answer.headers().get(name)))
                    .isEmpty();
              }
            });
    String type = ((String) answer.headers().get("Content-Type")).split(";", 2)[0];
    assertThat(map(map(response.value()).get("content"))).containsOnlyKeys(type);
    if (type.equals("application/json")) {
      assertThat(
              API.faults(response.pointer() + "/content/application~1json/schema", answer.json()))
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

  private static Answer answer(String file) {
    return invoke(file.split("/", 2)[0], Checkout.read("events/" + file));
  }

  private static Answer invoke(String module, String event) {
    Map<String, Object> answer =
        map(Checkout.JSON.readValue(lambda.invoke(module, event), LinkedHashMap.class));
    return new Answer(
        answer.get("statusCode").toString(),
        map(answer.get("headers")),
        (String) answer.get("body"));
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
