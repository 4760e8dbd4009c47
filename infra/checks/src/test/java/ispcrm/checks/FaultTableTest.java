package ispcrm.checks;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.emulation.Fault;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalDynamoDb.Call;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;

/**
 * Every function that uses DynamoDB, with every fault that a call to DynamoDB can have, at every
 * moment. Whatever happens, nothing is written twice, no write that happened is reported as failed,
 * nobody waits for more than {@link #PATIENCE}, and a fault of DynamoDB is not reported as one of
 * our own. The results are infra/docs/faults.md; with the system property {@code faults.write},
 * this test writes them there. Without it, and except in a thorough run, faults last only in a few
 * cases.
 */
class FaultTableTest {
  private static final Template TEMPLATE = Template.load(Map.of());
  private static final String DOCUMENT = "infra/docs/faults.md";
  private static final Duration PATIENCE = Duration.ofSeconds(6);

  /** The tables in which every change of the data leaves an item. */
  private static final List<String> TABLES = List.of("HistoryTable", "WebhooksTable");

  private static final boolean IS_WRITTEN_ANEW = Boolean.getBoolean("faults.write");
  private static final boolean IS_THOROUGH = Checkout.IS_THOROUGH || IS_WRITTEN_ANEW;

  private static final Predicate<Call> READS = call -> !call.operation().startsWith("Transact");
  private static final Predicate<Call> WRITES = READS.negate();

  /** Faults that differ, fail one call for good, or nearly use up the time of an endpoint. */
  private static final List<List<Fault>> SEQUENCES =
      List.of(
          Collections.nCopies(4, Fault.SERVER_ERROR),
          Collections.nCopies(3, Fault.HANG),
          // A write that is repeated for longer than a list of changes holds back the newest ones.
          List.of(
              Fault.HANG,
              Fault.HANG,
              Fault.HANG,
              Fault.CONFLICT,
              Fault.HANG,
              Fault.HANG,
              Fault.HANG,
              Fault.CONFLICT,
              Fault.HANG,
              Fault.HANG),
          List.of(Fault.LOST_RESPONSE, Fault.CONFLICT),
          List.of(Fault.LOST_RESPONSE, Fault.ITEM_THROTTLED, Fault.CONFLICT));

  private static final String PASSWORD = "{\"password\":\"secret\"}";
  private static final String WEBHOOK = "{\"url\":\"https://hooks.example.net/ispcrm\"}";
  private static final String REPLAY = "{\"since\":\"2026-01-01T00:00:00Z\"}";

  private static final List<Subject> SUBJECTS = new ArrayList<>();

  /**
   * Runs side by side hold its read lock, and a run that must have the machine to itself its write
   * lock.
   */
  private static final ReadWriteLock RUNS = new ReentrantReadWriteLock();

  private static final List<String[]> DOCUMENTED_ROWS =
      Checkout.read(DOCUMENT)
          .lines()
          .map(line -> line.split("\\|"))
          .filter(row -> row.length > 2)
          .toList();

  /** Collects the failures of all cells. */
  private final SoftAssertions softly = new SoftAssertions();

  /** Calls a function once, and returns what its caller gets. */
  private interface Act extends Supplier<String> {}

  /**
   * A function in one situation.
   *
   * @param affected the calls to DynamoDB that have a fault
   * @param items how many items the call adds to {@link #TABLES} if it succeeds
   * @param preparation sets up what the call needs, without a fault, for a name that is used once
   */
  private record Subject(
      String name,
      Predicate<Call> affected,
      int items,
      LocalDynamoDb dynamoDb,
      ConcurrentLinkedQueue<String> log,
      Function<String, Act> preparation) {

    /** Whether DynamoDB cancels the transaction, because the id or name belongs to another user. */
    boolean isRefused() {
      return name.contains("taken");
    }

    /** Whether it has no client, and is called with the same entries until it succeeds. */
    boolean isRepeated() {
      return name.equals("deliver-events");
    }
  }

