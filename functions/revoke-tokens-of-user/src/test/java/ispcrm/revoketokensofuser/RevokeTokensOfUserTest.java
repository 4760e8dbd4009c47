package ispcrm.revoketokensofuser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.access.Actor;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.template.Template;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RevokeTokensOfUserTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final Instant SECOND = Instant.parse("2026-01-02T03:04:05Z");

  private static LocalDynamoDb dynamoDb;
  private static Users users;
  private static History history;
  private static RevokeTokensOfUser revokeTokensOfUser;

  @BeforeAll
  static void start() {
    Template template = Template.load(Map.of());
    dynamoDb = LocalDynamoDb.start(template, null);
    users = new Users(dynamoDb.client(), "UsersTable");
    history =
        new History(
            dynamoDb.client(), template.functions().get("revoke-tokens-of-user").environment());
    revokeTokensOfUser = new RevokeTokensOfUser(users, history, () -> NOW);
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void allTokensThatTheUserHas_areRevokedAndLaterOnesAreNot() {
    User before = create("jonewe");
    JsonNode body = revoke(Map.of("user", List.of("jonewe")));
    assertThat(body.get("data"))
        .hasToString("{\"user\":\"jonewe\",\"revoked_at\":\"2026-01-02 03:04:05\"}");
    assertThat(body.at("/_links/self").asString())
        .isEqualTo("https://crm.example.net/api/v1/tokens?user=jonewe");
    User after = users.find("jonewe").orElseThrow();
    assertThat(after.acceptsTokenOf(SECOND)).isFalse();
    assertThat(after.acceptsTokenOf(after.dateOfNewToken(NOW))).isTrue();
    assertThat(after.toMap()).isEqualTo(before.toMap());
    assertThat(history.list("jonewe", null, 10).entries())
        .containsExactly(
            new Entry(
                "jonewe",
                Action.TOKENS_REVOKED,
                SECOND,
                new Actor("boss", "t-1", "192.0.2.7", "r-1"),
                Map.of()));
  }

  @Test
  void secondRevocationInTheSameSecond_endsTheTokensBetween() {
    create("twice");
    revoke(Map.of("user", List.of("twice")));
    Instant between = users.find("twice").orElseThrow().dateOfNewToken(NOW);
    revoke(Map.of("user", List.of("twice")));
    assertThat(users.find("twice").orElseThrow().acceptsTokenOf(between)).isFalse();
  }

  @Test
  void unknownUser_isNotFound() {
    for (String id : List.of("nobody", "JONEWE-2", "", "a b")) {
      assertThat(refused(Map.of("user", List.of(id))).status()).isEqualTo(404);
    }
  }

  @Test
  void missingUserOrOtherParameter_isRefused() {
    create("kept");
    assertThat(refused(Map.of()).fieldErrors())
        .isEqualTo(Map.of("user", "is required: the id of the user whose tokens to revoke"));
    ApiException e = refused(Map.of("user", List.of("kept"), "all", List.of("true")));
    assertThat(e.status()).isEqualTo(400);
    assertThat(e.fieldErrors()).containsOnlyKeys("all");
    assertThat(users.find("kept").orElseThrow().tokensRevokedAt()).isNull();
  }

  private static User create(String id) {
    User user = new CreateUserRequest(Map.of("id", id)).toUser("", "C-" + id, SECOND);
    assertThat(users.create(user)).isEmpty();
    return user;
  }

  private static JsonNode revoke(Map<String, List<String>> query) {
    return new JsonMapper().readTree(revokeTokensOfUser.apply(request(query)).body());
  }

  private static ApiException refused(Map<String, List<String>> query) {
    return catchThrowableOfType(ApiException.class, () -> revokeTokensOfUser.apply(request(query)));
  }

  private static ApiRequest request(Map<String, List<String>> query) {
    return ApiRequest.of(
        Map.of(
            "multiValueQueryStringParameters",
            query,
            "requestContext",
            Map.of(
                "requestId",
                "r-1",
                "authorizer",
                Map.of("user_id", "boss", "token_id", "t-1", "address", "192.0.2.7"))),
        "https://crm.example.net");
  }
}
