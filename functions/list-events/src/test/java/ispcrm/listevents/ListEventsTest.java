package ispcrm.listevents;

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
import ispcrm.users.Users;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ListEventsTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final Actor BY = new Actor("clerk", "t-1", "192.0.2.7", "r-1");

  private LocalDynamoDb dynamoDb;
  private Users users;
  private History history;
  private Instant now = NOW;

  @BeforeEach
  void start() {
    Template template = Template.load(Map.of());
    dynamoDb = LocalDynamoDb.start(template, null);
    users = new Users(dynamoDb.client(), "UsersTable");
    history = new History(dynamoDb.client(), template.functions().get("list-events").environment());
  }

  @AfterEach
  void stop() {
    dynamoDb.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "ann       | CREATED          | -      | active    | user.created",
        "ann       | UPDATED          | active | suspended | user.suspended",
        "ann       | UPDATED          | active | expired   | user.expired",
        "ann       | UPDATED          | expired| active    | user.activated",
        "ann       | UPDATED          | active | inactive  | user.updated",
        "ann       | UPDATED          | -      | -         | user.updated",
        "ann       | EXPIRED          | active | expired   | user.expired",
        "ann       | PASSWORD_SET     | -      | -         | user.updated",
        "ann       | DELETED          | -      | -         | user.deleted",
        "ann       | TOKEN_CREATED    | -      | -         | token.created",
        "ann       | TOKENS_REVOKED   | -      | -         | token.revoked",
        "profile#7 | CREATED          | -      | -         | profile.created",
        "profile#7 | UPDATED          | -      | -         | profile.updated",
        "profile#7 | DELETED          | -      | -         | profile.deleted"
      })
  void events_ofEachAction_haveTheirType(
      String key, Action action, String before, String after, String type) {
    add(key, action, NOW.minusSeconds(60), before, after);
    JsonNode event = list("").get("events").get(0);
    assertThat(event.get("type").asString()).isEqualTo(type);
    assertThat(event.get("at").asString()).isEqualTo("2026-01-02 03:03:05");
    assertThat(event.get("by_user").asString()).isEqualTo("clerk");
    assertThat(event.has("address")).isFalse();
    if (key.equals("ann")) {
      assertThat(event.get("user").asString()).isEqualTo("ann");
      assertThat(event.at("/_links/user").asString())
          .isEqualTo("https://crm.example.net/api/v1/users/ann");
    } else {
      assertThat(event.get("user").isNull()).isTrue();
      assertThat(event.get("profile").asLong()).isEqualTo(7);
      assertThat(event.at("/_links/profile").asString())
          .isEqualTo("https://crm.example.net/api/v1/profiles/7");
    }
  }

  @Test
  void pages_ofAllUsers_haveEveryEventOnceInOrder() {
    IntStream.range(0, 120)
        .forEach(
            i -> add("u" + i % 7, Action.UPDATED, NOW.minusMillis(900_000 - 7L * i), null, null));
    List<String> ids = ids("limit=7");
    assertThat(ids).hasSize(120).isSorted().doesNotHaveDuplicates();
    assertThat(ids("user=u3&limit=2")).hasSize(17).isSorted().isSubsetOf(ids);
  }

  /** A poller that begins where the last list was complete misses nothing. */
  @Test
  void poller_whileEventsAreWritten_missesNothing() {
    HashSet<String> seen = new HashSet<>();
    String since = "2026-01-01";
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 5; i++) {
        add("u" + i, Action.UPDATED, now.minusMillis(3000L * i), null, null);
      }
      String query = "limit=3&since=" + since;
      JsonNode page = list(query);
      page.get("events").forEach(event -> seen.add(event.get("id").asString()));
      while (page.at("/_links/next").isString()) {
        page = list(next(page));
        page.get("events").forEach(event -> seen.add(event.get("id").asString()));
      }
      since = page.get("updated_until").asString();
      now = now.plusMillis(7300);
    }
    now = now.plusSeconds(60);
    assertThat(seen).hasSizeGreaterThan(80).isSubsetOf(ids(""));
    now = now.minusSeconds(60).minusMillis(7300);
    assertThat(seen).containsAll(ids(""));
  }

  @Test
  void events_ofTheLast15Seconds_areHeldBack() {
    add("ann", Action.UPDATED, NOW.minusMillis(15_001), null, null);
    add("ann", Action.UPDATED, NOW.minusMillis(14_999), null, null);
    JsonNode page = list("");
    assertThat(page.get("events")).hasSize(1);
    assertThat(page.get("updated_until").asString()).isEqualTo("2026-01-02 03:03:50");
    assertThat(list("since=2026-01-02T03:03:51Z").get("events")).isEmpty();
    assertThat(list("since=2027-01-01").get("events")).isEmpty();
  }

  @Test
  void filterByType_amongThousands_endsPagesEarlyAndFindsAll() {
    IntStream.range(0, 1500)
        .forEach(
            i ->
                add(
                    "u" + i,
                    Action.UPDATED,
                    NOW.minusMillis(9_000_000 - i),
                    "active",
                    i % 500 == 499 ? "suspended" : "inactive"));
    assertThat(ids("type=user.suspended,user.deleted&limit=2")).hasSize(3);
    assertThat(ids("type=token.revoked")).isEmpty();
  }

  @Test
  void erasedUser_keepsTheTypesAndLosesTheValues() {
    add("ann", Action.UPDATED, NOW.minusSeconds(60), "active", "suspended");
    history.erase("ann", Duration.ofSeconds(5));
    for (String query : List.of("", "user=ann")) {
      JsonNode event = list(query).get("events").get(0);
      assertThat(event.get("type").asString()).isEqualTo("user.suspended");
      assertThat(event.at("/changes/status")).hasToString("{\"old\":null,\"new\":null}");
    }
  }

  @Test
  void unknownUser_isNotFoundAndAKnownOneWithoutEventsIsEmpty() {
    users.create(new CreateUserRequest(Map.of("id", "new")).toUser("", "C-1", NOW));
    assertThat(list("user=new").get("events")).isEmpty();
    assertThat(refused("user=nobody").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({"type=user.banned,type", "'type=',type", "user=a b,user", "since=soon,since"})
  void invalidParameter_isNamed(String query, String parameter) {
    ApiException e = refused(query);
    assertThat(e.status()).isEqualTo(400);
    assertThat(e.fieldErrors()).containsOnlyKeys(parameter);
  }

  private void add(String key, Action action, Instant at, String before, String after) {
    Entry entry = Entry.of(key, action, at, BY, fields(before), fields(after));
    dynamoDb
        .client()
        .transactWriteItems(transaction -> transaction.transactItems(history.add(entry)));
  }

  private static Map<String, String> fields(String status) {
    return status == null ? Map.of() : Map.of("status", status);
  }

  private List<String> ids(String query) {
    List<String> ids = new ArrayList<>();
    JsonNode page = list(query);
    page.get("events").forEach(event -> ids.add(event.get("id").asString()));
    while (page.at("/_links/next").isString()) {
      page = list(next(page));
      page.get("events").forEach(event -> ids.add(event.get("id").asString()));
    }
    return ids;
  }

  private static String next(JsonNode page) {
    return page.at("/_links/next").asString().replaceFirst(".*" + Pattern.quote("?"), "");
  }

  private ApiException refused(String query) {
    return catchThrowableOfType(ApiException.class, () -> list(query));
  }

  private JsonNode list(String query) {
    Map<String, List<String>> parameters = new HashMap<>();
    for (String pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      parameters.put(
          parts[0],
          List.of(java.net.URLDecoder.decode(parts[1], java.nio.charset.StandardCharsets.UTF_8)));
    }
    return new JsonMapper()
        .readTree(
            new ListEvents(history, users, () -> now)
                .apply(
                    ApiRequest.of(
                        Map.of("httpMethod", "GET", "multiValueQueryStringParameters", parameters),
                        "https://crm.example.net"))
                .body());
  }
}
