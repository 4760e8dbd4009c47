package ispcrm.emulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ispcrm.template.Template;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * A function's write that a condition of its policy excludes fails locally as on AWS. The other
 * tests show that the writes that functions need are allowed.
 */
class PolicyGateTest {
  private static LocalDynamoDb dynamoDb;

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(Template.load(Map.of()), null);
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void updateUser_deletesClaim_isAllowed() {
    assertThatCode(() -> transact(delete("name#jo"))).doesNotThrowAnyException();
    assertThatCode(() -> transact(delete("customer_id#1"), change("user#1")))
        .doesNotThrowAnyException();
  }

  @Test
  void updateUser_deletesUser_isDenied() {
    assertDenied(() -> transact(delete("user#1")), "dynamodb:DeleteItem");
    assertDenied(() -> transact(delete("name#jo"), delete("user#1")), "dynamodb:DeleteItem");
    assertDenied(
        () ->
            as("update-user")
                .deleteItem(call -> call.tableName("UsersTable").key(Map.of("pk", text("user#1")))),
        "dynamodb:DeleteItem");
  }

  @Test
  void authorizer_recordsUse_isAllowed() {
    assertThatCode(() -> updateToken("SET last_used_at = :value, last_used_from = :value", null))
        .doesNotThrowAnyException();
  }

  @Test
  void authorizer_changesOtherAttribute_isDenied() {
    assertDenied(() -> updateToken("SET last_used_at = :value, expires_at = :value", null));
    assertDenied(() -> updateToken("SET last_used_at = :value REMOVE revoked_at", null));
    assertDenied(() -> updateToken("SET #other = :value", null));
    assertDenied(() -> updateToken("SET last_used_at = if_not_exists(expires_at, :value)", null));
  }

  /** The condition tells what the attribute is. */
  @Test
  void authorizer_comparesOtherAttribute_isDenied() {
    assertDenied(
        () -> updateToken("SET last_used_at = :value", "attribute_exists(scopes[0].name)"));
  }

  @Test
  void deleteUser_changesWhoDidIt_isDenied() {
    assertDenied(() -> updateEntry("SET by_user = :value"), "dynamodb:UpdateItem");
    assertThatCode(() -> updateEntry("SET changes = :value")).doesNotThrowAnyException();
  }

  private static void updateToken(String update, String condition) {
    as("authorizer")
        .updateItem(
            call ->
                call.tableName("TokensTable")
                    .key(Map.of("sha256", text("0")))
                    .updateExpression(update)
                    .conditionExpression(condition)
                    .expressionAttributeNames(
                        update.contains("#") ? Map.of("#other", "allowed_ips") : null)
                    .expressionAttributeValues(Map.of(":value", text("0"))));
  }

  private static void updateEntry(String update) {
    as("delete-user")
        .updateItem(
            call ->
                call.tableName("HistoryTable")
                    .key(Map.of("user", text("1"), "key", text("1")))
                    .updateExpression(update)
                    .expressionAttributeValues(Map.of(":value", text("0"))));
  }

  private static void transact(TransactWriteItem... items) {
    as("update-user").transactWriteItems(call -> call.transactItems(items));
  }

  private static TransactWriteItem delete(String key) {
    return TransactWriteItem.builder()
        .delete(write -> write.tableName("UsersTable").key(Map.of("pk", text(key))))
        .build();
  }

  private static TransactWriteItem change(String key) {
    return TransactWriteItem.builder()
        .update(
            write ->
                write
                    .tableName("UsersTable")
                    .key(Map.of("pk", text(key)))
                    .updateExpression("SET note = :value")
                    .expressionAttributeValues(Map.of(":value", text("0"))))
        .build();
  }

  private static void assertDenied(Runnable write) {
    assertDenied(write, "dynamodb:UpdateItem");
  }

  private static void assertDenied(Runnable write, String action) {
    assertThatThrownBy(write::run)
        .isInstanceOfSatisfying(
            DynamoDbException.class,
            denied ->
                assertThat(denied.awsErrorDetails().errorCode()).isEqualTo("AccessDeniedException"))
        .hasMessageContaining("not authorized to perform: " + action);
  }

  private static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }

  /** A client whose calls are those of a function. */
  private static DynamoDbClient as(String function) {
    return DynamoDbClient.builder()
        .endpointOverride(URI.create(dynamoDb.environment().get("AWS_ENDPOINT_URL_DYNAMODB")))
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .httpClient(UrlConnectionHttpClient.create())
        .overrideConfiguration(settings -> settings.appId(function))
        .build();
  }
}
