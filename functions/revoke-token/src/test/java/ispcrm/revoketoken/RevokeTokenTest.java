package ispcrm.revoketoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.template.Template;
import ispcrm.tokens.IssuedToken;
import ispcrm.tokens.Tokens;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RevokeTokenTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private static LocalDynamoDb dynamoDb;
  private static Tokens tokens;
  private static Users users;
  private static User user;
  private static History history;
  private static RevokeToken revokeToken;

  @BeforeAll
  static void start() {
    Template template = Template.load(Map.of());
    dynamoDb = LocalDynamoDb.start(template, null);
    history =
        new History(dynamoDb.client(), template.functions().get("revoke-token").environment());
    users = new Users(dynamoDb.client(), "UsersTable");
    user = new CreateUserRequest(Map.of("id", "jonewe")).toUser("", "C1", NOW);
    users.create(user);
    tokens = new Tokens(dynamoDb.client(), "TokensTable");
    revokeToken = new RevokeToken(tokens, users, history, () -> NOW);
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void aRevokedTokenSaysWhenAndByWhom() {
    IssuedToken issued = issue();
    JsonNode first = body(issued.token().id(), "t");
    assertThat(first.at("/data/revoked_at").asString()).isEqualTo("2026-01-02 03:04:05");
    assertThat(first.at("/data/revoked_by").asString()).isEqualTo("boss");
    assertThat(body(issued.token().id(), "another")).isEqualTo(first);
    assertThat(tokens.find(issued.secret()).orElseThrow().isValid(NOW)).isFalse();
  }

  @Test
  void aTokenCanRevokeItself() {
    IssuedToken issued = issue();
    assertThat(body("self", issued.token().id()).at("/data/id").asString())
        .isEqualTo(issued.token().id());
    assertThat(tokens.find(issued.secret()).orElseThrow().isValid(NOW)).isFalse();
  }

  @Test
  void anyOtherIdIsNotFound() {
    for (String id : List.of("unknown", "x".repeat(3000), "")) {
      ApiException e =
          catchThrowableOfType(ApiException.class, () -> revokeToken.apply(request(id, "t")));
      assertThat(e.status()).isEqualTo(404);
      assertThat(e).hasMessage("Not found - no token has this id.");
    }
  }

  @Test
  void descendants_areRevokedAndListed() {
    IssuedToken root = issue();
    IssuedToken child = issue(root.token().id());
    IssuedToken grandchild = issue(child.token().id());
    JsonNode first = descendants(root, "true");
    assertThat(first.at("/data/descendants").valueStream().map(d -> d.get("id").asString()))
        .containsExactly(child.token().id(), grandchild.token().id());
    assertThat(first.at("/data/descendants/1").toString())
        .isEqualTo(
            "{\"id\":\"%s\",\"user\":\"jonewe\",\"created_by_token\":\"%s\",\"revoked_at\":\"2026-01-02 03:04:05\"}"
                .formatted(grandchild.token().id(), child.token().id()));
    for (IssuedToken issued : List.of(root, child, grandchild)) {
      assertThat(tokens.find(issued.secret()).orElseThrow().isValid(NOW)).isFalse();
    }
    assertThat(descendants(root, "true")).isEqualTo(first);
    assertThat(history.list("jonewe", null, 200).entries())
        .filteredOn(entry -> entry.changes().containsKey("token"))
        .filteredOn(entry -> grandchild.token().id().equals(entry.changes().get("token").before()))
        .hasSize(1);
  }

  @Test
  void withoutDescendants_theyStayValid() {
    IssuedToken root = issue();
    IssuedToken child = issue(root.token().id());
    assertThat(descendants(root, "false").get("data").has("descendants")).isFalse();
    assertThat(tokens.find(child.secret()).orElseThrow().isValid(NOW)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"descendants, yes", "descendants, ''", "descendant, true", "user, jonewe"})
  void anotherParameter_isRefusedAndNothingIsRevoked(String name, String value) {
    IssuedToken issued = issue();
    ApiException e =
        catchThrowableOfType(
            ApiException.class,
            () ->
                revokeToken.apply(request(issued.token().id(), "t", Map.of(name, List.of(value)))));
    assertThat(e.status()).isEqualTo(400);
    assertThat(e.fieldErrors()).containsOnlyKeys(name);
    assertThat(tokens.find(issued.secret()).orElseThrow().isValid(NOW)).isTrue();
  }

  private static JsonNode descendants(IssuedToken token, String value) {
    return new JsonMapper()
        .readTree(
            revokeToken
                .apply(request(token.token().id(), "t", Map.of("descendants", List.of(value))))
                .body());
  }

  private static IssuedToken issue() {
    return issue("t-1");
  }

  private static IssuedToken issue(String creator) {
    IssuedToken issued =
        IssuedToken.issue(
            "jonewe",
            "portal",
            null,
            List.of("192.0.2.0/24"),
            "admin",
            creator,
            NOW,
            Duration.ofDays(30));
    assertThat(tokens.add(issued, users.unchanged(user))).isTrue();
    return issued;
  }

  private static JsonNode body(String id, String caller) {
    return new JsonMapper().readTree(revokeToken.apply(request(id, caller)).body());
  }

  private static ApiRequest request(String id, String callingToken) {
    return request(id, callingToken, Map.of());
  }

  private static ApiRequest request(
      String id, String callingToken, Map<String, List<String>> query) {
    return ApiRequest.of(
        Map.of(
            "pathParameters",
            Map.of("id", id),
            "multiValueQueryStringParameters",
            query,
            "requestContext",
            Map.of("authorizer", Map.of("user_id", "boss", "token_id", callingToken))),
        "https://crm.example.net");
  }
}
