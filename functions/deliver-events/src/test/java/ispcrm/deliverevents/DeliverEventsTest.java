package ispcrm.deliverevents;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.access.Actor;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.emulation.Fault;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.Event;
import ispcrm.history.History;
import ispcrm.template.Template;
import ispcrm.webhooks.Deliveries;
import ispcrm.webhooks.Destinations;
import ispcrm.webhooks.Due;
import ispcrm.webhooks.Secret;
import ispcrm.webhooks.WebhookRequest;
import ispcrm.webhooks.Webhooks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the function with its policies, and notes which senders it starts. */
class DeliverEventsTest {
  private static final Template TEMPLATE = Template.load(Map.of());
  private static final Map<String, String> ENVIRONMENT =
      TEMPLATE.functions().get("deliver-events").environment();
  private static final JsonMapper JSON = new JsonMapper();
  private static final String ALL = "0000000000000001";
  private static final String SOME = "0000000000000002";

  private final List<String> started = new CopyOnWriteArrayList<>();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final Instant now = Instant.now();
  private LocalDynamoDb dynamoDb;
  private LocalLambda lambda;
  private Webhooks webhooks;
  private Deliveries deliveries;
  private History history;

  @BeforeEach
  void start() {
    dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    dynamoDb.useInThisProcess();
    dynamoDb.invokeWith((function, event) -> started.add(function + " " + event));
    lambda = new LocalLambda(TEMPLATE, log::add);
    webhooks = new Webhooks(dynamoDb.client(), ENVIRONMENT, () -> now);
    deliveries = new Deliveries(dynamoDb.client(), ENVIRONMENT);
    history = new History(dynamoDb.client(), ENVIRONMENT);
  }

  @AfterEach
  void stop() {
    dynamoDb.close();
  }

  private void create(String id, Map<String, Object> more) {
    Map<String, Object> body = new HashMap<>(more);
    body.put("url", "https://hooks.example.net/");
    webhooks.create(
        new WebhookRequest(body, null, new Destinations(ENVIRONMENT))
            .create(id, "https://crm.example.net", now),
        Secret.generate());
  }

  private Event suspend(String user, Instant at) {
    Entry entry =
        Entry.of(
            user,
            Action.UPDATED,
            at,
            Actor.SCHEDULE,
            Map.of("status", "active"),
            Map.of("status", "suspended"));
    dynamoDb
        .client()
        .transactWriteItems(transaction -> transaction.transactItems(history.add(entry)));
    return history
        .events(new History.EventFilter(Set.of(), user, null, at), null, 1)
        .matches()
        .get(0);
  }

  /** What the stream sends for new entries. */
  private JsonNode invoke(Event... events) {
    List<Map<String, Object>> records = new ArrayList<>();
    for (int i = 0; i < events.length; i++) {
      records.add(
          Map.of(
              "eventName",
              "INSERT",
              "dynamodb",
              Map.of(
                  "SequenceNumber",
                  "sequence-" + i,
                  "Keys",
                  Map.of(
                      "user", Map.of("S", events[i].place().user()),
                      "key", Map.of("S", events[i].place().key())))));
    }
    return JSON.readTree(
        lambda.invoke("deliver-events", JSON.writeValueAsString(Map.of("Records", records))));
  }

  private JsonNode look() {
    return JSON.readTree(lambda.invoke("deliver-events", "{}"));
  }

  private List<String> work(String webhook) {
    return deliveries.next(webhook, 300).stream().map(Due::id).toList();
  }

  @Test
  void newEntries_becomeWorkOfTheWebhooksThatWantThem() {
    create(ALL, Map.of());
    create(SOME, Map.of("types", List.of("user.deleted")));
    create("0000000000000003", Map.of("status", "disabled"));
    Event event = suspend("ann", now);
    assertThat(invoke(event)).hasToString("{\"batchItemFailures\":[]}");
    assertThat(work(ALL)).containsExactly(event.id());
    assertThat(work(SOME)).isEmpty();
    assertThat(work("0000000000000003")).isEmpty();
    assertThat(started).containsExactly("send-deliveries {\"webhook\":\"" + ALL + "\"}");
    assertThat(deliveries.next(ALL, 1).get(0).at()).isEqualTo(event.time());
  }

