package ispcrm.e2e;

import static ispcrm.e2e.PackagedFunctions.TEMPLATE;
import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.emulation.Fault;
import ispcrm.emulation.LambdaProcess;
import ispcrm.emulation.LocalDynamoDb;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every packaged function that uses DynamoDB, while none of its calls succeeds. FaultTableTest goes
 * through all faults, but with the handlers in its own process.
 */
class PackagedFaultsIT {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration PATIENCE = Duration.ofSeconds(6);

  /** What each fault is in the log. */
  private static final Map<Fault, String> REASONS =
      Map.of(
          Fault.RESET, "DynamoDB did not respond properly to ",
          Fault.THROTTLING, "DynamoDB throttles ");

  /** The events of functions that have none with the name ok. */
  private static final Map<String, String> EVENTS = Map.of("authorizer", "bearer");

  private static LocalDynamoDb dynamoDb;

  @BeforeAll
  static void start() {
    dynamoDb = PackagedFunctions.startDynamoDb();
  }

  @AfterAll
  static void stop() {
    if (dynamoDb != null) {
      dynamoDb.close();
    }
  }

  static Stream<String> functions() {
    return new TreeSet<>(TEMPLATE.functions().keySet())
        .stream().filter(name -> !TEMPLATE.functions().get(name).hasSnapshot());
  }

  /** SnapStartIT does the same with the functions that have a snapshot. */
  @ParameterizedTest
  @MethodSource("functions")
  void lastingFault_functionWithoutSnapshot_isReportedInTimeAndLoggedOnce(
      String name, @TempDir Path folder) throws Exception {
    try (LambdaProcess function =
        LambdaProcess.start(TEMPLATE, name, folder.resolve(name), dynamoDb.environment())) {
      function.awaitReady();
      assertReported(name, function, dynamoDb);
    }
  }

  /** A running function, none of whose calls to DynamoDB succeeds. */
  static void assertReported(String name, LambdaProcess function, LocalDynamoDb dynamoDb)
      throws Exception {
    boolean isEndpoint = !TEMPLATE.functions().get(name).routes().isEmpty();
    List<Map<String, AttributeValue>> history = history(dynamoDb);
    for (Map.Entry<Fault, String> fault : REASONS.entrySet()) {
      List<String> before = function.log().lines().toList();
      dynamoDb.causeFaults(
          call -> call.function().equals(name) ? Optional.of(fault.getKey()) : Optional.empty());
      long begin = System.nanoTime();
      LambdaProcess.Outcome outcome =
          function.invoke(PackagedFunctions.event(name, EVENTS.getOrDefault(name, "ok")));
      Duration time = Duration.ofNanos(System.nanoTime() - begin);
      dynamoDb.causeFaults(call -> Optional.empty());
      assertThat(time).as("%s", fault).isLessThan(PATIENCE);
      assertThat(outcome.failed()).as("%s", outcome).isEqualTo(!isEndpoint);
      if (isEndpoint) {
        JsonNode response = JSON.readTree(outcome.json());
        assertThat(response.get("statusCode").asInt()).as("%s", response).isEqualTo(503);
        assertThat(response.at("/headers/Retry-After").asString()).isEqualTo("5");
      }
      List<String> lines =
          function
              .log()
              .lines()
              .skip(before.size())
              .filter(line -> line.contains("\"WARN\""))
              .toList();
      assertThat(lines).as("%s", fault).singleElement().asString().contains(fault.getValue());
      assertComplete(lines.get(0), isEndpoint || name.equals("authorizer"));
    }
    assertThat(history(dynamoDb)).isEqualTo(history);
  }

  private static List<Map<String, AttributeValue>> history(LocalDynamoDb dynamoDb) {
    return dynamoDb.client().scan(scan -> scan.tableName("HistoryTable")).items();
  }

  private static void assertComplete(String text, boolean isOfRequest) {
    JsonNode line = JSON.readTree(text);
    assertThat(line.get("message").asString()).contains(" failed: ");
    if (isOfRequest) {
      assertThat(line.get("request_id").asString()).isNotEmpty();
      assertThat(line.get("route").asString()).startsWith("/api/v1");
    }
    assertThat(line.get("start").asString()).isIn("cold", "warm");
    assertThat(line.get("release").asString()).isEqualTo("none");
    assertThat(line.get("duration_ms").isInt()).isTrue();
  }
}