  @BeforeAll
  static void start() {
    add("authorizer", READS, 0, FaultTableTest::authorization);
    add("check-health", READS, 0, get("check-health"));
    add("get-user", READS, 0, withUser("get-user", "GET", ""));
    add("list-users", READS, 0, get("list-users"));
    add("list-user-history", READS, 0, withUser("list-user-history", "GET", ""));
    add("create-user", WRITES, 1, FaultTableTest::creation);
    add("create-user, taken id", WRITES, 0, FaultTableTest::creationOfTakenId);
    add("create-user, key", READS, 1, FaultTableTest::creationWithKey);
    add("create-user, key", WRITES, 1, FaultTableTest::creationWithKey);
    add("update-user", READS, 1, withUser("update-user", "PATCH", "{\"name\":\"other\"}"));
    add("update-user", WRITES, 1, withUser("update-user", "PATCH", "{\"name\":\"other\"}"));
    add("update-user, taken name", WRITES, 0, FaultTableTest::changeToTakenName);
    add("delete-user", READS, 1, withUser("delete-user", "DELETE", ""));
    add("delete-user", WRITES, 1, withUser("delete-user", "DELETE", ""));
    add("list-events", READS, 0, get("list-events"));
    add("set-password", READS, 1, withUser("set-password", "PUT", PASSWORD));
    add("set-password", WRITES, 1, withUser("set-password", "PUT", PASSWORD));
    add("remove-password", READS, 1, FaultTableTest::passwordRemoval);
    add("remove-password", WRITES, 1, FaultTableTest::passwordRemoval);
    add("list-profiles", READS, 0, get("list-profiles"));
    add("get-profile", READS, 0, withProfile("get-profile", "GET", ""));
    add("create-profile", WRITES, 1, FaultTableTest::creationOfProfile);
    add("update-profile", READS, 1, withProfile("update-profile", "PATCH", "{\"name\":\"other\"}"));
    add(
        "update-profile",
        WRITES,
        1,
        withProfile("update-profile", "PATCH", "{\"name\":\"other\"}"));
    add("delete-profile", READS, 1, withProfile("delete-profile", "DELETE", ""));
    add("delete-profile", WRITES, 1, withProfile("delete-profile", "DELETE", ""));
    add("authorize-subscriber", READS, 0, FaultTableTest::login);
    add("create-token", READS, 1, FaultTableTest::tokenCreation);
    add("create-token", WRITES, 1, FaultTableTest::tokenCreation);
    add("get-token", READS, 0, withToken("get-token", "GET"));
    add("list-tokens", READS, 0, FaultTableTest::tokenList);
    add("revoke-token", READS, 1, withToken("revoke-token", "DELETE"));
    add("revoke-token", WRITES, 1, withToken("revoke-token", "DELETE"));
    add("revoke-tokens-of-user", READS, 1, FaultTableTest::revocationOfAll);
    add("revoke-tokens-of-user", WRITES, 1, FaultTableTest::revocationOfAll);
    add("list-webhooks", READS, 0, get("list-webhooks"));
    addWithStore("get-webhook", READS, 0, withWebhook("get-webhook", "GET", ""));
    addWithStore("list-deliveries", READS, 0, withWebhook("list-deliveries", "GET", ""));
    addWithStore("create-webhook", WRITES, 2, FaultTableTest::creationOfWebhook);
    addWithStore(
        "update-webhook",
        READS,
        0,
        withWebhook("update-webhook", "PATCH", "{\"description\":\"other\"}"));
    addWithStore("delete-webhook", READS, -2, withWebhook("delete-webhook", "DELETE", ""));
    addWithStore("delete-webhook", WRITES, -2, withWebhook("delete-webhook", "DELETE", ""));
    addWithStore("test-webhook", READS, 1, withWebhook("test-webhook", "POST", ""));
    addWithStore("test-webhook", WRITES, 1, withWebhook("test-webhook", "POST", ""));
    addWithStore("replay-webhook", READS, 1, withWebhook("replay-webhook", "POST", REPLAY));
    addWithStore("replay-webhook", WRITES, 1, withWebhook("replay-webhook", "POST", REPLAY));
    addWithStore(
        "rotate-webhook-secret", READS, 0, withWebhook("rotate-webhook-secret", "POST", ""));
    addWithStore(
        "rotate-webhook-secret", WRITES, 0, withWebhook("rotate-webhook-secret", "POST", ""));
    addWithStore("deliver-events", READS, 1, FaultTableTest::newEntry);
    addWithStore("deliver-events", WRITES, 1, FaultTableTest::newEntry);
    add("bootstrap-admin", READS, 1, FaultTableTest::bootstrap);
    add("bootstrap-admin", WRITES, 1, FaultTableTest::bootstrap);
    addWithStore("expire-users", READS, 1, FaultTableTest::expiry);
    addWithStore("expire-users", WRITES, 1, FaultTableTest::expiry);
  }

