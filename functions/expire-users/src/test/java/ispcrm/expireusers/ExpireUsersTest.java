package ispcrm.expireusers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ispcrm.access.Actor;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.idempotency.Idempotency;
import ispcrm.template.Template;
import ispcrm.tokens.Tokens;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.Status;
import ispcrm.users.UpdateUserRequest;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class ExpireUsersTest {
  private static final Template TEMPLATE = Template.load(Map.of());
  private static final Instant CREATED = Instant.parse("2100-01-01T00:00:00Z");
  private static final Instant EXPIRES = Instant.parse("2100-01-02T00:00:00Z");
  private static final Duration LONG = Duration.ofHours(1);

  private static LocalDynamoDb dynamoDb;
  private static Users users;
  private static Tokens tokens;
  private static History history;
  private static Idempotency idempotency;

  private Instant now = EXPIRES;
  private final ExpireUsers expireUsers = expireUsers(true, () -> now);

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    users = new Users(dynamoDb.client(), "UsersTable");
    tokens = new Tokens(dynamoDb.client(), "TokensTable");
    Map<String, String> environment = TEMPLATE.functions().get("expire-users").environment();
    history = new History(dynamoDb.client(), environment);
    idempotency = new Idempotency(dynamoDb.client(), environment, Clock.systemUTC());
  }

  @AfterAll
  static void close() {
    dynamoDb.close();
  }

  @BeforeEach
  void empty() {
    for (Map<String, AttributeValue> item : items()) {
      dynamoDb
          .client()
          .deleteItem(r -> r.tableName("UsersTable").key(Map.of("pk", item.get("pk"))));
    }
  }

  @Test
  void anActiveUserExpiresOnceWhenTheTimeHasCome() {
    create("jonewe", Map.of("status_reason", "paid"));
    now = EXPIRES.minusSeconds(1);
    assertThat(run()).isEqualTo(new ExpireUsers.Run(0, 0));
    now = EXPIRES.plusMillis(1500);
    assertThat(run()).isEqualTo(new ExpireUsers.Run(1, 0));
    User user = users.find("jonewe").orElseThrow();
    assertThat(user.toMap())
        .containsEntry("status", "expired")
        .containsEntry("status_reason", null)
        .containsEntry("expiration", "2100-01-02 00:00:00")
        .containsEntry("updated_at", "2100-01-02 00:00:01");
    List<Entry> entries = history.list("jonewe", null, 10).entries();
    assertThat(entries).hasSize(1);
    assertThat(entries.get(0).action()).isEqualTo(Action.EXPIRED);
    assertThat(entries.get(0).by()).isEqualTo(Actor.SCHEDULE);
    assertThat(entries.get(0).changes()).containsOnlyKeys("status", "status_reason");

    List<Map<String, AttributeValue>> before = items();
    assertThat(run()).isEqualTo(new ExpireUsers.Run(0, 0));
    assertThat(items()).isEqualTo(before);

    // Whoever sends both keeps both.
    change("jonewe", Map.of("status", "active", "expiration", "2100-01-01"));
    assertThat(run()).isEqualTo(new ExpireUsers.Run(0, 0));
    change("jonewe", Map.of("expiration", "2100-02-01"));
    now = Instant.parse("2100-02-01T00:00:00Z");
    assertThat(run()).isEqualTo(new ExpireUsers.Run(1, 0));
  }

  @Test
  void othersStayAsTheyAre() {
    create("past", Map.of("status", "active", "expiration", "2099-12-31"));
    create("suspended", Map.of("status", "suspended"));
    create("later", Map.of("expiration", "2100-01-03"));
    create("renewed", Map.of());
    change("renewed", Map.of("expiration", "2100-01-03"));
    create("renamed", Map.of());
    now = EXPIRES.plusSeconds(5);
    // Between the expiration and the run.
    change("renamed", Map.of("name", "Renamed"));
    assertThat(run()).isEqualTo(new ExpireUsers.Run(1, 0));
    assertThat(users.find("renamed").orElseThrow().toMap())
        .containsEntry("status", "expired")
        .containsEntry("name", "Renamed");
    for (String id : List.of("past", "later", "renewed")) {
      assertThat(users.find(id).orElseThrow().toMap()).as(id).containsEntry("status", "active");
    }
    assertThat(users.find("suspended").orElseThrow().toMap()).containsEntry("status", "suspended");
  }

  @Test
  void theNextRunContinuesWhenTheTimeIsUp() {
    for (int i = 0; i < 250; i++) {
      create("u" + i, Map.of());
    }
    Instant begin = EXPIRES;
    AtomicInteger reads = new AtomicInteger();
    ExpireUsers slow = expireUsers(true, () -> begin.plusSeconds(reads.getAndIncrement() / 4));
    int expired = slow.apply(Duration.ofSeconds(30)).expired();
    assertThat(expired).isBetween(30, 200);
    now = EXPIRES.plusSeconds(300);
    assertThat(run().expired()).isEqualTo(250 - expired);
  }

  @Test
  void aBrokenRecordDoesNotStopTheOthers() {
    for (String id : List.of("a", "b", "c")) {
      create(id, Map.of());
    }
    dynamoDb
        .client()
        .updateItem(
            r ->
                r.tableName("UsersTable")
                    .key(Map.of("pk", AttributeValue.fromS("user#b")))
                    .updateExpression("REMOVE customer_id"));
    assertThat(run().expired()).isEqualTo(2);
  }

  @Test
  void aDeletionThatWasInterruptedIsCompleted() {
    User user = create("gone", Map.of());
    dynamoDb
        .client()
        .transactWriteItems(
            r ->
                r.transactItems(
                    history.add(
                        Entry.of(
                            "gone",
                            Action.CREATED,
                            CREATED,
                            Actor.SCHEDULE,
                            Map.of(),
                            user.settableFields()))));
    assertThat(users.delete(user, CREATED)).isTrue();
    ExpireUsers off = expireUsers(false, () -> now);
    create("due", Map.of());
    assertThat(off.apply(LONG)).isEqualTo(new ExpireUsers.Run(0, 1));
    assertThat(off.apply(LONG)).isEqualTo(new ExpireUsers.Run(0, 0));
    assertThat(history.list("gone", null, 10).entries().get(0).changes().values())
        .isNotEmpty()
        .allSatisfy(change -> assertThat(change.after()).isNull());
    assertThat(items()).noneMatch(item -> item.toString().contains("erasure"));
  }

  /** By then, the indexes show also what was written right before the deletion. */
  @Test
  void aDeletionIsCompletedAMinuteLater() {
    users.delete(create("gone", Map.of()), EXPIRES);
    now = EXPIRES.plusSeconds(60);
    assertThat(run()).isEqualTo(new ExpireUsers.Run(0, 0));
    now = EXPIRES.plusSeconds(61);
    assertThat(run()).isEqualTo(new ExpireUsers.Run(0, 1));
  }

  @Test
  void staff_neverExpire() {
    create("staff", Map.of("role", "staff"));
    create("boss", Map.of("role", "admin"));
    now = EXPIRES.plusSeconds(1);
    assertThat(run()).isEqualTo(new ExpireUsers.Run(0, 0));
    assertThat(users.find("boss").orElseThrow().hasAccess()).isTrue();
  }

  /** Erasures come first, and expiries have at least half of the time. */
  @Test
  void aBacklogOfOneKindDelaysTheOtherByHalfARun() {
    for (int i = 0; i < 120; i++) {
      users.delete(create("gone" + i, Map.of()), CREATED);
      create("due" + i, Map.of());
    }
    AtomicInteger readings = new AtomicInteger();
    ExpireUsers slow =
        expireUsers(true, () -> EXPIRES.plusMillis(100L * readings.getAndIncrement()));
    ExpireUsers.Run run = slow.apply(Duration.ofSeconds(30));
    assertThat(run.erased()).isBetween(5, 119);
    assertThat(run.expired()).isBetween(5, 119);
  }

  @Test
  void aRunInWhichNothingSucceedsFails() {
    create("due", Map.of());
    Map<String, String> environment = Map.of("HISTORY_TABLE", "Missing", "HISTORY_DAYS", "1");
    ExpireUsers broken =
        new ExpireUsers(
            users,
            tokens,
            new History(dynamoDb.client(), environment),
            idempotency,
            true,
            () -> now);
    assertThatThrownBy(() -> broken.apply(LONG)).isInstanceOf(IllegalStateException.class);
    assertThat(users.find("due").orElseThrow().toMap()).containsEntry("status", "active");
  }

  @Test
  void afterACrashTheNextRunContinues() {
    List<String> ids = List.of("crash-a", "crash-b", "crash-c");
    ids.forEach(id -> create(id, Map.of()));
    AtomicInteger readings = new AtomicInteger();
    InstantSource crashing =
        () -> {
          // In one of the threads, before it changes its user.
          if (readings.incrementAndGet() == 4) {
            throw new OutOfMemoryError();
          }
          return EXPIRES;
        };
    assertThatThrownBy(() -> expireUsers(true, crashing).apply(LONG))
        .hasCauseInstanceOf(OutOfMemoryError.class);
    run();
    assertThat(ids)
        .allSatisfy(id -> assertThat(history.list(id, null, 10).entries()).as(id).hasSize(1))
        .allSatisfy(
            id -> assertThat(users.find(id).orElseThrow().status()).isEqualTo(Status.EXPIRED));
  }

  @Test
  void aUserWhoIsRenewedDuringTheRunStaysActive() {
    create("late", Map.of());
    AtomicBoolean isRenewed = new AtomicBoolean();
    dynamoDb.listen(
        call -> {
          // The user has been read before.
          if (call.operation().equals("TransactWriteItems") && !isRenewed.getAndSet(true)) {
            change("late", Map.of("expiration", "2100-02-01"));
          }
        });
    assertThat(run()).isEqualTo(new ExpireUsers.Run(0, 0));
    dynamoDb.listen(call -> {});
    assertThat(isRenewed).isTrue();
    assertThat(users.find("late").orElseThrow().status()).isEqualTo(Status.ACTIVE);
    assertThat(history.list("late", null, 10).entries()).isEmpty();
  }

  /** An operator may have changed an item without the API, which leaves the keys of the indexes. */
  @Test
  void aUserWhoWasSuspendedByHandStaysSuspended() {
    create("a", Map.of());
    dynamoDb
        .client()
        .updateItem(
            r ->
                r.tableName("UsersTable")
                    .key(Map.of("pk", AttributeValue.fromS("user#a")))
                    .updateExpression("SET #status = :suspended")
                    .expressionAttributeNames(Map.of("#status", "status"))
                    .expressionAttributeValues(
                        Map.of(":suspended", AttributeValue.fromS("suspended"))));
    assertThat(run()).isEqualTo(new ExpireUsers.Run(0, 0));
    assertThat(users.find("a").orElseThrow().status()).isEqualTo(Status.SUSPENDED);
  }

  @Test
  void deletionsAreCompletedEvenIfMoreThanABatchOfOthersCannotBe() {
    for (int i = 0; i < 115; i++) {
      String id = "u%03d".formatted(i);
      users.delete(create(id, Map.of()), CREATED);
      if (i < 105) {
        dynamoDb
            .client()
            .updateItem(
                r ->
                    r.tableName("UsersTable")
                        .key(Map.of("pk", AttributeValue.fromS("user#" + id)))
                        .updateExpression("REMOVE deleted_at"));
      }
    }
    assertThat(run()).isEqualTo(new ExpireUsers.Run(0, 10));
    assertThat(users.pendingErasures(now, 200)).hasSize(105);
  }

  @Test
  void ifNothingIsDueNothingIsReadButTheIndex() {
    create("a", Map.of("status", "active", "expiration", "2099-12-31"));
    create("b", Map.of("expiration", "2100-01-03"));
    List<String> calls = new CopyOnWriteArrayList<>();
    dynamoDb.listen(call -> calls.add(call.operation()));
    assertThat(run()).isEqualTo(new ExpireUsers.Run(0, 0));
    dynamoDb.listen(call -> {});
    assertThat(calls).containsExactly("Query", "Query");
  }

  private static ExpireUsers expireUsers(boolean isExpiring, InstantSource clock) {
    return new ExpireUsers(users, tokens, history, idempotency, isExpiring, clock);
  }

  private ExpireUsers.Run run() {
    return expireUsers.apply(LONG);
  }

  private static User create(String id, Map<String, Object> fields) {
    Map<String, Object> body = new HashMap<>(Map.of("id", id, "expiration", "2100-01-02"));
    body.putAll(fields);
    CreateUserRequest create = new CreateUserRequest(body);
    assertThat(create.errors()).isEmpty();
    User user = create.toUser(id, "C-" + id, CREATED);
    assertThat(users.create(user)).isEmpty();
    return user;
  }

  private void change(String id, Map<String, Object> patch) {
    User before = users.find(id).orElseThrow();
    assertThat(users.update(before, new UpdateUserRequest(patch).apply(before, now))).isEmpty();
  }

  private static List<Map<String, AttributeValue>> items() {
    return dynamoDb.client().scanPaginator(r -> r.tableName("UsersTable")).items().stream()
        .toList();
  }
}
