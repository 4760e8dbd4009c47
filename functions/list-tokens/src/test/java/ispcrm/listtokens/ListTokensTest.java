package ispcrm.listtokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.access.Actor;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.template.Template;
import ispcrm.tokens.IssuedToken;
import ispcrm.tokens.Token;
import ispcrm.tokens.Tokens;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ListTokensTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final List<IssuedToken> ISSUED = new ArrayList<>();

  private static LocalDynamoDb dynamoDb;
  private static History history;
  private static Users users;
  private static Tokens tokens;
  private static ListTokens listTokens;

  @BeforeAll
  static void start() {
    Template template = Template.load(Map.of());
    dynamoDb = LocalDynamoDb.start(template, null);
    history =
        new History(dynamoDb.client(), template.functions().get("revoke-token").environment());
    users = new Users(dynamoDb.client(), "UsersTable");
    User user = new CreateUserRequest(Map.of("id", "jonewe")).toUser("", "C1", NOW);
    users.create(user);
    tokens = new Tokens(dynamoDb.client(), "TokensTable");
    for (int i = 0; i < 5; i++) {
      IssuedToken issued =
          IssuedToken.issue("jonewe", null, null, "admin", NOW.plusSeconds(i), Duration.ofDays(30));
      ISSUED.add(0, issued);
      tokens.add(issued, users.unchanged(user));
    }
    tokens.revoke(ISSUED.get(0).token(), "admin", NOW, ListTokensTest::entry);
    users.create(
        new CreateUserRequest(Map.of("id", "idle", "username", "idle-login"))
            .toUser("", "C2", NOW));
    listTokens = new ListTokens(tokens, users);
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void allTokensAreListedNewestFirstAlsoTheRevokedOne() {
    ApiResponse response = list(Map.of("user", List.of("jonewe")));
    JsonNode body = new JsonMapper().readTree(response.body());
    assertThat(ids(body)).isEqualTo(ISSUED.stream().map(issued -> issued.token().id()).toList());
    assertThat(body.at("/tokens/0/revoked_by").asString()).isEqualTo("admin");
    assertThat(body.at("/tokens/0/scopes/0").asString()).isEqualTo("self:read");
    assertThat(body.at("/tokens/0/_links/self").asString())
        .isEqualTo("https://crm.example.net/api/v1/tokens/" + ISSUED.get(0).token().id());
    assertThat(body.at("/_links").propertyNames()).containsExactly("self");
    for (IssuedToken issued : ISSUED) {
      assertThat(response.body())
          .doesNotContain(issued.secret().secret(), issued.secret().sha256());
    }
  }

  @Test
  void pagesFollowOneAnother() {
    assertThat(pages(Map.of("user", List.of("jonewe"), "limit", List.of("2"))))
        .isEqualTo(ISSUED.stream().map(issued -> issued.token().id()).toList());
  }

  private static List<String> pages(Map<String, List<String>> first) {
    List<String> ids = new ArrayList<>();
    Map<String, List<String>> query = first;
    while (query != null) {
      ApiResponse response = list(query);
      JsonNode body = new JsonMapper().readTree(response.body());
      ids.addAll(ids(body));
      String next = body.at("/_links/next").asString("");
      assertThat(response.headers().getOrDefault("Link", ""))
          .isEqualTo(next.isEmpty() ? "" : "<" + next + ">; rel=\"next\"");
      query = next.isEmpty() ? null : new HashMap<>(first);
      if (query != null) {
        query.put("cursor", List.of(next.replaceFirst(".*[?&]cursor=([^&]*).*", "$1")));
      }
    }
    return ids;
  }

  @Test
  void list_userWithoutTokens_isEmpty_andUnknownUserIsNotFound() {
    assertThat(list(Map.of("user", List.of("idle"))).body()).contains("\"tokens\":[]");
    for (String unknown : List.of("nobody", "idle-login", "IDLE")) {
      assertThat(refused(Map.of("user", List.of(unknown))).status()).as(unknown).isEqualTo(404);
    }
  }

  @Test
  void list_withoutUser_hasTheTokensOfAllUsersAlsoOfDeletedOnes() {
    User gone = new CreateUserRequest(Map.of("id", "gone")).toUser("", "C3", NOW);
    users.create(gone);
    IssuedToken issued =
        IssuedToken.issue("gone", null, null, "admin", NOW.plusSeconds(9), Duration.ofDays(30));
    tokens.add(issued, users.unchanged(gone));
    users.delete(gone, NOW);
    tokens.erase("gone", NOW);
    List<String> ids = new ArrayList<>(ISSUED.stream().map(token -> token.token().id()).toList());
    ids.add(0, issued.token().id());
    assertThat(pages(Map.of("limit", List.of("2")))).isEqualTo(ids);
    JsonNode token = new JsonMapper().readTree(list(Map.of()).body()).at("/tokens/0");
    assertThat(token.get("scopes")).isEmpty();
    assertThat(token.get("revoked_at").isNull()).isFalse();
  }

  @Test
  void otherParametersAreRefused() {
    for (String user : List.of("", "a b", "x".repeat(3000))) {
      assertThat(refused(Map.of("user", List.of(user))).fieldErrors()).containsOnlyKeys("user");
    }
    assertThat(refused(Map.of("user", List.of("a", "b"))).fieldErrors())
        .isEqualTo(Map.of("user", "is repeated"));
    assertThat(
            refused(Map.of("user", List.of("a"), "status", List.of("x"), "limit", List.of("0")))
                .fieldErrors())
        .containsOnlyKeys("status", "limit");
    assertThat(refused(Map.of("user", List.of("a"), "cursor", List.of("x"))))
        .hasMessageStartingWith("Invalid cursor");
  }

  private static List<String> ids(JsonNode body) {
    List<String> ids = new ArrayList<>();
    body.get("tokens").forEach(token -> ids.add(token.get("id").asString()));
    return ids;
  }

  private static ApiException refused(Map<String, List<String>> query) {
    return catchThrowableOfType(ApiException.class, () -> list(query));
  }

  private static ApiResponse list(Map<String, List<String>> query) {
    return listTokens.apply(
        ApiRequest.of(Map.of("multiValueQueryStringParameters", query), "https://crm.example.net"));
  }

  /** An entry of the history. */
  private static TransactWriteItem entry(Token token) {
    return history.add(
        Entry.ofToken(token.user(), Action.TOKEN_REVOKED, NOW, Actor.SCHEDULE, token.id()));
  }
}
