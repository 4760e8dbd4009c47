package ispcrm.bootstrapadmin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ispcrm.access.Role;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import ispcrm.tokens.BearerToken;
import ispcrm.tokens.Token;
import ispcrm.tokens.Tokens;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The way in, called as Lambda calls it. */
class BootstrapAdminTest {
  private static final Template TEMPLATE = Template.load(Map.of());

  private LocalDynamoDb dynamoDb;
  private Users users;
  private Tokens tokens;

  @BeforeEach
  void start() {
    dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    dynamoDb.useInThisProcess();
    users = new Users(dynamoDb.client(), "UsersTable");
    tokens = new Tokens(dynamoDb.client(), "TokensTable");
  }

  @AfterEach
  void close() {
    dynamoDb.close();
  }

  @Test
  void createsTheAdministratorAndAToken() throws IOException {
    JsonNode output = bootstrap();
    assertThat(output.propertyNames()).containsExactly("user", "token", "expires_at");
    assertThat(users.find("admin").orElseThrow().role()).isEqualTo(Role.ADMIN);
    Token token =
        tokens.find(BearerToken.parse(output.get("token").asString()).orElseThrow()).orElseThrow();
    assertThat(token.user()).isEqualTo("admin");
    assertThat(token.scopes()).isNull();
    assertThat(token.description()).isEqualTo("issued by bootstrap-admin");
    assertThat(Duration.between(token.createdAt(), token.expiresAt()))
        .isEqualTo(Duration.ofDays(1));
    assertThat(token.isValid(Instant.now())).isTrue();
  }

  @Test
  void isTheWayBackInToo() throws IOException {
    JsonNode first = bootstrap();
    JsonNode second = bootstrap();
    assertThat(second.get("token")).isNotEqualTo(first.get("token"));
    for (JsonNode output : new JsonNode[] {first, second}) {
      assertThat(tokens.find(BearerToken.parse(output.get("token").asString()).orElseThrow()))
          .isPresent();
    }
  }

  @Test
  void barredAdministrator_isActiveAgainWithoutTheEarlierTokens() throws IOException {
    Token stolen = token(bootstrap());
    dynamoDb
        .client()
        .updateItem(
            r ->
                r.tableName("UsersTable")
                    .key(Map.of("pk", AttributeValue.fromS("user#admin")))
                    .updateExpression("SET #status = :disabled")
                    .expressionAttributeNames(Map.of("#status", "status"))
                    .expressionAttributeValues(
                        Map.of(":disabled", AttributeValue.fromS("disabled"))));
    Token issued = token(bootstrap());
    User admin = users.find("admin").orElseThrow();
    assertThat(admin.hasAccess()).isTrue();
    assertThat(admin.acceptsTokenOf(stolen.createdAt())).isFalse();
    assertThat(admin.acceptsTokenOf(issued.createdAt())).isTrue();
    // The admin is not barred, so the tokens stay.
    bootstrap();
    assertThat(users.find("admin")).contains(admin);
  }

  @Test
  void theReasonBecomesTheDescription() throws IOException {
    JsonNode output = bootstrap("{\"reason\":\"the last token was lost\"}");
    assertThat(
            tokens
                .find(BearerToken.parse(output.get("token").asString()).orElseThrow())
                .orElseThrow()
                .description())
        .isEqualTo("the last token was lost");
    assertThatThrownBy(() -> bootstrap("{\"reason\":\"" + "x".repeat(201) + "\"}"))
        .hasMessageContaining("up to 200 characters");
    assertThatThrownBy(() -> bootstrap("{\"reason\":\"lo\u200Bst\"}"))
        .hasMessageContaining("invisible characters");
  }

  @Test
  void makesNoOtherUserAnAdministrator() {
    create(Map.of("id", "admin"));
    assertThatThrownBy(this::bootstrap).hasMessageContaining("has the role customer");
    assertThat(dynamoDb.client().scan(r -> r.tableName("TokensTable")).count()).isZero();
  }

  @Test
  void saysThatAnotherUserHasTheUsername() {
    create(Map.of("id", "x", "username", "Admin"));
    assertThatThrownBy(this::bootstrap).hasMessageContaining("another user has the username admin");
  }

  private Token token(JsonNode output) {
    return tokens
        .find(BearerToken.parse(output.get("token").asString()).orElseThrow())
        .orElseThrow();
  }

  private void create(Map<String, Object> fields) {
    users.create(new CreateUserRequest(fields).toUser("x", "C1", Instant.EPOCH));
  }

  private JsonNode bootstrap() throws IOException {
    String event = Files.readString(TEMPLATE.root().resolve("events/bootstrap-admin/ok.json"));
    return bootstrap(event);
  }

  private static JsonNode bootstrap(String event) {
    return new JsonMapper().readTree(new LocalLambda(TEMPLATE).invoke("bootstrap-admin", event));
  }
}
