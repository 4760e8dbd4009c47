package ispcrm.e2e;

import static ispcrm.e2e.PackagedFunctions.TEMPLATE;
import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.emulation.LambdaProcess;
import ispcrm.emulation.LocalDynamoDb;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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
      Map.of(
          "get-user", List.of("unknown", "\"statusCode\":404"),
          "create-token", List.of("unknown-user", "\"statusCode\":404"),
          "not-found", List.of("unknown-route", "\"statusCode\":404"),
          "authorizer", List.of("bearer", "\"errorMessage\":\"Unauthorized\""),
          "bootstrap-admin", List.of("ok", "\"token\":\"ispcrm_"));

  /** The classes that generate ids and tokens. */
  private static final List<String> GENERATORS =
      List.of("ispcrm.users.GeneratedIds", "ispcrm.tokens.BearerToken", "ispcrm.tokens.Token ");

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
    return new TreeSet<>(TEMPLATE.functions().keySet()).stream();
  }

  @ParameterizedTest
  @MethodSource("functions")
  void functionIsPrimedAndItsFirstCallSucceeds(String name) throws Exception {
    boolean hasTable =
        TEMPLATE.functions().get(name).environment().keySet().stream()
            .anyMatch(variable -> variable.endsWith("_TABLE"));
    Map<String, Map<String, Object>> before = items();
    dynamoDb.listen(calls::add);
    Path classes = folder.resolve("classes");
    Map<String, String> environment = new HashMap<>(dynamoDb.environment());
    environment.put("JAVA_TOOL_OPTIONS", "-Xlog:class+load:file=" + classes);
    try (LambdaProcess function =
        LambdaProcess.startForSnapshot(
            TEMPLATE, name, folder.resolve(name), environment, "BEFORE")) {
      function.awaitSnapshot();

      assertThat(accessKeys()).isEqualTo(hasTable ? Set.of("BEFORE") : Set.of());
      dynamoDb.listen(call -> {});
      assertThat(items()).as("what the tables hold").isEqualTo(before);
      // The authorizer parses tokens, so it loads a class that could also generate them.
      if (!name.equals("authorizer")) {
        assertThat(Files.readString(classes))
            .contains("ispcrm.gateway.LambdaEntryPoint")
            .doesNotContain(GENERATORS);
      }
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
      assertThat(accessKeys()).isEqualTo(hasTable ? Set.of("AFTER") : Set.of());
      assertThat(function.log())
          .contains(" of release none was restored")
          .doesNotContain("not primed", "failed on request");
      // bootstrap-admin warns of each use.
      assertThat(function.log().contains("WARN")).isEqualTo(name.equals("bootstrap-admin"));
      SecretScan.assertNoToken("the log of " + name, function.log());
    }
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
      // It gives up after a few of its hundred priming iterations.
      assertThat(function.log().split("SdkClientException: ", -1)).hasSizeBetween(2, 60);
    }
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