  @Test
  void sameEntryTwice_isTheSameWork() {
    create(ALL, Map.of());
    Event event = suspend("ann", now);
    invoke(event);
    invoke(event);
    assertThat(work(ALL)).containsExactly(event.id());
  }

  @Test
  void noWebhook_readsNothingElse() {
    Event event = suspend("ann", now);
    List<String> calls = new ArrayList<>();
    dynamoDb.listen(call -> calls.add(call.operation()));
    assertThat(invoke(event)).hasToString("{\"batchItemFailures\":[]}");
    assertThat(calls).containsExactly("Query");
    assertThat(started).isEmpty();
  }

  @Test
  void largeBatch_isWrittenInSeveralTransactions() {
    for (int i = 1; i <= 20; i++) {
      create("%016x".formatted(i), Map.of());
    }
    Event[] events = new Event[12];
    for (int i = 0; i < events.length; i++) {
      events[i] = suspend("u" + i, now);
    }
    invoke(events);
    for (int i = 1; i <= 20; i++) {
      assertThat(work("%016x".formatted(i))).hasSize(12);
    }
    assertThat(started).hasSize(20);
  }

  @Test
  void brokenEntry_holdsUpNoOther() {
    create(ALL, Map.of());
    Event broken = suspend("ann", now);
    dynamoDb
        .client()
        .updateItem(
            update ->
                update
                    .tableName("HistoryTable")
                    .key(Map.of("user", DynamoDb.text("ann"), "key", DynamoDb.text(broken.id())))
                    .updateExpression("REMOVE #action")
                    .expressionAttributeNames(Map.of("#action", "action")));
    Event good = suspend("bob", now);
    assertThat(invoke(broken, good)).hasToString("{\"batchItemFailures\":[]}");
    assertThat(work(ALL)).containsExactly(good.id());
    assertThat(log).anyMatch(line -> line.contains("It was left out."));
  }

  @Test
  void faultOfDynamoDb_isTriedAgainFromTheFirstEntryThatWasNotWritten() {
    create(ALL, Map.of());
    Event first = suspend("ann", now);
    Event second = suspend("bob", now);
    dynamoDb.causeFaults(
        call ->
            call.operation().startsWith("Transact")
                ? Optional.of(Fault.SERVER_ERROR)
                : Optional.empty());
    assertThat(invoke(first, second))
        .hasToString("{\"batchItemFailures\":[{\"itemIdentifier\":\"sequence-0\"}]}");
    dynamoDb.causeFaults(call -> Optional.empty());
    invoke(first, second);
    assertThat(work(ALL)).containsExactlyInAnyOrder(first.id(), second.id());
  }

  @Test
  void look_startsWhatIsDueAndSaysHowOldTheOldestEventIs() {
    create(ALL, Map.of());
    create(SOME, Map.of());
    Event old = suspend("ann", now.minus(Duration.ofHours(2)));
    deliveries.write(
        List.of(
            new Deliveries.Work(ALL, Due.event(now.minusSeconds(1), old)),
            new Deliveries.Work(SOME, Due.event(now.plusSeconds(300), old))));
    JsonNode run = look();
    assertThat(run.get("started").asInt()).isOne();
    assertThat(run.get("oldest_seconds").asInt()).isBetween(7200, 7260);
    assertThat(started).containsExactly("send-deliveries {\"webhook\":\"" + ALL + "\"}");
    assertThat(log)
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("deliver-events looked for work: 1 senders started")
                    .contains("\"oldest_seconds\":" + run.get("oldest_seconds").asInt()));
  }

  @Test
  void look_withoutWork_startsNothing() {
    create(ALL, Map.of());
    assertThat(look()).hasToString("{\"started\":0,\"oldest_seconds\":0}");
  }
}