  @AfterAll
  static void stop() {
    SUBJECTS.forEach(subject -> subject.dynamoDb().close());
  }

  @Test
  void noFaultHarmsTheDataOrKeepsAnybodyWaiting() throws Exception {
    String tables = introduction() + "\n## Faults that happen once\n\n" + table(false);
    if (IS_THOROUGH) {
      tables += "\n## Faults that last\n\n" + table(true);
    }
    if (IS_WRITTEN_ANEW) {
      Files.writeString(Checkout.ROOT.resolve(DOCUMENT), tables);
    }
    softly.assertThat(Checkout.read(DOCUMENT)).startsWith(tables);
    softly.assertAll();
  }

  @Test
  void noFaultAtAnyMomentHarmsTheDataOrKeepsAnybodyWaiting() throws Exception {
    Map<String, Subject> functions = new LinkedHashMap<>();
    SUBJECTS.forEach(subject -> functions.putIfAbsent(subject.name(), subject));
    ExecutorService threads = Executors.newFixedThreadPool(SUBJECTS.size());
    try {
      List<Future<?>> results = new ArrayList<>();
      functions.values().forEach(subject -> results.add(threads.submit(() -> moments(subject))));
      for (Future<?> result : results) {
        result.get();
      }
    } finally {
      threads.shutdownNow();
    }
    softly.assertAll();
  }

  /** Faults that begin with the last call of a request, or also with the first ones. */
  private void moments(Subject subject) {
    List<Call> calls = Collections.synchronizedList(new ArrayList<>());
    Act act = subject.preparation().apply("without-a-fault");
    subject.dynamoDb().causeFaults(call -> noFault(call, calls));
    assertThat(isFailure(act.get())).as(subject.name()).isEqualTo(subject.isRefused());
    subject.dynamoDb().causeFaults(call -> Optional.empty());
    Set<Integer> moments = new TreeSet<>(List.of(calls.size() - 1));
    if (IS_THOROUGH) {
      moments.addAll(List.of(0, 1, 2));
    }
    moments.removeIf(moment -> moment >= calls.size());
    for (int moment : moments) {
      for (List<Fault> faults : sequences()) {
        Call first = calls.get(moment);
        if (faults.stream().allMatch(fault -> isPossible(fault, first))) {
          moment(subject, moment, faults);
        }
      }
    }
  }

  private static Optional<Fault> noFault(Call call, List<Call> calls) {
    if (!call.function().isEmpty()) {
      calls.add(call);
    }
    return Optional.empty();
  }

  private static boolean isPossible(Fault fault, Call call) {
    return WRITES.test(call) || !fault.isOfTransactions();
  }

  private static List<List<Fault>> sequences() {
    List<List<Fault>> sequences = new ArrayList<>(SEQUENCES);
    if (IS_THOROUGH) {
      for (Fault fault : Fault.values()) {
        sequences.add(List.of(fault));
      }
    }
    return sequences;
  }

