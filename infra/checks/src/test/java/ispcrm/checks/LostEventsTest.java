package ispcrm.checks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.emulation.Fault;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.history.History;
import ispcrm.http.ApiRequest;
import ispcrm.listevents.ListEvents;
import ispcrm.local.HistoryStream;
import ispcrm.senddeliveries.SendDeliveries;
import ispcrm.template.Template;
import ispcrm.users.Users;
import ispcrm.webhooks.Deliveries;
import ispcrm.webhooks.Destinations;
import ispcrm.webhooks.Secret;
import ispcrm.webhooks.WebhookRequest;
import ispcrm.webhooks.Webhooks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.JsonNode;

/**
 * A webhook whose receiver fails in all ways, and whose sender is killed again and again, misses
 * nothing that the history has, and gets nothing else. The clock moves on by hours.
 */
class LostEventsTest {
  private static final Template TEMPLATE = Template.load(Map.of("LoopbackWebhooks", "true"));
  private static final Map<String, String> ENVIRONMENT =
      TEMPLATE.functions().get("send-deliveries").environment();

  /** How many changes there are; the system property {@code changes} sets another number. */
  private static final int CHANGES = Integer.getInteger("changes", 200);

  private static final int KILLS = 20;
  private static final int HANGS = 3;
  private static final String ID = "5a13c84c547bb690";

  private final Random random = new Random(31);
  private final List<String> created = new ArrayList<>();
  private final AtomicReference<Duration> moved = new AtomicReference<>(Duration.ZERO);
  private final InstantSource clock = () -> Instant.now().plus(moved.get());
  private final ConcurrentLinkedQueue<String> received = new ConcurrentLinkedQueue<>();
  private final AtomicInteger hangs = new AtomicInteger();
  private final AtomicBoolean isFailing = new AtomicBoolean(true);
  private final AtomicBoolean isStopped = new AtomicBoolean();
  private final AtomicBoolean isKilled = new AtomicBoolean();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private LocalDynamoDb dynamoDb;
  private HttpServer server;
  private SendDeliveries sender;
  private History history;
  private Deliveries deliveries;

