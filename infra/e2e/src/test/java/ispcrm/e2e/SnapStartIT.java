package ispcrm.e2e;

import static ispcrm.e2e.PackagedFunctions.TEMPLATE;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.Field;
import com.sun.jdi.LongValue;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import ispcrm.emulation.LambdaProcess;
import ispcrm.emulation.LocalDynamoDb;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Emulates SnapStart: runs each packaged function under the real Lambda runtime client up to the
 * point where Lambda takes the snapshot, and resumes it from there with new credentials.
 */
class SnapStartIT {

  /** The event and the text of the response for a first call that succeeds without any data. */
  private static final List<String> DEFAULT_FIRST_CALL = List.of("ok", "\"statusCode\":20");

  /** The first calls of the other functions, whose events name data that is not there. */
  private static final Map<String, List<String>> FIRST_CALLS =
      Map.ofEntries(
          Map.entry("get-user", List.of("ok", "\"statusCode\":404")),
          Map.entry("update-user", List.of("ok", "\"statusCode\":404")),
          Map.entry("delete-user", List.of("ok", "\"statusCode\":404")),
          Map.entry("list-user-history", List.of("ok", "\"statusCode\":404")),
          Map.entry("set-password", List.of("ok", "\"statusCode\":404")),
          Map.entry("remove-password", List.of("ok", "\"statusCode\":404")),
          Map.entry("get-profile", List.of("ok", "\"statusCode\":404")),
          Map.entry("update-profile", List.of("ok", "\"statusCode\":404")),
          Map.entry("delete-profile", List.of("ok", "\"statusCode\":404")),
          Map.entry("get-webhook", List.of("ok", "\"statusCode\":404")),
          Map.entry("update-webhook", List.of("ok", "\"statusCode\":404")),
          Map.entry("delete-webhook", List.of("ok", "\"statusCode\":404")),
          Map.entry("test-webhook", List.of("ok", "\"statusCode\":404")),
          Map.entry("rotate-webhook-secret", List.of("ok", "\"statusCode\":404")),
          Map.entry("replay-webhook", List.of("ok", "\"statusCode\":404")),
          Map.entry("list-deliveries", List.of("ok", "\"statusCode\":404")),
          Map.entry("deliver-events", List.of("ok", "{\"batchItemFailures\":[]}")),
          Map.entry("send-deliveries", List.of("ok", "{\"delivered\":0,\"failed\":0}")),
          Map.entry("get-token", List.of("ok", "\"statusCode\":404")),
          Map.entry("list-tokens", List.of("ok", "\"statusCode\":404")),
          Map.entry("revoke-token", List.of("ok", "\"statusCode\":404")),
          Map.entry("create-token", List.of("ok", "\"statusCode\":404")),
          Map.entry("not-found", List.of("unknown-route", "\"statusCode\":404")),
          Map.entry("revoke-tokens-of-user", List.of("ok", "\"statusCode\":404")),
          Map.entry("authorizer", List.of("bearer", "\"errorMessage\":\"Unauthorized\"")));

  /**
   * The functions that are tested in any case. The others differ little from them, and are tested
   * if the system property {@code thorough} is set.
   */
  private static final Set<String> IN_EVERY_RUN = Set.of("authorizer", "create-user");

  private static final String OPTIONS = "JAVA_TOOL_OPTIONS";

  /** The classes that generate ids and tokens. */
  private static final List<String> GENERATORS =
      List.of("ispcrm.users.GeneratedIds", "ispcrm.tokens.BearerToken");

  private static LocalDynamoDb dynamoDb;