  private void moment(Subject subject, int moment, List<Fault> faults) {
    String name = moment + "-" + String.join("-", faults.stream().map(Fault::name).toList());
    AtomicInteger calls = new AtomicInteger(-moment);
    Result result =
        result(
            subject,
            name.toLowerCase(Locale.ROOT).replace("_", "-"),
            call -> {
              int position = calls.getAndIncrement();
              return position >= 0 && position < faults.size()
                  ? Optional.of(faults.get(position)).filter(fault -> isPossible(fault, call))
                  : Optional.empty();
            });
    String as = "%s, call %d, %s".formatted(subject.name(), moment + 1, faults);
    check(subject, result, as);
    if (!subject.isRepeated()) {
      softly.assertThat(result.time()).as(as).isLessThan(PATIENCE);
    }
    softly
        .assertThat(subject.log())
        .as(as)
        .filteredOn(line -> line.contains("\"ERROR\""))
        .allMatch(line -> line.contains("nothing succeeded for the 1 users who are due"));
  }

  private static String introduction() throws IOException {
    String document = Files.readString(Checkout.ROOT.resolve(DOCUMENT));
    return document.substring(0, document.indexOf("\n## "));
  }

  private String table(boolean isLasting) throws Exception {
    List<Map<Fault, String>> rows = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(SUBJECTS.size());
    try {
      List<Future<Map<Fault, String>>> results = new ArrayList<>();
      SUBJECTS.forEach(subject -> results.add(threads.submit(() -> row(subject, isLasting))));
      for (Future<Map<Fault, String>> result : results) {
        rows.add(result.get());
      }
    } finally {
      threads.shutdownNow();
    }
    StringBuilder table = new StringBuilder("| function |");
    for (Fault fault : Fault.values()) {
      table
          .append(' ')
          .append(fault.name().toLowerCase(Locale.ROOT).replace('_', ' '))
          .append(" |");
    }
    table.append("\n|").append(" --- |".repeat(Fault.values().length + 1)).append('\n');
    for (int i = 0; i < rows.size(); i++) {
      table.append("| ").append(title(SUBJECTS.get(i))).append(" |");
      for (Fault fault : Fault.values()) {
        String cell = rows.get(i).get(fault);
        table.append(' ').append(cell == null ? "–" : cell).append(" |");
      }
      table.append('\n');
    }
    return table.toString();
  }

  private static String title(Subject subject) {
    return subject.name() + (subject.affected() == WRITES ? ": write" : ": read");
  }

  private Map<Fault, String> row(Subject subject, boolean isLasting) {
    Map<Fault, String> row = new EnumMap<>(Fault.class);
    for (Fault fault : Fault.values()) {
      if (!fault.isOfTransactions() || subject.affected() == WRITES) {
        row.put(fault, cell(subject, fault, isLasting));
      }
    }
    return row;
  }

  /**
   * What a fault does. If this is not what the document says, or took too long, the reason may be
   * that the machine is busy with the other rows, so it is repeated alone, and then counts.
   */
  private String cell(Subject subject, Fault fault, boolean isLasting) {
    String name = (fault.name().toLowerCase(Locale.ROOT) + isLasting).replace("_", "-");
    String documented = documented(title(subject), fault, isLasting);
    SoftAssertions first = new SoftAssertions();
    String cell = withLock(RUNS.readLock(), () -> cell(subject, fault, isLasting, name, first));
    if (first.errorsCollected().isEmpty() && cell.equals(documented)) {
      return cell;
    }
    return withLock(
        RUNS.writeLock(), () -> cell(subject, fault, isLasting, name + "-alone", softly));
  }

  private static String withLock(Lock lock, Supplier<String> run) {
    lock.lock();
    try {
      return run.get();
    } finally {
      lock.unlock();
    }
  }

  private static String documented(String title, Fault fault, boolean isLasting) {
    return DOCUMENTED_ROWS.stream()
        .filter(row -> row[1].strip().equals(title))
        .skip(isLasting ? 1 : 0)
        .map(row -> row[2 + List.of(Fault.values()).indexOf(fault)].strip())
        .findFirst()
        .orElse("");
  }

