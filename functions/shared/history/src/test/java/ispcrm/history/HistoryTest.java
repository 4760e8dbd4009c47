package ispcrm.history;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.access.Actor;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.template.Template;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class HistoryTest {
  private static final String TABLE = "HistoryTable";

  // DynamoDB Local deletes entries that expire in the past.
  private static final Instant NOW = Instant.parse("2100-01-02T03:04:05Z");
  private static final Actor ADMIN = new Actor("admin", "token", "192.0.2.1", "request");

  private static LocalDynamoDb dynamoDb;
  private static History history;

  @BeforeAll
  static void start() {
    Template template = Template.load(Map.of("HistoryDays", "30"));
    dynamoDb = LocalDynamoDb.start(template, null);
    history = new History(dynamoDb.client(), template.functions().get("create-user").environment());
  }

  @AfterAll
  static void close() {
    dynamoDb.close();
  }

  @Test
  void anEntryShowsWhatChangedAndNothingElse() {
    Map<String, Object> before = new LinkedHashMap<>();
    before.put("name", "Jon");
    before.put("mac", null);
    before.put("profile_id", 10L);
    before.put("status", "active");
    Map<String, Object> after = new LinkedHashMap<>(before);
    after.put("mac", "AA:BB:CC:DD:EE:FF");
    after.put("profile_id", null);
    add(Entry.of("changed", Action.UPDATED, NOW, ADMIN, before, after));
    List<Entry> entries = history.list("changed", null, 10).entries();
    assertThat(entries)
        .containsExactly(
            new Entry(
                "changed",
                Action.UPDATED,
                NOW,
                ADMIN,
                Map.of(
                    "mac", new Change(null, "AA:BB:CC:DD:EE:FF"),
                    "profile_id", new Change(10L, null))));
    assertThat(entries.get(0).toMap(Instant::toString).toString())
        .isEqualTo(
            "{at=2100-01-02T03:04:05Z, action=updated, by_user=admin, by_token=token,"
                + " address=192.0.2.1, request_id=request, changes={mac={old=null,"
                + " new=AA:BB:CC:DD:EE:FF}, profile_id={old=10, new=null}}}");
  }

  @Test
  void aTokenIsNamedByItsId() {
    add(Entry.ofToken("tokens", Action.TOKEN_CREATED, NOW, ADMIN, "t1"));
    add(Entry.ofToken("tokens", Action.TOKEN_REVOKED, NOW.plusSeconds(1), Actor.SCHEDULE, "t1"));
    assertThat(history.list("tokens", null, 10).entries())
        .extracting(Entry::changes)
        .containsExactly(
            Map.of("token", new Change("t1", null)), Map.of("token", new Change(null, "t1")));
    assertThat(history.list("tokens", null, 10).entries().get(0).by()).isEqualTo(Actor.SCHEDULE);
  }

  @Test
  void theNewestEntryIsFirstOnEveryPage() {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      add(Entry.ofToken("paged", Action.TOKEN_CREATED, NOW.plusMillis(i), ADMIN, "t" + i));
      expected.add(0, "t" + i);
    }
    for (int limit : new int[] {1, 3, 6, 7, 8}) {
      List<String> seen = new ArrayList<>();
      String after = null;
      do {
        History.Page page = history.list("paged", after, limit);
        assertThat(page.entries()).hasSizeLessThanOrEqualTo(limit);
        page.entries().forEach(entry -> seen.add((String) entry.changes().get("token").after()));
        after = page.next();
      } while (after != null);
      assertThat(seen).isEqualTo(expected);
    }
    assertThat(history.list("nobody", null, 5)).isEqualTo(new History.Page(List.of(), null));
  }

  /** DynamoDB ends a query at 1 MB, before the page has as many entries as it may have. */
  @Test
  void list_entriesOfTheLargestSize_areAllOnPages() {
    String large = "x".repeat(9_000);
    for (int i = 0; i < 260; i++) {
      add(
          Entry.of(
              "large",
              Action.UPDATED,
              NOW.plusSeconds(i),
              ADMIN,
              Map.of("name", i + large),
              Map.of("name", (i + 1) + large)));
    }
    List<Entry> seen = new ArrayList<>();
    String after = null;
    do {
      History.Page page = history.list("large", after, 200);
      assertThat(page.entries()).isNotEmpty();
      seen.addAll(page.entries());
      after = page.next();
    } while (after != null);
    assertThat(seen).hasSize(260).doesNotHaveDuplicates();
  }

  @Test
  void entriesOfTheSameMomentAreAllKept() {
    for (int i = 0; i < 20; i++) {
      add(Entry.ofToken("busy", Action.TOKEN_CREATED, NOW, ADMIN, "t" + i));
    }
    assertThat(history.list("busy", null, 50).entries()).hasSize(20);
  }

  @Test
  void erasingLeavesWhoDidWhatAndWhen() {
    for (int i = 0; i < 120; i++) {
      add(
          Entry.of(
              "erased",
              Action.UPDATED,
              NOW.plusMillis(i),
              ADMIN,
              Map.of("name", "Jon " + i),
              Map.of("name", "Ann " + i)));
    }
    add(Entry.of("erased", Action.DELETED, NOW.plusSeconds(9), ADMIN, Map.of(), Map.of()));
    add(Entry.of("other", Action.CREATED, NOW, ADMIN, Map.of(), Map.of("name", "Kim")));
    assertThat(history.erase("erased", Duration.ZERO)).isFalse();
    assertThat(history.erase("erased", Duration.ofMinutes(1))).isTrue();
    assertThat(history.erase("erased", Duration.ofMinutes(1))).isTrue();
    List<Entry> entries = history.list("erased", null, 200).entries();
    assertThat(entries).hasSize(121);
    assertThat(entries.get(0).action()).isEqualTo(Action.DELETED);
    assertThat(entries.subList(1, 121))
        .allSatisfy(
            entry -> {
              assertThat(entry.by())
                  .isEqualTo(new Actor(ADMIN.user(), ADMIN.token(), null, ADMIN.requestId()));
              assertThat(entry.changes()).isEqualTo(Map.of("name", new Change(null, null)));
            });
    assertThat(dynamoDb.client().scan(r -> r.tableName(TABLE)).items().toString())
        .doesNotContain("Jon")
        .doesNotContain("Ann")
        .contains("Kim");
  }

  @Test
  void anEntryIsKeptForAsManyDaysAsTheTemplateSays() {
    add(Entry.ofToken("aging", Action.TOKEN_CREATED, NOW, ADMIN, "t"));
    assertThat(item("aging").get("expires_at").n())
        .isEqualTo(String.valueOf(NOW.getEpochSecond() + 30 * 24 * 3600));
  }

  @Test
  void aBrokenEntryIsLeftOut() {
    add(Entry.ofToken("broken", Action.TOKEN_CREATED, NOW, ADMIN, "t0"));
    Map<String, AttributeValue> broken = new LinkedHashMap<>(item("broken"));
    add(Entry.ofToken("broken", Action.TOKEN_CREATED, NOW.plusSeconds(1), ADMIN, "t1"));
    broken.put("action", AttributeValue.fromS("unknown"));
    dynamoDb.client().putItem(r -> r.tableName(TABLE).item(broken));
    assertThat(history.list("broken", null, 10).entries())
        .extracting(entry -> entry.changes().get("token").after())
        .containsExactly("t1");
  }

  private static Map<String, AttributeValue> item(String user) {
    return dynamoDb.client().scan(r -> r.tableName(TABLE)).items().stream()
        .filter(item -> item.get("user").s().equals(user))
        .findFirst()
        .orElseThrow();
  }

  private static void add(Entry... entries) {
    DynamoDb.transact(
        dynamoDb.client(), Arrays.stream(entries).map(entry -> history.add(entry)).toList());
  }
}
