package ispcrm.bootstrapadmin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import ispcrm.tokens.BearerToken;
import ispcrm.tokens.DynamoDbTokens;
import ispcrm.tokens.Scope;
import ispcrm.tokens.Token;
import ispcrm.users.DynamoDbUsers;
import ispcrm.users.NewUser;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The way in, through its Lambda entry. */
class BootstrapAdminTest {
  private static final Template TEMPLATE = Template.load(Map.of("TokenDays", "7"));

  private LocalDynamoDb dynamoDb;
  private DynamoDbUsers users;
  private DynamoDbTokens tokens;

  @BeforeEach
  void start() {
    dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    dynamoDb.useInThisProcess();
    users = new DynamoDbUsers(dynamoDb.client(), "UsersTable");
    tokens = new DynamoDbTokens(dynamoDb.client(), "TokensTable");
  }

  @AfterEach
  void close() {
    dynamoDb.close();
  }

  @Test
  void createsTheAdministratorAndAToken() throws IOException {
    JsonNode access = bootstrap();
    assertThat(access.propertyNames()).containsExactly("user", "token", "expires_at");
    assertThat(users.find("admin").orElseThrow().role()).isEqualTo("admin");
    Token token =
        tokens.find(BearerToken.parse(access.get("token").asString()).orElseThrow()).orElseThrow();
    assertThat(token.user()).isEqualTo("admin");
    assertThat(token.scopes()).isEqualTo(Scope.ALL);
    assertThat(Duration.between(token.createdAt(), token.expiresAt()))
        .isEqualTo(Duration.ofDays(7));
    assertThat(token.isValid(Instant.now())).isTrue();
  }

  @Test
  void isAlsoTheWayBackIn() throws IOException {
    JsonNode first = bootstrap();
    JsonNode second = bootstrap();
    assertThat(second.get("token")).isNotEqualTo(first.get("token"));
    for (JsonNode access : new JsonNode[] {first, second}) {
      assertThat(tokens.find(BearerToken.parse(access.get("token").asString()).orElseThrow()))
          .isPresent();
    }
  }

  @Test
  void makesNobodyElseAnAdministrator() {
    users.create(new NewUser(Map.of("id", "admin")).user("admin", "C1", "2026-01-02 03:04:05"));
    assertThatThrownBy(this::bootstrap).hasMessageContaining("its role is customer");
    assertThat(dynamoDb.client().scan(r -> r.tableName("TokensTable")).count()).isZero();
  }

  @Test
  void saysWhenTheUsernameIsTaken() {
    users.create(
        new NewUser(Map.of("id", "x", "username", "Admin")).user("x", "C1", "2026-01-02 03:04:05"));
    assertThatThrownBy(this::bootstrap).hasMessageContaining("username admin is another user's");
  }

  private JsonNode bootstrap() throws IOException {
    String event = Files.readString(TEMPLATE.root().resolve("events/bootstrap-admin/ok.json"));
    return new JsonMapper().readTree(new LocalLambda(TEMPLATE).invoke("bootstrap-admin", event));
  }
}