  private final List<LocalDynamoDb.Call> calls = new CopyOnWriteArrayList<>();

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    dynamoDb = PackagedFunctions.startDynamoDb();
  }

  @AfterAll
  static void close() {
    if (dynamoDb != null) {
      dynamoDb.close();
    }
  }

  static Stream<String> functions() {
    return new TreeSet<>(TEMPLATE.functions().keySet())
        .stream()
            .filter(name -> TEMPLATE.functions().get(name).hasSnapshot())
            .filter(name -> Boolean.getBoolean("thorough") || IN_EVERY_RUN.contains(name));
  }

  @ParameterizedTest
  @MethodSource("functions")
  void function_restored_isPrimedAndItsFirstCallSucceedsAndFaultsAreReported(String name)
      throws Exception {
    boolean usesTables = !TEMPLATE.functions().get(name).permissions().isEmpty();
    Map<String, Map<String, Object>> before = items();
    dynamoDb.listen(calls::add);
    Path classes = folder.resolve("classes");
    Map<String, String> environment = new HashMap<>(dynamoDb.environment());
    Path collections = folder.resolve("collections");
    environment.put(
        OPTIONS,
        options(name) + " -Xlog:class+load:file=" + classes + " -Xlog:gc:file=" + collections);
    try (LambdaProcess function =
        LambdaProcess.startForSnapshot(
            TEMPLATE, name, folder.resolve(name), environment, "BEFORE")) {
      function.awaitSnapshot();

      assertThat(accessKeys()).isEqualTo(usesTables ? Set.of("BEFORE") : Set.of());
      assertThat(calls)
          .as("calls to the real tables")
          .allMatch(call -> List.of("GetItem", "Query").contains(call.operation()));
      dynamoDb.listen(call -> {});
      assertThat(items()).as("what the tables hold").isEqualTo(before);
      // The authorizer parses tokens, so it loads a class that could also generate them.
      if (!name.equals("authorizer")) {
        assertThat(Files.readString(classes))
            .contains("ispcrm.runtime.LambdaEntryPoint")
            .doesNotContain(GENERATORS);
      }
      Set<String> connectionsBefore = connections();
      calls.clear();
      dynamoDb.listen(calls::add);
      function.restore("AFTER");

      assertThat(function.invoke("{\"keepActive\":true}"))
          .isEqualTo(new LambdaProcess.Outcome(false, "{}"));
      assertThat(calls).as("calls to keep the function active").isEmpty();
      List<String> firstCall = FIRST_CALLS.getOrDefault(name, DEFAULT_FIRST_CALL);
      LambdaProcess.Outcome outcome =
          function.invoke(PackagedFunctions.event(name, firstCall.get(0)));
      dynamoDb.listen(call -> {});

      assertThat(outcome.json()).contains(firstCall.get(1));
      // After a full collection, Java checks each compiled method again at its first call.
      assertThat(Files.readString(collections))
          .contains("Pause Young")
          .doesNotContain("System.gc()", "CodeCache");
      assertThat(accessKeys()).isEqualTo(usesTables ? Set.of("AFTER") : Set.of());
      assertThat(connections()).as("connections").noneMatch(connectionsBefore::contains);
      assertThat(function.log())
          .contains(" was restored\"", "\"release\":\"none\"")
          .doesNotContain("not primed", " failed", "WARN");
      SecretScan.assertNoToken("the log of " + name, function.log());
      if (usesTables) {
        PackagedFaultsIT.assertReported(name, function, dynamoDb);
      }
    }
  }

  @Test
  void noDnsResponseOutlivesTheSnapshot() throws Exception {
    URI endpoint = URI.create(dynamoDb.environment().get("AWS_ENDPOINT_URL_DYNAMODB"));
    dynamoDb.listenAt("127.0.0.2", endpoint.getPort());
    Path hosts = folder.resolve("hosts");
    Files.writeString(hosts, "127.0.0.1 dynamodb.example\n");
    Map<String, String> environment = new HashMap<>(dynamoDb.environment());
    environment.put("AWS_ENDPOINT_URL_DYNAMODB", "http://dynamodb.example:" + endpoint.getPort());
    environment.put(OPTIONS, options("get-user") + " -Djdk.net.hosts.file=" + hosts);
    dynamoDb.listen(calls::add);
    try (LambdaProcess function =
        LambdaProcess.startForSnapshot(
            TEMPLATE, "get-user", folder.resolve("get-user"), environment, "BEFORE")) {
      function.awaitSnapshot();
      assertThat(servers()).containsExactly("127.0.0.1");
      calls.clear();
      Files.writeString(hosts, "127.0.0.2 dynamodb.example\n");
      function.restore("AFTER");
      assertThat(function.invoke(PackagedFunctions.event("get-user", "ok")).json())
          .contains("\"statusCode\":404");
      assertThat(servers()).containsExactly("127.0.0.2");
    } finally {
      dynamoDb.listen(call -> {});
    }
  }

  /** A debugger gives two processes the same state at the snapshot, as if they were its copies. */
  @Test
  void copiesOfASnapshotDrawDifferentRandomNumbers() throws Exception {
    assertThat(randomStateOfACopy("one")).isNotEqualTo(randomStateOfACopy("two"));
  }

  /** The state of ThreadLocalRandom, which determines the next numbers, after a first call. */
  private long randomStateOfACopy(String name) throws Exception {
    Map<String, String> environment = new HashMap<>(dynamoDb.environment());
    int port = LocalRun.freePort();
    environment.put(
        OPTIONS,
        options("get-user")
            + " -agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:"
            + port);
    try (LambdaProcess function =
        LambdaProcess.startForSnapshot(
            TEMPLATE, "get-user", folder.resolve(name), environment, "BEFORE")) {
      function.awaitSnapshot();
      VirtualMachine machine = debug(port);
      ThreadReference main =
          machine.allThreads().stream()
              .filter(thread -> thread.name().equals("main"))
              .findFirst()
              .orElseThrow();
      Field state = main.referenceType().fieldByName("threadLocalRandomSeed");
      main.setValue(state, machine.mirrorOf(1L));
      function.restore("AFTER");
      assertThat(function.invoke(PackagedFunctions.event("get-user", "ok")).json())
          .contains("\"statusCode\":404");
      long after = ((LongValue) main.getValue(state)).value();
      machine.dispose();
      return after;
    }
  }

  private static VirtualMachine debug(int port) throws Exception {
    AttachingConnector connector =
        Bootstrap.virtualMachineManager().attachingConnectors().stream()
            .filter(one -> one.name().equals("com.sun.jdi.SocketAttach"))
            .findFirst()
            .orElseThrow();
    Map<String, Connector.Argument> arguments = connector.defaultArguments();
    arguments.get("hostname").setValue("127.0.0.1");
    arguments.get("port").setValue("" + port);
    return connector.attach(arguments);
  }

  @ParameterizedTest
  @ValueSource(strings = {"get-user", "authorizer"})
  void anUnreachableTableIsLoggedAndDoesNotPreventPublishingAVersion(String name) throws Exception {
    Map<String, String> environment = new HashMap<>(dynamoDb.environment());
    environment.put("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1");
    try (LambdaProcess function =
        LambdaProcess.startForSnapshot(
            TEMPLATE, name, folder.resolve(name), environment, "BEFORE")) {
      function.awaitSnapshot();
      // It gives up after a few of its thirty connections.
      assertThat(function.log().split("SdkClientException: ", -1)).hasSizeBetween(2, 60);
    }
  }

  /** The template's options for Java, so that what is tested is what is deployed. */
  private static String options(String name) {
    return TEMPLATE.functions().get(name).environment().get(OPTIONS);
  }

  private Set<String> connections() {
    return calls.stream().map(LocalDynamoDb.Call::connection).collect(Collectors.toSet());
  }

  private Set<String> servers() {
    return calls.stream()
        .map(call -> ((InetSocketAddress) call.server()).getAddress().getHostAddress())
        .collect(Collectors.toSet());
  }

  private Set<String> accessKeys() {
    return new TreeSet<>(calls.stream().map(LocalDynamoDb.Call::accessKey).toList());
  }

  /** Every item of every table, as text. */
  private static Map<String, Map<String, Object>> items() {
    Map<String, Map<String, Object>> items = new HashMap<>();
    for (String table : dynamoDb.client().listTables().tableNames()) {
      Map<String, Object> all = new HashMap<>();
      dynamoDb
          .client()
          .scan(request -> request.tableName(table))
          .items()
          .forEach(item -> all.put(item.toString(), item));
      items.put(table, all);
    }
    return items;
  }
}