  private String cell(
      Subject subject, Fault fault, boolean isLasting, String name, SoftAssertions assertions) {
    AtomicInteger calls = new AtomicInteger();
    Result result =
        result(
            subject,
            name,
            call ->
                subject.affected().test(call) && (calls.incrementAndGet() == 1 || isLasting)
                    ? Optional.of(fault)
                    : Optional.empty());
    String as = "%s, %s %s".formatted(title(subject), isLasting ? "lasting" : "single", fault);
    check(subject, result, as);
    assertions.assertThat(result.time()).as(as).isLessThan(PATIENCE);
    checkLog(subject, fault, result.outcome(), as, assertions);
    if (fault == Fault.HANG && isLasting) {
      return result.outcome(); // the number of attempts depends on how busy the machine is
    }
    return "%s (%d)"
        .formatted(result.outcome(), isLasting ? calls.get() : Math.min(calls.get(), 1));
  }

  /**
   * What a call of a function led to.
   *
   * @param items how many items it has added to {@link #TABLES}
   */
  private record Result(String outcome, Duration time, int items) {}

  /**
   * Calls a function.
   *
   * @param faults the fault that each call of the function to DynamoDB has
   */
  private static Result result(
      Subject subject, String name, Function<Call, Optional<Fault>> faults) {
    Act act = subject.preparation().apply(name);
    StoredState state = new StoredState(subject.dynamoDb().client());
    int before = items(state);
    subject.log().clear();
    subject
        .dynamoDb()
        .causeFaults(call -> call.function().isEmpty() ? Optional.empty() : faults.apply(call));
    long begin = System.nanoTime();
    String outcome = act.get();
    Duration time = Duration.ofNanos(System.nanoTime() - begin);
    subject.dynamoDb().causeFaults(call -> Optional.empty());
    state.checkClaims();
    return new Result(outcome, time, items(state) - before);
  }

  private static int items(StoredState state) {
    return TABLES.stream().mapToInt(table -> state.scan(table).size()).sum();
  }

  private void check(Subject subject, Result result, String as) {
    softly
        .assertThat(result.outcome())
        .as(as)
        .matches(subject.isRefused() ? "409|503" : "2..|Allow|done|503|409|failed");
    if (isFailure(result.outcome()) && subject.isRepeated()) {
      return;
    }
    softly
        .assertThat(result.items())
        .as(as + ": items")
        .isEqualTo(isFailure(result.outcome()) ? 0 : subject.items());
  }

  /** What was unavailable is logged once, as what it is. */
  private static void checkLog(
      Subject subject, Fault fault, String outcome, String as, SoftAssertions assertions) {
    boolean isThrottled =
        fault.name().contains("THROUGHPUT")
            || fault.name().contains("THROTTL")
            || fault == Fault.REQUEST_LIMIT;
    List<String> lines =
        subject.log().stream()
            .filter(line -> line.contains(" failed"))
            .filter(line -> !line.contains("expireUsers failed: java.lang"))
            .toList();
    String reason =
        fault == Fault.CONFLICT
            ? "others are changing"
            : isThrottled ? "DynamoDB throttles " : "DynamoDB did not respond properly to ";
    boolean hasRequest = outcome.equals("503") || subject.name().equals("authorizer");
    assertions
        .assertThat(lines)
        .as(as)
        .hasSize(isFailure(outcome) && !outcome.equals("409") ? 1 : 0)
        .allSatisfy(
            line ->
                assertThat(line)
                    .contains("\"level\":\"WARN\"", "\"function\":")
                    .contains(hasRequest ? "\"request_id\":\"request\"" : " failed")
                    .contains(reason));
  }

  private static boolean isFailure(String outcome) {
    return List.of("503", "409", "failed").contains(outcome);
  }

  private static void add(
      String name,
      Predicate<Call> affected,
      int items,
      Function<Requests, Function<String, Act>> scenario) {
    addWithStore(name, affected, items, (requests, client) -> scenario.apply(requests));
  }

