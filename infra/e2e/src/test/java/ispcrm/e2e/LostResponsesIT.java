package ispcrm.e2e;

import static ispcrm.e2e.PackagedFunctions.TEMPLATE;
import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.emulation.CallingToken;
import ispcrm.emulation.Fault;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The functions that write, while the responses to all their writes are lost. They find out that
 * DynamoDB has carried out each write, with the permissions of the template, and report it.
 */
class LostResponsesIT {
  private static final JsonMapper JSON = new JsonMapper();

  private LocalLambda lambda;

  @Test
  void writesThatHappenedAreReportedAsSuccesses() throws Exception {
    try (LocalDynamoDb dynamoDb = PackagedFunctions.startDynamoDb()) {
      dynamoDb.useInThisProcess();
      lambda = new LocalLambda(TEMPLATE);
      dynamoDb.causeFaults(
          call ->
              !call.function().isEmpty() && call.operation().startsWith("Transact")
                  ? Optional.of(Fault.LOST_RESPONSE)
                  : Optional.empty());
      assertThat(invoke("bootstrap-admin", "{}").has("token")).isTrue();
      CallingToken.store(dynamoDb.client(), "admin");

      ObjectNode keyed = event("create-user", "ok", "{}");
      ((ObjectNode) keyed.get("multiValueHeaders"))
          .set("Idempotency-Key", JSON.valueToTree(List.of("a-key")));
      JsonNode user = success(keyed, 201);
      String id = user.at("/data/id").asString();
      ObjectNode change = event("update-user", "ok", "{\"id\":\"" + id + "\"}");
      change.put("body", "{\"status\":\"active\",\"expiration\":\"2024-01-01 00:00:00\"}");
      success(change, 200);

      success(event("set-password", "ok", "{\"id\":\"" + id + "\"}"), 204);
      success(event("remove-password", "ok", "{\"id\":\"" + id + "\"}"), 204);

      success(event("create-profile", "ok", "{}"), 201);
      success(event("update-profile", "ok", "{\"id\":\"30\"}"), 200);
      success(event("delete-profile", "ok", "{\"id\":\"30\"}"), 200);

      String hook = success(event("create-webhook", "ok", "{}"), 201).at("/data/id").asString();
      String path = "{\"id\":\"" + hook + "\"}";
      success(event("test-webhook", "ok", path), 202);
      success(event("replay-webhook", "ok", path), 202);
      success(event("rotate-webhook-secret", "ok", path), 200);
      success(event("delete-webhook", "ok", path), 200);

      ObjectNode creation = event("create-token", "ok", "{}");
      creation.put("body", "{\"user\":\"" + id + "\"}");
      String token = success(creation, 201).at("/data/id").asString();
      success(event("revoke-token", "ok", "{\"id\":\"" + token + "\"}"), 200);

      ObjectNode revocation = event("revoke-tokens-of-user", "ok", "{}");
      revocation.set(
          "multiValueQueryStringParameters", JSON.valueToTree(Map.of("user", List.of(id))));
      success(revocation, 200);

      makeDue(dynamoDb, id);
      assertThat(invoke("expire-users", "{}").get("expired").asInt()).isEqualTo(1);
      success(event("delete-user", "ok", "{\"id\":\"" + id + "\"}"), 200);

      set(dynamoDb, "admin", "status", "disabled");
      assertThat(invoke("bootstrap-admin", "{}").has("token")).isTrue();
    }
  }

  /** No schedule would expire a user whom a request kept active. */
  private static void makeDue(LocalDynamoDb dynamoDb, String id) {
    set(dynamoDb, id, "due", "expiry");
  }

  private static void set(LocalDynamoDb dynamoDb, String id, String attribute, String value) {
    dynamoDb
        .client()
        .updateItem(
            update ->
                update
                    .tableName("UsersTable")
                    .key(Map.of("pk", AttributeValue.fromS("user#" + id)))
                    .updateExpression("SET #attribute = :value")
                    .expressionAttributeNames(Map.of("#attribute", attribute))
                    .expressionAttributeValues(Map.of(":value", AttributeValue.fromS(value))));
  }

  private static ObjectNode event(String function, String name, String pathParameters)
      throws Exception {
    ObjectNode event = (ObjectNode) JSON.readTree(PackagedFunctions.event(function, name));
    event.set("pathParameters", JSON.readTree(pathParameters));
    return event.put("function", function);
  }

  private JsonNode success(ObjectNode event, int status) throws Exception {
    String function = event.remove("function").asString();
    JsonNode response = invoke(function, event.toString());
    assertThat(response.get("statusCode").asInt())
        .as("%s: %s", function, response)
        .isEqualTo(status);
    String body = response.get("body").asString();
    return body.isEmpty() ? response : JSON.readTree(body);
  }

  private JsonNode invoke(String function, String event) throws Exception {
    return JSON.readTree(lambda.invoke(function, event));
  }
}
