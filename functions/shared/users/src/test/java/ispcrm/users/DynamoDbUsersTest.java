package ispcrm.users;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.access.Role;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.template.Template;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class DynamoDbUsersTest {
  private static final String TABLE = "UsersTable";
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Users.Filter ALL = new Users.Filter(null, null, null, null);

  private static LocalDynamoDb dynamoDb;
  private static Users users;

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(Template.load(Map.of()), null);
    users = new DynamoDbUsers(dynamoDb.client(), TABLE);
  }

  @AfterAll
  static void close() {
    dynamoDb.close();
  }

  @BeforeEach
  void empty() {
    for (Map<String, AttributeValue> item : items()) {
      dynamoDb.client().deleteItem(r -> r.tableName(TABLE).key(Map.of("pk", item.get("pk"))));
    }
  }

  @Test
  void whatIsCreatedIsFound() {
    User user =
        User.builder()
            .set(UserField.ID, "x")
            .set(UserField.USERNAME, "X@isp")
            .set(UserField.NAME, "Åsa 雅")
            .set(UserField.CUSTOMER_ID, "IZ-7")
            .set(UserField.STATUS, Status.SUSPENDED)
            .set(UserField.EXPIRATION, Instant.parse("2025-03-31T00:00:00Z"))
            .set(UserField.CREATED_AT, NOW)
            .set(UserField.ACTIVATED_AT, Instant.parse("2023-12-13T00:00:00Z"))
            .set(UserField.MAC_ADDRESS, "AA:BB:CC:DD:EE:FF")
            .set(UserField.PROFILE_ID, 0L)
            .set(UserField.PROFILE_NAME, "100 Mbps")
            .set(UserField.RADIUS_ID, 9007199254740991L)
            .set(UserField.ROLE, Role.STAFF)
            .set(UserField.UPDATED_AT, NOW.plusSeconds(1))
            .build();
    assertThat(users.create(user)).isEmpty();
    assertThat(users.find("x")).contains(user);
  }

  @Test
  void nullsStayNull() {
    User user = user("x", "x", "c");
    users.create(user);
    assertThat(users.find("x")).contains(user);
  }

  @Test
  void idsDifferInCase() {
    users.create(user("x", "a", "c1"));
    assertThat(users.create(user("X", "b", "c2"))).isEmpty();
    assertThat(users.find("x").orElseThrow().username()).isEqualTo("a");
    assertThat(users.find("X").orElseThrow().username()).isEqualTo("b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nobody", "a b", "username#x", "../x"})
  void otherIdsAreNotFound(String id) {
    users.create(user("x", "x", "c"));
    assertThat(users.find(id)).isEmpty();
  }

  @Test
  void whatIsTakenIsNamedAndNothingIsWritten() {
    users.create(user("x", "Name", "C"));
    List<Map<String, AttributeValue>> before = items();
    assertThat(users.create(user("x", "other", "d"))).containsExactly(UserField.ID);
    assertThat(users.create(user("y", "nAME", "d"))).containsExactly(UserField.USERNAME);
    assertThat(users.create(user("y", "other", "c"))).containsExactly(UserField.CUSTOMER_ID);
    assertThat(users.create(user("x", "name", "c")))
        .containsExactlyInAnyOrder(UserField.ID, UserField.USERNAME, UserField.CUSTOMER_ID);
    assertThat(items()).hasSameElementsAs(before);
  }

  @Test
  void ofManyAtOnceOneWins() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try {
      List<Future<Set<UserField<?>>>> attempts = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        String id = "x" + i;
        attempts.add(threads.submit(() -> users.create(user(id, "same", "c" + id))));
      }
      int created = 0;
      for (Future<Set<UserField<?>>> attempt : attempts) {
        created += attempt.get().isEmpty() ? 1 : 0;
      }
      assertThat(created).isEqualTo(1);
      // The user and its two claims, and nothing of those who lost.
      assertThat(items()).hasSize(3);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void pagesFollowTheUsernamesWhateverTheCase() {
    for (String name : List.of("b", "A", "c", "B1", "a.x", "0", "a_x", "Z", "a@x", "a-x", "a:x")) {
      users.create(user(name, name, "c" + name.hashCode()));
    }
    List<String> expected =
        List.of("0", "A", "a-x", "a.x", "a:x", "a@x", "a_x", "b", "B1", "c", "Z");
    for (int limit : new int[] {1, 2, 3, 10, 11, 12}) {
      assertThat(walk(ALL, limit)).as("limit " + limit).isEqualTo(expected);
    }
  }

  @Test
  void lastPageSaysSo() {
    IntStream.range(0, 4).forEach(i -> users.create(user("u" + i, "u" + i, "c" + i)));
    assertThat(users.list(ALL, null, 4).next()).isNull();
    assertThat(users.list(ALL, null, 3).next()).isEqualTo("u2");
    assertThat(users.list(ALL, "u2", 3).next()).isNull();
    assertThat(users.list(ALL, "u3", 3).users()).isEmpty();
  }

  @Test
  void filtersNarrow() {
    users.create(user("1", "anna", "C1"));
    users.create(user("2", "Annabel", "C2", Status.SUSPENDED));
    users.create(user("3", "bert", "C3"));
    assertThat(ids(null, null, null, "AN")).containsExactly("1", "2");
    assertThat(ids(null, null, null, "anna")).containsExactly("1", "2");
    assertThat(ids(Status.ACTIVE, null, null, "anna")).containsExactly("1");
    assertThat(ids(Status.SUSPENDED, null, null, null)).containsExactly("2");
    assertThat(ids(Status.DISABLED, null, null, null)).isEmpty();
    assertThat(ids(null, "ANNA", null, null)).containsExactly("1");
    assertThat(ids(null, "ann", null, null)).isEmpty();
    assertThat(ids(null, null, "c2", null)).containsExactly("2");
    assertThat(ids(Status.ACTIVE, null, "c2", null)).isEmpty();
    assertThat(ids(null, "anna", "c2", null)).isEmpty();
    assertThat(ids(null, "anna", "c1", "b")).isEmpty();
    assertThat(ids(Status.ACTIVE, "anna", "c1", "an")).containsExactly("1");
  }

  @Test
  void filteredPagesAreWalkedWhole() {
    for (int i = 0; i < 30; i++) {
      String name = "u%02d".formatted(i);
      users.create(user(name, name, "c" + i, i % 3 == 0 ? Status.EXPIRED : Status.ACTIVE));
    }
    assertThat(walk(new Users.Filter(Status.EXPIRED, null, null, "u"), 3))
        .containsExactly("u00", "u03", "u06", "u09", "u12", "u15", "u18", "u21", "u24", "u27");
    assertThat(walk(new Users.Filter(Status.EXPIRED, null, null, "u1"), 2))
        .containsExactly("u12", "u15", "u18");
  }

  private static List<String> walk(Users.Filter filter, int limit) {
    List<String> seen = new ArrayList<>();
    String after = null;
    do {
      Users.Page page = users.list(filter, after, limit);
      assertThat(page.users()).hasSizeLessThanOrEqualTo(limit);
      page.users().forEach(user -> seen.add((String) user.fields().get("username")));
      after = page.next();
    } while (after != null);
    return seen;
  }

  private static List<String> ids(
      Status status, String username, String customerId, String prefix) {
    return users
        .list(new Users.Filter(status, username, customerId, prefix), null, 50)
        .users()
        .stream()
        .map(Users.Summary::id)
        .toList();
  }

  private static List<Map<String, AttributeValue>> items() {
    return dynamoDb.client().scan(r -> r.tableName(TABLE)).items().stream()
        .sorted(Comparator.comparing(item -> item.get("pk").s()))
        .toList();
  }

  private static User user(String id, String username, String customerId) {
    return user(id, username, customerId, Status.ACTIVE);
  }

  private static User user(String id, String username, String customerId, Status status) {
    return User.builder()
        .set(UserField.ID, id)
        .set(UserField.USERNAME, username)
        .set(UserField.NAME, username)
        .set(UserField.CUSTOMER_ID, customerId)
        .set(UserField.STATUS, status)
        .set(UserField.ROLE, Role.CUSTOMER)
        .setCreated(NOW)
        .build();
  }
}