  private static void addWithStore(
      String name,
      Predicate<Call> affected,
      int items,
      BiFunction<Requests, DynamoDbClient, Function<String, Act>> scenario) {
    LocalDynamoDb dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    dynamoDb.useInThisProcess();
    ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
    Requests requests = new Requests(new LocalLambda(TEMPLATE, log::add));
    Requests.storeCaller(dynamoDb.client());
    Function<String, Act> preparation = scenario.apply(requests, dynamoDb.client());
    // A function's client uses the DynamoDB that is in use when the function is first called.
    assertThat(preparation.apply("first").get()).isNotEqualTo("failed");
    SUBJECTS.add(new Subject(name, affected, items, dynamoDb, log, preparation));
  }

  private static Function<Requests, Function<String, Act>> get(String function) {
    return requests -> name -> () -> status(requests.call(function, "GET", null, Map.of(), ""));
  }

  private static Function<Requests, Function<String, Act>> withUser(
      String function, String method, String body) {
    return requests ->
        name -> {
          created(requests, name);
          return () -> status(requests.call(function, method, name, Map.of(), body));
        };
  }

  private static Function<String, Act> login(Requests requests) {
    return name -> {
      created(requests, name);
      assertThat(status(requests.setPassword(name, PASSWORD))).isEqualTo("204");
      String body = "{\"username\":\"%s\",\"protocol\":\"PPP\"}".formatted(name);
      return () -> status(requests.call("authorize-subscriber", "POST", null, Map.of(), body));
    };
  }

  private static Function<String, Act> passwordRemoval(Requests requests) {
    return name -> {
      created(requests, name);
      assertThat(status(requests.setPassword(name, PASSWORD))).isEqualTo("204");
      return () -> status(requests.call("remove-password", "DELETE", name, Map.of(), ""));
    };
  }

  private static Function<Requests, Function<String, Act>> withProfile(
      String function, String method, String body) {
    return requests ->
        name -> {
          String id = profileNumber(name);
          assertThat(createProfile(requests, id)).isEqualTo("201");
          return () -> status(requests.call(function, method, id, Map.of(), body));
        };
  }

  private static Function<String, Act> creationOfProfile(Requests requests) {
    return name -> () -> createProfile(requests, profileNumber(name));
  }

  private static String createProfile(Requests requests, String id) {
    String body = "{\"id\":%s,\"name\":\"100 Mbps\"}".formatted(id);
    return status(requests.call("create-profile", "POST", null, Map.of(), body));
  }

  private static String profileNumber(String name) {
    return Integer.toString(name.hashCode() & Integer.MAX_VALUE);
  }

  private static Function<Requests, Function<String, Act>> withToken(
      String function, String method) {
    return requests ->
        name -> {
          created(requests, name);
          String id = createToken(requests, name).at("/data/id").asString();
          return () -> status(requests.call(function, method, id, Map.of(), ""));
        };
  }

  private static Function<String, Act> revocationOfAll(Requests requests) {
    return name -> {
      created(requests, name);
      createToken(requests, name);
      return () -> status(requests.revokeTokensOfUser(name));
    };
  }

  private static BiFunction<Requests, DynamoDbClient, Function<String, Act>> withWebhook(
      String function, String method, String body) {
    return (requests, client) ->
        name -> {
          StoredWebhook.put(client);
          return () -> status(requests.call(function, method, StoredWebhook.ID, Map.of(), body));
        };
  }

  private static Function<String, Act> creationOfWebhook(Requests requests, DynamoDbClient client) {
    return name -> {
      StoredWebhook.put(client);
      return () -> status(requests.call("create-webhook", "POST", null, Map.of(), WEBHOOK));
    };
  }

  /** Passes the entry about the creation of a user on to a webhook. */
  private static Function<String, Act> newEntry(Requests requests, DynamoDbClient client) {
    StoredWebhook.put(client);
    return name -> {
      created(requests, name);
      String key =
          new StoredState(client)
              .scan("HistoryTable").stream()
                  .filter(entry -> entry.get("user").s().equals(name))
                  .map(entry -> entry.get("key").s())
                  .findFirst()
                  .orElseThrow();
      String event =
          """
          {"Records":[{"dynamodb":{"SequenceNumber":"1",
            "Keys":{"user":{"S":"%s"},"key":{"S":"%s"}}}}]}
          """
              .formatted(name, key);
      return () ->
          invoke(requests, "deliver-events", event)
              .filter(outcome -> outcome.get("batchItemFailures").isEmpty())
              .map(outcome -> "done")
              .orElse("failed");
    };
  }

