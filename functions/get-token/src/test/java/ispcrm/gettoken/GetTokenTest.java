package ispcrm.gettoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.emulation.LocalDynamoDb;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GetTokenTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private static LocalDynamoDb dynamoDb;
  private static Tokens tokens;
  private static Users users;
  private static User user;
  private static GetToken getToken;

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(Template.load(Map.of()), null);
    users = new Users(dynamoDb.client(), "UsersTable");
    user = new CreateUserRequest(Map.of("id", "jonewe")).toUser("", "C1", NOW);
    users.create(user);
    tokens = new Tokens(dynamoDb.client(), "TokensTable");
    getToken = new GetToken(tokens, users);
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void everyFieldIsThereExceptTheSecret() {
    IssuedToken issued = issue();
    String id = issued.token().id();
    assertThat(body(id, "t"))
        .isEqualTo(
            new JsonMapper()
                .readTree(
                    """
                    {"success":"true","data":{"id":"%1$s","user":"jonewe","description":"portal",
                     "scopes":["self:read"],"narrowed":false,"allowed_ips":["192.0.2.0/24"],
                     "created_at":"2026-01-02 03:04:05","created_by":"admin",
                     "created_by_token":"t-1","expires_at":"2026-02-01 03:04:05",
                     "revoked_at":null,"revoked_by":null,"last_used_at":null,
                     "last_used_from":null},
                     "_links":{"self":"https://crm.example.net/api/v1/tokens/%1$s"}}
                    """
                        .formatted(id)));
    assertThat(body(id, "t").toString())
        .doesNotContain(issued.secret().secret(), issued.secret().sha256());
  }

  @Test
  void getToken_afterTheRevocationOfAll_isRevoked() {
    User owner =
        new CreateUserRequest(Map.of("id", "owner")).toUser("", "C-owner", NOW.minusSeconds(9));
    users.create(owner.withTokensRevoked(NOW));
    IssuedToken issued = IssuedToken.issue("owner", null, null, "admin", NOW, Duration.ofDays(30));
    tokens.add(issued, users.unchanged(user));
    JsonNode data = body(issued.token().id(), "t").get("data");
    assertThat(data.get("revoked_at").asString()).isEqualTo("2026-01-02 03:04:05");
    assertThat(data.get("revoked_by").isNull()).isTrue();
  }

  @Test
  void selfIsTheCallingToken() {
    String id = issue().token().id();
    assertThat(body("self", id)).isEqualTo(body(id, "another"));
  }

  @Test
  void aTokenOfAUserWhoIsGoneAllowsNothing() {
    IssuedToken issued = IssuedToken.issue("gone", null, null, "admin", NOW, Duration.ofDays(30));
    tokens.add(issued, users.unchanged(user));
    assertThat(body(issued.token().id(), "t").at("/data/scopes").size()).isZero();
  }

  @Test
  void anyOtherIdIsNotFound() {
    for (String id : List.of("unknown", "SELF", "a b", "x".repeat(3000), "")) {
      ApiException e =
          catchThrowableOfType(ApiException.class, () -> getToken.apply(request(id, "t")));
      assertThat(e.status()).isEqualTo(404);
      assertThat(e).hasMessage("Not found - no token has this id.");
    }
  }

  private static IssuedToken issue() {
    IssuedToken issued =
        IssuedToken.issue(
            "jonewe",
            "portal",
            null,
            List.of("192.0.2.0/24"),
            "admin",
            "t-1",
            NOW,
            Duration.ofDays(30));
    assertThat(tokens.add(issued, users.unchanged(user))).isTrue();
    return issued;
  }

  private static JsonNode body(String id, String caller) {
    return new JsonMapper().readTree(getToken.apply(request(id, caller)).body());
  }

  private static ApiRequest request(String id, String callingToken) {
    return ApiRequest.of(
        Map.of(
            "pathParameters",
            Map.of("id", id),
            "requestContext",
            Map.of("authorizer", Map.of("user_id", "boss", "token_id", callingToken))),
        "https://crm.example.net");
  }
}
