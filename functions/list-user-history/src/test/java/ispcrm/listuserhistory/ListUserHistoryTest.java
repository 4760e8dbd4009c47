package ispcrm.listuserhistory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.access.Actor;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.template.Template;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ListUserHistoryTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final Actor ANN = new Actor("ann", "t-1", "192.0.2.7", "r-1");

  private static LocalDynamoDb dynamoDb;
  private static Users users;
  private static History history;
  private static ListUserHistory listUserHistory;

  @BeforeAll
  static void start() {
    Template template = Template.load(Map.of());
    dynamoDb = LocalDynamoDb.start(template, null);
    users = new Users(dynamoDb.client(), "UsersTable");
    history =
        new History(dynamoDb.client(), template.functions().get("list-user-history").environment());
    listUserHistory = new ListUserHistory(history, users);
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void theNewestEntryComesFirstWithEveryMember() {
    create("jonewe");
    add(Entry.of("jonewe", Action.CREATED, NOW, ANN, Map.of(), Map.of("id", "jonewe")));
    add(
        Entry.of(
            "jonewe",
            Action.UPDATED,
            NOW.plusMillis(1),
            ANN,
            Map.of("name", "Jon", "profile_id", 10L),
            Map.of("name", "Jon Ewe", "profile_id", 20L)));
    add(
        Entry.of(
            "jonewe",
            Action.EXPIRED,
            NOW.plusSeconds(60),
            Actor.SCHEDULE,
            Map.of("status", "active"),
            Map.of("status", "expired")));
    JsonNode body = body("jonewe", Map.of());
    assertThat(body)
        .hasToString(
            """
            {"history":[
            {"at":"2026-01-02 03:05:05","action":"expired","by_user":null,"by_token":null,
            "address":null,"request_id":null,
            "changes":{"status":{"old":"active","new":"expired"}}},
            {"at":"2026-01-02 03:04:05","action":"updated","by_user":"ann","by_token":"t-1",
            "address":"192.0.2.7","request_id":"r-1",
            "changes":{"name":{"old":"Jon","new":"Jon Ewe"},"profile_id":{"old":10,"new":20}}},
            {"at":"2026-01-02 03:04:05","action":"created","by_user":"ann","by_token":"t-1",
            "address":"192.0.2.7","request_id":"r-1",
            "changes":{"id":{"old":null,"new":"jonewe"}}}],
            "_links":{"self":"https://crm.example.net/api/v1/users/jonewe/history"}}
            """
                .replace("\n", ""));
  }

  @Test
  void aUserWithoutEntriesHasAnEmptyHistory() {
    create("quiet");
    assertThat(body("quiet", Map.of()).get("history")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"unknown", "", "a b", "x#y"})
  void anyOtherIdIsNotFound(String id) {
    ApiException e = refused(id, Map.of());
    assertThat(e.status()).isEqualTo(404);
    assertThat(e).hasMessage("Not found - no user has this id.");
  }

  @Test
  void aLongIdIsNotFound() {
    assertThat(refused("x".repeat(3000), Map.of()).status()).isEqualTo(404);
  }

  @Test
  void theHistoryOfADeletedUserIsStillThere() {
    User user = create("gone");
    Entry deletion = Entry.of("gone", Action.DELETED, NOW, ANN, Map.of(), Map.of());
    assertThat(users.delete(user, NOW, history.add(deletion))).isTrue();
    assertThat(body("gone", Map.of()).at("/history/0/action").asString()).isEqualTo("deleted");
  }

  @Test
  void pagesContainEveryEntryOnce() {
    create("busy");
    for (int i = 0; i < 5; i++) {
      add(
          Entry.of(
              "busy",
              Action.UPDATED,
              NOW.plusSeconds(i),
              ANN,
              Map.of("radius_id", (long) i),
              Map.of("radius_id", i + 1L)));
    }
    List<Integer> values = new ArrayList<>();
    Map<String, List<String>> query = new LinkedHashMap<>(Map.of("limit", List.of("2")));
    while (query != null) {
      ApiResponse response = listUserHistory.apply(request("busy", query));
      JsonNode body = new JsonMapper().readTree(response.body());
      body.get("history").forEach(e -> values.add(e.at("/changes/radius_id/new").asInt()));
      String next = body.at("/_links/next").asString("");
      if (next.isEmpty()) {
        assertThat(response.headers()).doesNotContainKey("Link");
        query = null;
      } else {
        assertThat(response.headers()).containsEntry("Link", "<" + next + ">; rel=\"next\"");
        assertThat(next)
            .startsWith("https://crm.example.net/api/v1/users/busy/history?limit=2&cursor=");
        query.put("cursor", List.of(next.replaceFirst(".*cursor=", "")));
      }
    }
    assertThat(values).containsExactly(5, 4, 3, 2, 1);
    create("busy2");
    Map<String, List<String>> cursor =
        Map.of(
            "cursor",
            List.of(
                body("busy", Map.of("limit", List.of("2")))
                    .at("/_links/next")
                    .asString()
                    .replaceFirst(".*cursor=", "")));
    assertThat(refused("busy2", cursor).status()).isEqualTo(400);
  }

  @Test
  void unknownAndMalformedParametersAreRefused() {
    ApiException e = refused("jonewe", Map.of("action", List.of("updated"), "limit", List.of("0")));
    assertThat(e.status()).isEqualTo(400);
    assertThat(e.fieldErrors())
        .containsOnlyKeys("action", "limit")
        .containsEntry(
            "action", "is not a known parameter; the known parameters are limit, cursor");
  }

  @Test
  void aBrokenEntryIsLeftOut() {
    create("broken");
    add(Entry.of("broken", Action.CREATED, NOW, ANN, Map.of(), Map.of("id", "broken")));
    dynamoDb
        .client()
        .putItem(
            put ->
                put.tableName("HistoryTable")
                    .item(
                        Map.of(
                            "user", DynamoDb.text("broken"),
                            "key", DynamoDb.text("1"),
                            "action", DynamoDb.text("flew"))));
    assertThat(body("broken", Map.of()).get("history")).hasSize(1);
  }

  private static User create(String id) {
    User user = new CreateUserRequest(Map.of("id", id)).toUser("", "C-" + id, NOW);
    assertThat(users.create(user)).isEmpty();
    return user;
  }

  private static void add(Entry entry) {
    dynamoDb.client().transactWriteItems(write -> write.transactItems(history.add(entry)));
  }

  private static ApiException refused(String id, Map<String, List<String>> query) {
    return catchThrowableOfType(
        ApiException.class, () -> listUserHistory.apply(request(id, query)));
  }

  private static JsonNode body(String id, Map<String, List<String>> query) {
    ApiResponse response = listUserHistory.apply(request(id, query));
    assertThat(response.status()).isEqualTo(200);
    return new JsonMapper().readTree(response.body());
  }

  private static ApiRequest request(String id, Map<String, List<String>> query) {
    return ApiRequest.of(
        Map.of("pathParameters", Map.of("id", id), "multiValueQueryStringParameters", query),
        "https://crm.example.net");
  }
}
