package ispcrm.checkhealth;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CheckHealthTest {
  private static final JsonMapper JSON = new JsonMapper();

  private static LocalDynamoDb dynamoDb;

  private final StringBuilder log = new StringBuilder();

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(Template.load(Map.of()), null);
    dynamoDb.useInThisProcess();
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void aReadableTableIsHealthy() throws IOException {
    List<String> reads = new CopyOnWriteArrayList<>();
    dynamoDb.listen(call -> reads.add(call.operation() + call.requiredPermissions()));
    JsonNode response = invoke("GET", Map.of());
    dynamoDb.listen(call -> {});
    assertThat(response.get("statusCode").asInt()).isEqualTo(200);
    assertThat(response.get("body").asString())
        .isEqualTo("{\"status\":\"ok\",\"release\":\"4f2c9a\"}");
    assertThat(response.at("/headers/X-Release").asString()).isEqualTo("4f2c9a");
    assertThat(response.at("/headers/Cache-Control").asString()).isEqualTo("no-store");
    assertThat(log).isEmpty();
    assertThat(reads)
        .as("the cheapest check of each table")
        .hasSize(7)
        .allSatisfy(read -> assertThat(read).startsWith("GetItem"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "USERS_TABLE",
        "TOKENS_TABLE",
        "HISTORY_TABLE",
        "IDEMPOTENCY_TABLE",
        "PROFILES_TABLE",
        "PASSWORDS_TABLE",
        "WEBHOOKS_TABLE"
      })
  void aTableThatCannotBeReadIsLoggedAndNotShown(String variable) throws IOException {
    JsonNode response = invoke("GET", Map.of(variable, "no-such-table"));
    assertThat(response.get("statusCode").asInt()).isEqualTo(503);
    assertThat(response.at("/headers/Retry-After").asString()).isEqualTo("5");
    assertThat(response.at("/headers/X-Release").asString()).isEqualTo("4f2c9a");
    JsonNode body = JSON.readTree(response.get("body").asString());
    assertThat(body.get("code").asString()).isEqualTo("unavailable");
    assertThat(response.toString()).doesNotContain("no-such-table", "Exception");
    assertThat(log.toString())
        .contains(
            "checkHealth failed: the table no-such-table cannot be read; caused by ",
            "ResourceNotFoundException");
  }

  @Test
  void aResponseToHeadHasNoBody() throws IOException {
    JsonNode healthy = invoke("HEAD", Map.of());
    assertThat(healthy.get("statusCode").asInt()).isEqualTo(200);
    JsonNode unhealthy = invoke("HEAD", Map.of("USERS_TABLE", "no-such-table"));
    assertThat(unhealthy.get("statusCode").asInt()).isEqualTo(503);
    for (JsonNode response : List.of(healthy, unhealthy)) {
      assertThat(response.get("body").asString()).isEmpty();
      assertThat(response.at("/headers/Content-Type").asString()).startsWith("application/json");
    }
  }

  private JsonNode invoke(String method, Map<String, String> changes) throws IOException {
    Map<String, String> environment =
        new HashMap<>(
            Map.of(
                "USERS_TABLE", "UsersTable",
                "TOKENS_TABLE", "TokensTable",
                "HISTORY_TABLE", "HistoryTable",
                "PROFILES_TABLE", "ProfilesTable",
                "PASSWORDS_TABLE", "PasswordsTable",
                "WEBHOOKS_TABLE", "WebhooksTable",
                "HISTORY_DAYS", "730",
                "IDEMPOTENCY_TABLE", "IdempotencyTable",
                "RELEASE", "4f2c9a"));
    environment.putAll(changes);
    String event =
        "{\"httpMethod\":\"%s\",\"requestContext\":{\"requestId\":\"r-1\"}}".formatted(method);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new CheckHealthHandler(environment)
        .handleRequest(
            new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)),
            out,
            LocalLambda.context("check-health", log::append));
    return JSON.readTree(out.toByteArray());
  }
}