  @BeforeEach
  void start() throws IOException {
    dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    dynamoDb.useInThisProcess();
    DynamoDbClient own = clientOf("send-deliveries");
    history = new History(dynamoDb.client(), ENVIRONMENT);
    deliveries = new Deliveries(dynamoDb.client(), ENVIRONMENT);
    sender =
        new SendDeliveries(
            new Webhooks(own, ENVIRONMENT, clock),
            new Deliveries(own, ENVIRONMENT),
            new History(own, ENVIRONMENT),
            new Destinations(ENVIRONMENT),
            clock,
            Duration.ZERO);
    dynamoDb.causeFaults(
        call ->
            isKilled.get() && call.function().equals("send-deliveries")
                ? Optional.of(Fault.RESET)
                : Optional.empty());
    dynamoDb.invokeWith((function, event) -> threads.execute(this::send));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::receive);
    server.start();
    new Webhooks(dynamoDb.client(), ENVIRONMENT, clock)
        .create(
            new WebhookRequest(
                    Map.of("url", "http://127.0.0.1:" + server.getAddress().getPort() + "/"),
                    null,
                    new Destinations(ENVIRONMENT))
                .create(ID, "https://crm.example.net", clock.instant()),
            Secret.generate());
  }

  private static DynamoDbClient clientOf(String function) {
    System.setProperty("sdk.ua.appId", function);
    try {
      return DynamoDb.client(ENVIRONMENT);
    } finally {
      System.clearProperty("sdk.ua.appId");
    }
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
    dynamoDb.close();
  }

  /** A sender that was killed throws, and leaves everything as it is. */
  private void send() {
    if (!isStopped.get()) {
      try {
        sender.apply(ID);
      } catch (RuntimeException itWasKilled) {
        // What it was doing is done again.
      }
    }
  }

  private void receive(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    int kind = isFailing.get() ? ThreadLocalRandom.current().nextInt(1000) : 999;
    if (kind < 20 && hangs.incrementAndGet() <= HANGS) {
      pause(Duration.ofSeconds(12));
    } else if (kind < 100) {
      exchange.close();
      return;
    } else if (kind < 200) {
      exchange.sendResponseHeaders(kind < 150 ? 500 : 503, -1);
    } else if (kind < 300) {
      exchange.getResponseHeaders().set("Location", "http://127.0.0.1:1/");
      exchange.sendResponseHeaders(302, -1);
    } else {
      received.add(exchange.getRequestHeaders().getFirst("webhook-id"));
      exchange.sendResponseHeaders(204, -1);
    }
    exchange.close();
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void receiverThatFailsAndSenderThatDies_loseAndInventNothing() {
    LocalLambda lambda = new LocalLambda(TEMPLATE);
    Requests requests = new Requests(lambda);
    Requests.storeCaller(dynamoDb.client());
    try (HistoryStream stream = HistoryStream.start(lambda, dynamoDb, null)) {
      assertThat(stream).isNotNull();
      for (int change = 0; change < CHANGES; change++) {
        change(requests, change);
        if (change % (CHANGES / KILLS) == CHANGES / KILLS - 1) {
          kill();
        }
        // Nobody sends for an hour.
        isStopped.set(change > CHANGES / 2 && change < CHANGES * 6 / 10);
        if (change == CHANGES * 55 / 100) {
          moved.set(moved.get().plus(Duration.ofHours(1)));
        }
      }
      isFailing.set(false);
      TreeSet<String> expected = new TreeSet<>(recorded());
      for (int i = 0; i < 60 && !isDone(expected); i++) {
        pause(Duration.ofMillis(500));
        moved.set(moved.get().plus(Duration.ofMinutes(5)));
        send();
      }
      assertThat(new TreeSet<>(received)).isEqualTo(expected);
      assertThat(listed()).containsExactlyElementsOf(expected);
      assertThat(deliveries.next(ID, 10)).isEmpty();
      System.out.printf(
          "%d changes, %d events, %d messages received%n",
          CHANGES, expected.size(), received.size());
    }
  }

  /** What was received, but not noted because the sender died, is sent again, hours later. */
  private boolean isDone(Set<String> expected) {
    return expected.equals(new TreeSet<>(received)) && deliveries.next(ID, 1).isEmpty();
  }

  private void change(Requests requests, int number) {
    String user = created.isEmpty() ? "" : created.get(random.nextInt(created.size()));
    switch (user.isEmpty() ? 0 : random.nextInt(4)) {
      case 0 -> {
        requests.createUser("{\"id\":\"u%d\"}".formatted(number));
        created.add("u" + number);
      }
      case 1 -> requests.updateUser(user, "{\"status\":\"suspended\"}");
      case 2 ->
          requests.updateUser(user, "{\"status\":\"active\",\"name\":\"%d\"}".formatted(number));
      default -> requests.updateUser(user, "{\"radius_id\":%d}".formatted(number));
    }
  }

  /**
   * All calls of the sender fail from now on, as if its process had ended, and then others begin.
   */
  private void kill() {
    isKilled.set(true);
    pause(Duration.ofMillis(100));
    isKilled.set(false);
    // A successor waits for as long as the dead one might still be at work.
    moved.set(moved.get().plus(Duration.ofSeconds(21)));
    threads.execute(this::send);
  }

  /** The ids of all entries of the history. */
  private List<String> recorded() {
    return dynamoDb.client().scanPaginator(scan -> scan.tableName("HistoryTable")).items().stream()
        .map(item -> item.get("key").s())
        .toList();
  }

  /** What {@code GET /events} lists from the beginning. */
  private List<String> listed() {
    ListEvents listEvents =
        new ListEvents(history, new Users(dynamoDb.client(), "UsersTable"), clock);
    List<String> ids = new ArrayList<>();
    Map<String, List<String>> query = Map.of("limit", List.of("200"));
    while (query != null) {
      JsonNode page =
          Checkout.JSON.readTree(
              listEvents
                  .apply(
                      ApiRequest.of(
                          Map.of("httpMethod", "GET", "multiValueQueryStringParameters", query),
                          "https://crm.example.net"))
                  .body());
      page.get("events").forEach(event -> ids.add(event.get("id").asString()));
      String next = page.at("/_links/next").asString("");
      query =
          next.isEmpty()
              ? null
              : Map.of(
                  "limit",
                  List.of("200"),
                  "cursor",
                  List.of(URLDecoder.decode(next.replaceFirst(".*cursor=", ""), UTF_8)));
    }
    return ids;
  }
}
