package ispcrm.senddeliveries;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import ispcrm.access.Actor;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.Event;
import ispcrm.history.History;
import ispcrm.template.Template;
import ispcrm.webhooks.Deliveries;
import ispcrm.webhooks.Deliveries.Task;
import ispcrm.webhooks.Delivery;
import ispcrm.webhooks.Destinations;
import ispcrm.webhooks.Due;
import ispcrm.webhooks.Secret;
import ispcrm.webhooks.Webhook;
import ispcrm.webhooks.WebhookRequest;
import ispcrm.webhooks.Webhooks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SendDeliveriesTest {
  private static final Map<String, String> ENVIRONMENT = environment();
  private static final String ID = "5a13c84c547bb690";

  private LocalDynamoDb dynamoDb;
  private Webhooks webhooks;
  private Deliveries deliveries;
  private History history;
  private HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Message> received = new CopyOnWriteArrayList<>();
  private volatile Function<Message, Integer> status = message -> 204;
  private volatile Map<String, String> responseHeaders = Map.of();
  private volatile Instant now = Instant.parse("2026-01-02T03:04:05Z");
  private String secret;

  /** What a receiver got. */
  private record Message(Map<String, String> headers, String body) {
    JsonNode json() {
      return new JsonMapper().readTree(body);
    }

    String id() {
      return headers.get("webhook-id");
    }
  }

  private static Map<String, String> environment() {
    return Template.load(Map.of("LoopbackWebhooks", "true"))
        .functions()
        .get("send-deliveries")
        .environment();
  }

  @BeforeEach
  void start() throws IOException {
    dynamoDb = LocalDynamoDb.start(Template.load(Map.of()), null);
    webhooks = new Webhooks(dynamoDb.client(), ENVIRONMENT, () -> now);
    deliveries = new Deliveries(dynamoDb.client(), ENVIRONMENT);
    history = new History(dynamoDb.client(), ENVIRONMENT);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::receive);
    server.start();
    secret = create(ID, Map.of());
  }

  private void receive(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    Message message =
        new Message(
            headers, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    received.add(message);
    responseHeaders.forEach(exchange.getResponseHeaders()::set);
    int code = status.apply(message);
    if (code > 0) {
      exchange.sendResponseHeaders(code, -1);
    }
    exchange.close();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
    dynamoDb.close();
  }

  private String create(String id, Map<String, Object> more) {
    Map<String, Object> body = new HashMap<>(more);
    body.put("url", "http://127.0.0.1:" + server.getAddress().getPort() + "/");
    String created = Secret.generate();
    webhooks.create(
        new WebhookRequest(body, null, new Destinations(ENVIRONMENT))
            .create(id, "https://crm.example.net", now),
        created);
    return created;
  }

  private SendDeliveries.Run send() {
    return sender(() -> now, Duration.ZERO).apply(ID);
  }

  private SendDeliveries sender(InstantSource clock, Duration patience) {
    return new SendDeliveries(
        webhooks, deliveries, history, new Destinations(ENVIRONMENT), clock, patience);
  }

  /** An event that is due for the webhook. */
  private Event suspend(String user) {
    Entry entry =
        Entry.of(
            user,
            Action.UPDATED,
            now,
            Actor.SCHEDULE,
            Map.of("status", "active"),
            Map.of("status", "suspended"));
    dynamoDb
        .client()
        .transactWriteItems(transaction -> transaction.transactItems(history.add(entry)));
    Event event =
        history
            .events(new History.EventFilter(Set.of(), user, null, now), null, 100)
            .matches()
            .stream()
            .reduce((first, second) -> second)
            .orElseThrow();
    deliveries.write(List.of(new Deliveries.Work(ID, Due.event(now, event))));
    return event;
  }

  private List<Delivery> log() {
    return deliveries.list(ID, null, 100).deliveries();
  }

  private Webhook webhook() {
    return webhooks.find(ID).orElseThrow();
  }

  private boolean isSignedWith(String key, Message message) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(Secret.key(key), "HmacSHA256"));
    String signed =
        message.id() + "." + message.headers.get("webhook-timestamp") + "." + message.body;
    String signature =
        "v1,"
            + Base64.getEncoder()
                .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
    return List.of(message.headers.get("webhook-signature").split(" ", -1)).contains(signature);
  }

  @Test
  void event_isSentOnceAsItIsListed() throws Exception {
    Event event = suspend("ann");
    assertThat(send()).isEqualTo(new SendDeliveries.Run(1, 0));
    assertThat(send()).isEqualTo(new SendDeliveries.Run(0, 0));
    assertThat(received).hasSize(1);
    JsonNode body = received.get(0).json();
    assertThat(body.get("id").asString()).isEqualTo(event.id()).isEqualTo(received.get(0).id());
    assertThat(body.get("type").asString()).isEqualTo("user.suspended");
    assertThat(body.at("/changes/status/new").asString()).isEqualTo("suspended");
    assertThat(body.at("/_links/user").asString())
        .isEqualTo("https://crm.example.net/api/v1/users/ann");
    assertThat(received.get(0).headers)
        .containsEntry("webhook-timestamp", Long.toString(now.getEpochSecond()));
    assertThat(isSignedWith(secret, received.get(0))).isTrue();
    assertThat(log())
        .singleElement()
        .satisfies(
            delivery -> {
              assertThat(delivery.toMap())
                  .containsEntry("event", event.id())
                  .containsEntry("type", "user.suspended")
                  .containsEntry("attempt", 1)
                  .containsEntry("result", "delivered")
                  .containsEntry("status", 204)
                  .containsEntry("next_attempt_at", null);
            });
    assertThat(webhook().health()).isEqualTo(new Webhook.Health(now, null, null));
  }

  @Test
  void thinPayload_hasNoChanges() {
    webhooks.delete(ID);
    create(ID, Map.of("payload", "thin"));
    suspend("ann");
    send();
    assertThat(received.get(0).json().has("changes")).isFalse();
    assertThat(received.get(0).json().get("user").asString()).isEqualTo("ann");
  }

  /** The times are those of api.md: about 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h. */
  @Test
  void failures_areRepeatedLaterAndLater() {
    status = message -> 500;
    suspend("ann");
    Instant begin = now;
    long[] seconds = {5, 300, 1800, 7200, 18_000, 36_000, 36_000};
    for (long pause : seconds) {
      int before = received.size();
      send();
      assertThat(received).hasSize(before + 1);
      Instant next = log().get(0).nextAttempt();
      assertThat(Duration.between(now, next).toMillis())
          .isBetween(Math.round(pause * 799.0), Math.round(pause * 1201.0));
      assertThat(webhook().health().failingSince()).isEqualTo(begin);
      now = next.minusSeconds(8);
      send();
      assertThat(received).hasSize(before + 1);
      now = next.plusSeconds(1);
    }
    send();
    assertThat(received).hasSize(8);
    assertThat(log().get(0).nextAttempt()).isNull();
    assertThat(log().get(0).attempt()).isEqualTo(8);
    now = now.plus(Duration.ofDays(3));
    assertThat(send()).isEqualTo(new SendDeliveries.Run(0, 0));
  }

  @Test
  void receiverThatRecovers_getsEverythingOnce() {
    status = message -> 503;
    List<String> ids = IntStream.range(0, 25).mapToObj(i -> suspend("u" + i).id()).toList();
    send();
    status = message -> 200;
    received.clear();
    now = now.plusSeconds(10);
    send();
    assertThat(received).extracting(Message::id).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(webhook().health().failingSince()).isNull();
  }

  @Test
  void retryAfter_isRespected() {
    status = message -> 429;
    responseHeaders = Map.of("Retry-After", "600");
    suspend("ann");
    send();
    assertThat(log().get(0).nextAttempt()).isEqualTo(now.plusSeconds(600));
    responseHeaders = Map.of("Retry-After", "999999999");
    now = now.plusSeconds(601);
    send();
    assertThat(log().get(0).nextAttempt()).isEqualTo(now.plus(Duration.ofDays(1)));
  }

  @Test
  void gone_disablesTheWebhook() {
    status = message -> 410;
    suspend("ann");
    send();
    assertThat(webhook().disabledReason()).isEqualTo("the receiver responded 410 Gone");
    suspend("bob");
    send();
    assertThat(received).hasSize(1);
  }

  @Test
  void fiveDaysWithoutSuccess_disableTheWebhook() {
    status = message -> 500;
    suspend("ann");
    send();
    now = now.plus(Duration.ofDays(5)).minusSeconds(60);
    suspend("bob");
    send();
    assertThat(webhook().isActive()).isTrue();
    now = now.plusSeconds(120);
    suspend("cid");
    send();
    assertThat(webhook().disabledReason()).isEqualTo("nothing was delivered for five days");
  }

  @Test
  void connectionsThatBreak_areRepeated() {
    AtomicInteger calls = new AtomicInteger();
    status = message -> calls.getAndIncrement() == 0 ? -1 : 200;
    suspend("ann");
    send();
    assertThat(log().get(0).reason()).isEqualTo("the connection was closed before the response");
    now = now.plusSeconds(10);
    assertThat(send()).isEqualTo(new SendDeliveries.Run(1, 0));
  }

  /** What waits for a repetition is written when it is sent. */
  @Test
  void erasedUser_isSentWithoutValues() {
    status = message -> 500;
    suspend("ann");
    send();
    assertThat(received.get(0).body).contains("\"old\":\"active\",\"new\":\"suspended\"");
    history.erase("ann", Duration.ofSeconds(5));
    now = now.plusSeconds(10);
    send();
    assertThat(received).hasSize(2);
    assertThat(received.get(1).json().get("type").asString()).isEqualTo("user.suspended");
    assertThat(received.get(1).json().at("/changes/status"))
        .hasToString("{\"old\":null,\"new\":null}");
  }

  @Test
  void rotation_signsWithBothForADay() throws Exception {
    String second = Secret.generate();
    webhooks.rotate(ID, second);
    suspend("ann");
    send();
    assertThat(isSignedWith(secret, received.get(0))).isTrue();
    assertThat(isSignedWith(second, received.get(0))).isTrue();
    now = now.plus(Duration.ofHours(23));
    String third = Secret.generate();
    webhooks.rotate(ID, third);
    suspend("bob");
    send();
    for (String key : List.of(secret, second, third)) {
      assertThat(isSignedWith(key, received.get(1))).isTrue();
    }
    now = now.plus(Duration.ofHours(2));
    suspend("cid");
    send();
    assertThat(isSignedWith(secret, received.get(2))).isFalse();
    assertThat(isSignedWith(second, received.get(2))).isTrue();
    now = now.plus(Duration.ofHours(23));
    suspend("dan");
    send();
    assertThat(isSignedWith(second, received.get(3))).isFalse();
    assertThat(isSignedWith(third, received.get(3))).isTrue();
  }

  @Test
  void test_isSentToo() {
    deliveries.writeNew(deliveries.add(ID, List.of(Due.test(now, "test-1"))));
    send();
    assertThat(received.get(0).json().get("type").asString()).isEqualTo("webhook.test");
    assertThat(received.get(0).id()).isEqualTo("test-1");
    assertThat(received.get(0).json().at("/_links/webhook").asString())
        .isEqualTo("https://crm.example.net/api/v1/webhooks/" + ID);
  }

  @Test
  void replay_deliversAllSinceATimeOnceMore() {
    Instant begin = now;
    List<String> ids = IntStream.range(0, 130).mapToObj(i -> suspend("u" + i).id()).toList();
    send();
    received.clear();
    now = now.plusSeconds(60);
    deliveries.writeNew(
        deliveries.add(
            ID, List.of(Due.replay(now, "replay-1", new Due.Replay(Set.of(), begin, now, null)))));
    send();
    assertThat(received).extracting(Message::id).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(deliveries.next(ID, 10)).isEmpty();
  }

  @Test
  void receiver_getsFewRequestsAtATimeAndFromOneSender() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    status =
        message -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          try {
            Thread.sleep(50);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          running.decrementAndGet();
          return 200;
        };
    IntStream.range(0, 60).forEach(i -> suspend("u" + i));
    List<Future<SendDeliveries.Run>> senders =
        IntStream.range(0, 5).mapToObj(i -> threads.submit(this::send)).toList();
    int delivered = 0;
    for (Future<SendDeliveries.Run> sender : senders) {
      delivered += sender.get().delivered();
    }
    assertThat(delivered).isEqualTo(60);
    assertThat(received).hasSize(60);
    assertThat(most.get()).isBetween(2, 10);
  }

  /** A sender that was killed holds up its successor for seconds only. */
  @Test
  void senderThatDied_isReplaced() {
    suspend("ann");
    assertThat(deliveries.acquire(ID, Task.SENDING, "dead", now, Duration.ofSeconds(20))).isTrue();
    assertThat(send()).isEqualTo(new SendDeliveries.Run(0, 0));
    now = now.plusSeconds(21);
    assertThat(send()).isEqualTo(new SendDeliveries.Run(1, 0));
  }

  @Test
  void attemptThatIsDueSoon_isAwaited() {
    now = Instant.now().truncatedTo(ChronoUnit.MILLIS).plusMillis(300);
    suspend("ann");
    assertThat(sender(Clock.systemUTC(), Duration.ofSeconds(7)).apply(ID))
        .isEqualTo(new SendDeliveries.Run(1, 0));
    assertThat(log())
        .singleElement()
        .satisfies(sent -> assertThat(sent.at()).isAfterOrEqualTo(now));
  }

  /** Otherwise a receiver that fails would occupy a sender for each event. */
  @Test
  void attemptThatAnotherSenderAwaits_isLeftToIt() {
    Instant begin = Instant.now();
    Duration pause = Duration.ofSeconds(6);
    SendDeliveries sender = sender(Clock.systemUTC(), Duration.ofSeconds(7));
    now = begin.plus(pause);
    suspend("ann");
    assertThat(deliveries.acquire(ID, Task.WAITING, "another", begin, pause)).isTrue();
    assertThat(sender.apply(ID)).isEqualTo(new SendDeliveries.Run(0, 0));
    now = begin;
    suspend("bob");
    assertThat(sender.apply(ID)).isEqualTo(new SendDeliveries.Run(1, 0));
    now = begin.plus(pause);
    assertThat(send()).isEqualTo(new SendDeliveries.Run(1, 0));
  }

  @Test
  void brokenWork_holdsUpNothing() {
    Event event = suspend("ann");
    dynamoDb
        .client()
        .putItem(
            put ->
                put.tableName("WebhooksTable")
                    .item(
                        Map.of(
                            "partition", DynamoDb.text("due#" + ID),
                            "key", DynamoDb.text("0"))));
    Event broken = suspend("bob");
    dynamoDb
        .client()
        .updateItem(
            update ->
                update
                    .tableName("HistoryTable")
                    .key(
                        Map.of(
                            "user", DynamoDb.text("bob"),
                            "key", DynamoDb.text(broken.id())))
                    .updateExpression("REMOVE #action")
                    .expressionAttributeNames(Map.of("#action", "action")));
    assertThat(send()).isEqualTo(new SendDeliveries.Run(1, 1));
    assertThat(received).extracting(Message::id).containsExactly(event.id());
    assertThat(log()).extracting(Delivery::reason).contains("the event is no longer kept");
  }

  @Test
  void deletedWebhook_getsNothing() {
    suspend("ann");
    webhooks.delete(ID);
    assertThat(send()).isEqualTo(new SendDeliveries.Run(0, 0));
    assertThat(received).isEmpty();
  }
}