  private static Function<String, Act> creation(Requests requests) {
    return name -> () -> status(requests.createUser("{\"id\":\"%s\"}".formatted(name)));
  }

  private static Function<String, Act> creationOfTakenId(Requests requests) {
    return name -> {
      created(requests, name);
      return () -> status(requests.createUser("{\"id\":\"%s\"}".formatted(name)));
    };
  }

  private static Function<String, Act> changeToTakenName(Requests requests) {
    return name -> {
      created(requests, name);
      created(requests, name + "-2");
      String change = "{\"username\":\"%s\"}".formatted(name);
      return () -> status(requests.call("update-user", "PATCH", name + "-2", Map.of(), change));
    };
  }

  private static Function<String, Act> creationWithKey(Requests requests) {
    return name -> () -> status(requests.createUser("{\"id\":\"%s\"}".formatted(name), name));
  }

  private static Function<String, Act> tokenCreation(Requests requests) {
    return name -> {
      created(requests, name);
      return () -> status(requests.createToken("{\"user\":\"%s\"}".formatted(name), null));
    };
  }

  private static Function<String, Act> tokenList(Requests requests) {
    Map<String, List<String>> query = Map.of("user", List.of("admin"));
    return name -> () -> status(requests.call("list-tokens", "GET", null, query, ""));
  }

  private static Function<String, Act> authorization(Requests requests) {
    return name -> {
      created(requests, name);
      String event =
          Requests.authorizerEvent(
              "GET",
              "/api/v1",
              "",
              createToken(requests, name).at("/data/token").asString(),
              "192.0.2.1");
      return () ->
          invoke(requests, "authorizer", event)
              .map(policy -> policy.at("/policyDocument/Statement/0/Effect").asString())
              .orElse("failed");
    };
  }

  private static Function<String, Act> bootstrap(Requests requests) {
    return name ->
        () -> invoke(requests, "bootstrap-admin", "{}").map(token -> "done").orElse("failed");
  }

  /** Expires a user whom a request kept active, which is then undone. */
  private static Function<String, Act> expiry(Requests requests, DynamoDbClient client) {
    return name -> {
      // A run that failed leaves its user to the next one.
      assertThat(invoke(requests, "expire-users", "{}")).isPresent();
      Requests.Response user =
          requests.createUser(
              "{\"id\":\"%s\",\"status\":\"active\",\"expiration\":\"2020-01-01 00:00:00\"}"
                  .formatted(name));
      assertThat(user.status()).isEqualTo(201);
      client.updateItem(
          update ->
              update
                  .tableName("UsersTable")
                  .key(Map.of("pk", AttributeValue.fromS("user#" + name)))
                  .updateExpression("SET #due = :expiry REMOVE kept_active_at")
                  .expressionAttributeNames(Map.of("#due", "due"))
                  .expressionAttributeValues(Map.of(":expiry", AttributeValue.fromS("expiry"))));
      return () -> invoke(requests, "expire-users", "{}").map(run -> "done").orElse("failed");
    };
  }

  private static Optional<JsonNode> invoke(Requests requests, String function, String event) {
    try {
      return Optional.of(Checkout.JSON.readTree(requests.lambda().invoke(function, event)));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  private static void created(Requests requests, String name) {
    assertThat(requests.createUser("{\"id\":\"%s\"}".formatted(name)).status()).isEqualTo(201);
  }

  private static JsonNode createToken(Requests requests, String user) {
    Requests.Response response = requests.createToken("{\"user\":\"%s\"}".formatted(user), null);
    assertThat(response.status()).isEqualTo(201);
    return response.body();
  }

  private static String status(Requests.Response response) {
    if (response.status() == 503) {
      assertThat(response.headers().path("Retry-After").asString("none")).isEqualTo("5");
    }
    return Integer.toString(response.status());
  }
}
