package ispcrm.e2e;

import static ispcrm.e2e.PackagedFunctions.TEMPLATE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import ispcrm.access.Actor;
import ispcrm.emulation.LambdaProcess;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.tokens.IssuedToken;
import ispcrm.tokens.Tokens;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.Status;
import ispcrm.users.User;
import ispcrm.users.Users;
import ispcrm.webhooks.Destinations;
import ispcrm.webhooks.Secret;
import ispcrm.webhooks.WebhookRequest;
import ispcrm.webhooks.Webhooks;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Tests the packages that are deployed, each in a process under the real Lambda runtime client. */
class PackagedFunctionsIT {
  private static final JsonMapper JSON = new JsonMapper();

  private static LocalDynamoDb dynamoDb;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    dynamoDb = PackagedFunctions.startDynamoDb();
  }

  @AfterAll
  static void close() {
    if (dynamoDb != null) {
      dynamoDb.close();
    }
  }

  @Test
  void firstAdministratorsTokenOpensTheApi() throws Exception {
    String token = bootstrap();
    ObjectNode request = event("authorizer", "bearer");
    ((ObjectNode) request.get("headers")).put("Authorization", "Bearer " + token);
    ((ObjectNode) request.get("multiValueHeaders"))
        .set("Authorization", JSON.valueToTree(List.of("Bearer " + token)));
    try (LambdaProcess authorizer = start("authorizer", Map.of())) {
      JsonNode policy = JSON.readTree(authorizer.invoke(request.toString()).json());
      JsonNode statement = policy.at("/policyDocument/Statement/0");
      assertThat(statement.get("Effect").asString()).isEqualTo("Allow");
      assertThat(statement.get("Resource").asString())
          .isEqualTo(request.get("methodArn").asString());
      assertThat(policy.at("/context/user_id").asString()).isEqualTo("admin");
      SecretScan.assertNoToken("the authorizer's log", authorizer.log());
    }
  }

  @Test
  void badToken_failsWithExactlyUnauthorized() throws Exception {
    try (LambdaProcess authorizer = start("authorizer", Map.of())) {
      for (String event :
          List.of(
              "no-token",
              "mistyped-token",
              "two-different-tokens",
              "query-string-token",
              "bearer")) {
        LambdaProcess.Outcome outcome = authorizer.invoke(event("authorizer", event).toString());
        assertThat(outcome.failed()).as(event).isTrue();
        assertThat(JSON.readTree(outcome.json()).get("errorMessage").asString())
            .as(event)
            .isEqualTo("Unauthorized");
      }
      SecretScan.assertNoToken("the authorizer's log", authorizer.log());
    }
  }

  @Test
  void internalErrorIsAPlain500WithARequestIdAndIsLogged() throws Exception {
    try (LambdaProcess function = start("get-user", Map.of("USERS_TABLE", "no-such-table"))) {
      ObjectNode event = event("get-user", "ok");
      JsonNode response = JSON.readTree(function.invoke(event.toString()).json());
      String requestId = event.at("/requestContext/requestId").asString();
      assertThat(response.get("statusCode").asInt()).isEqualTo(500);
      assertThat(response.at("/headers/X-Request-Id").asString()).isEqualTo(requestId);
      JsonNode body = JSON.readTree(response.get("body").asString());
      assertThat(body.get("code").asString()).isEqualTo("internal_error");
      assertThat(body.get("request_id").asString()).isEqualTo(requestId);
      assertThat(response.toString())
          .doesNotContain("Exception", "127.0.0.1", "no-such-table", "software.amazon", "ispcrm.");
      JsonNode line = onlyLine(function);
      assertThat(line.get("message").asString()).startsWith("getUser failed: ");
      assertThat(line.get("stack_trace").asString()).contains("no-such-table", "\tat ");
      assertThat(line.get("level").asString()).isEqualTo("ERROR");
      assertThat(line.get("status").asInt()).isEqualTo(500);
      assertThat(line.get("request_id").asString()).isEqualTo(requestId);
      assertThat(line.get("method").asString()).isEqualTo("GET");
      assertThat(line.get("route").asString()).isEqualTo("/api/v1/users/{id}");
      assertThat(line.get("token_id").asString())
          .isEqualTo(event.at("/requestContext/authorizer/token_id").asString());
      assertThat(line.get("function").asString()).isEqualTo("getUser");
      assertThat(line.get("release").asString()).isEqualTo("none");
      assertThat(line.get("start").asString()).isEqualTo("cold");
      assertThat(line.get("duration_ms").isInt()).isTrue();
      assertThat(line.get("AWSRequestId").asString()).isNotEmpty();
      function.invoke(event.toString());
      assertThat(lines(function).get(1).get("start").asString()).isEqualTo("warm");
    }
  }

  @Test
  void anUnavailableDynamoDbIsA503AndLoggedInOneLine() throws Exception {
    try (LambdaProcess function =
        start("get-user", Map.of("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1"))) {
      ObjectNode event = event("get-user", "ok");
      JsonNode response = JSON.readTree(function.invoke(event.toString()).json());
      assertThat(response.get("statusCode").asInt()).isEqualTo(503);
      assertThat(response.at("/headers/Retry-After").asString()).isEqualTo("5");
      assertThat(response.toString()).contains("unavailable").doesNotContain("127.0.0.1");
      String requestId = event.at("/requestContext/requestId").asString();
      assertThat(function.log().lines().filter(line -> line.contains(requestId)))
          .singleElement()
          .asString()
          .contains(
              "\"level\":\"WARN\"",
              "\"status\":503",
              "getUser failed: DynamoDB did not respond properly to GetItem");
    }
  }

  /** A metric filter and an alarm of the template rely on the message. */
  @Test
  void usersExpireAndDeletionsAreCompleted() throws Exception {
    Users users = new Users(dynamoDb.client(), "UsersTable");
    History history =
        new History(dynamoDb.client(), TEMPLATE.functions().get("delete-user").environment());
    Instant past = Instant.parse("2023-12-13T13:38:27Z");
    User due =
        new CreateUserRequest(Map.of("id", "due", "expiration", "2024-01-01"))
            .toUser("", "C1", past);
    assertThat(users.create(due)).isEmpty();
    User gone = new CreateUserRequest(Map.of("id", "gone")).toUser("", "C2", past);
    Entry entry =
        Entry.of(
            "gone", Action.CREATED, Instant.now(), Actor.SCHEDULE, Map.of(), gone.settableFields());
    assertThat(users.create(gone, history.add(entry))).isEmpty();
    IssuedToken token =
        IssuedToken.issue("gone", "portal", null, "admin", Instant.now(), Duration.ofDays(1));
    Tokens tokens = new Tokens(dynamoDb.client(), "TokensTable");
    assertThat(tokens.add(token, users.unchanged(gone))).isTrue();
    Map<String, AttributeValue> response =
        Map.of(
            "sha256", AttributeValue.fromS("of-a-key"),
            "user", AttributeValue.fromS("gone"),
            "body", AttributeValue.fromS("{}"));
    dynamoDb.client().putItem(put -> put.tableName("IdempotencyTable").item(response));
    assertThat(users.delete(gone, Instant.now().minusSeconds(120))).isTrue();

    try (LambdaProcess function = start("expire-users", Map.of())) {
      LambdaProcess.Outcome outcome = function.invoke(event("expire-users", "ok").toString());
      assertThat(outcome.json()).isEqualTo("{\"expired\":1,\"erased\":1}");
      assertThat(onlyLine(function).get("message").asString())
          .isEqualTo("expire-users completed a run: 1 users expired, 1 deletions completed");
    }
    assertThat(users.find("due").orElseThrow().status()).isEqualTo(Status.EXPIRED);
    assertThat(users.pendingErasures(Instant.now(), 1)).isEmpty();
    assertThat(history.list("gone", null, 1).entries().get(0).toMap(Instant::toString).toString())
        .contains("id={old=null, new=null}");
    assertThat(tokens.find(token.secret()).orElseThrow().description()).isNull();
    assertThat(dynamoDb.client().scan(scan -> scan.tableName("IdempotencyTable")).items())
        .containsExactly(Map.of("sha256", AttributeValue.fromS("of-a-key")));
  }

  @Test
  void newEntryOfTheHistory_isSentToAWebhook() throws Exception {
    List<String> started = new CopyOnWriteArrayList<>();
    List<String> received = new CopyOnWriteArrayList<>();
    dynamoDb.invokeWith((function, event) -> started.add(event));
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          received.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          exchange.sendResponseHeaders(received.size() == 1 ? 500 : 204, -1);
          exchange.close();
        });
    receiver.start();
    Map<String, String> environment = TEMPLATE.functions().get("deliver-events").environment();
    Map<String, String> loopback = Map.of("LOOPBACK_WEBHOOKS", "true");
    Webhooks webhooks = new Webhooks(dynamoDb.client(), environment, Instant::now);
    String url = "http://127.0.0.1:%d/".formatted(receiver.getAddress().getPort());
    webhooks.create(
        new WebhookRequest(Map.of("url", url), null, new Destinations(loopback))
            .create("5a13c84c547bb690", "https://crm.example.net", Instant.now()),
        Secret.generate());
    History history = new History(dynamoDb.client(), environment);
    Entry entry =
        Entry.of(
            "sent", Action.CREATED, Instant.now(), Actor.SCHEDULE, Map.of(), Map.of("id", "sent"));
    dynamoDb.client().transactWriteItems(write -> write.transactItems(history.add(entry)));
    String id =
        history
            .events(new History.EventFilter(Set.of(), "sent", null, Instant.now()), null, 1)
            .matches()
            .get(0)
            .id();
    ObjectNode stream = event("deliver-events", "ok");
    ObjectNode keys = (ObjectNode) stream.at("/Records/0/dynamodb/Keys");
    keys.set("user", JSON.valueToTree(Map.of("S", "sent")));
    keys.set("key", JSON.valueToTree(Map.of("S", id)));
    try (LambdaProcess function = start("deliver-events", Map.of())) {
      assertThat(function.invoke(stream.toString()).json()).isEqualTo("{\"batchItemFailures\":[]}");
      assertThat(function.invoke("{}").json()).startsWith("{\"started\":1,\"oldest_seconds\":");
      assertThat(onlyLine(function).get("message").asString())
          .isEqualTo("deliver-events looked for work: 1 senders started");
      assertThat(onlyLine(function).get("oldest_seconds").isInt()).isTrue();
    }
    assertThat(started).hasSize(2).containsOnly("{\"webhook\":\"5a13c84c547bb690\"}");
    try (LambdaProcess function = start("send-deliveries", loopback)) {
      // The first repetition follows after five seconds.
      assertThat(function.invoke(started.get(0)).json())
          .isEqualTo("{\"delivered\":1,\"failed\":1}");
      assertThat(function.log()).doesNotContain("whsec_", "WARN", "ERROR");
    } finally {
      receiver.stop(0);
      webhooks.delete("5a13c84c547bb690");
    }
    assertThat(received).hasSize(2);
    assertThat(JSON.readTree(received.get(1)).get("id").asString()).isEqualTo(id);
  }

  /** In this format, a metric filter of the template finds the message. */
  private String bootstrap() throws Exception {
    try (LambdaProcess bootstrap =
        LambdaProcess.start(
            TEMPLATE,
            "bootstrap-admin",
            Files.createTempDirectory(folder, "bootstrap-admin").resolve("function"),
            dynamoDb.environment())) {
      JsonNode issued = JSON.readTree(bootstrap.invoke("{}").json());
      SecretScan.assertNoToken("bootstrap-admin's log", bootstrap.log());
      JsonNode line = onlyLine(bootstrap);
      assertThat(line.get("message").asString())
          .isEqualTo("bootstrap-admin issued a token for admin");
      assertThat(line.get("level").asString()).isEqualTo("WARN");
      return issued.get("token").asString();
    }
  }

  private static JsonNode onlyLine(LambdaProcess function) {
    List<JsonNode> lines = lines(function);
    assertThat(lines).hasSize(1);
    return lines.get(0);
  }

  /** The lines of the log, besides Java's notice that it uses the template's options. */
  private static List<JsonNode> lines(LambdaProcess function) {
    return function
        .log()
        .lines()
        .filter(line -> !line.startsWith("Picked up JAVA_TOOL_OPTIONS: "))
        .map(JSON::readTree)
        .toList();
  }

  private LambdaProcess start(String name, Map<String, String> additions) {
    Map<String, String> environment = new HashMap<>(dynamoDb.environment());
    environment.putAll(additions);
    return LambdaProcess.start(TEMPLATE, name, folder.resolve(name), environment);
  }

  private static ObjectNode event(String function, String name) throws Exception {
    return (ObjectNode) JSON.readTree(PackagedFunctions.event(function, name));
  }
}
