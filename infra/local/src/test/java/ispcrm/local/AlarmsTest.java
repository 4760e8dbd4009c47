package ispcrm.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ispcrm.emulation.Fault;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Each fault that an operator must notice moves the metric of its alarm, as the template defines
 * them, and no other alarm goes off. The responses are those of the local gateway and the log lines
 * those of the functions. What API Gateway counts is computed from the responses, so only an
 * account can show that it counts them in the same way.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html">API
 *     Gateway's metrics</a>
 */
class AlarmsTest {
  /** With a limit of latency that no machine exceeds, however busy it is. */
  private static final Template TEMPLATE =
      Template.load(
          Map.of(
              "RouteRequestsPerSecond", "1",
              "RouteRequestsBurst", "20",
              "AlarmLatencyMilliseconds", "29000"));

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int AT_ONCE = 300;
  private static final String RADIUS = "/api/v1/radius/authorize";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final ConcurrentLinkedQueue<JsonNode> log = new ConcurrentLinkedQueue<>();
  private final List<Seen> responses = new ArrayList<>();

  /** The function whose invocations failed, and Lambda counted it. */
  private String failedFunction = "none";

  private LocalDynamoDb dynamoDb;
  private LocalLambda lambda;
  private LocalGateway gateway;
  private String token;

  /**
   * A response, and how long the client waited for it.
   *
   * @param line its line in the access log, which has a hyphen for a value that is not known
   */
  private record Seen(int status, Duration latency, Map<String, String> line) {
    static Seen of(HttpResponse<byte[]> response, boolean hasToken, Duration latency) {
      boolean isKnown = hasToken && response.statusCode() != 401 && response.statusCode() != 429;
      return new Seen(
          response.statusCode(),
          latency,
          Map.of(
              "status", String.valueOf(response.statusCode()),
              "route", response.request().uri().getPath(),
              "method", response.request().method(),
              "token_id", isKnown ? "t" : "-",
              "bytes", String.valueOf(response.body().length)));
    }
  }

  @BeforeEach
  void start() throws Exception {
    dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    dynamoDb.useInThisProcess();
    lambda = new LocalLambda(TEMPLATE, line -> log.add(JSON.readTree(line)));
    token = JSON.readTree(lambda.invoke("bootstrap-admin", "{}")).get("token").asString();
    SampleUsers.add(dynamoDb.client(), TEMPLATE);
    log.clear();
    lambda.invoke("expire-users", "{}");
    lambda.invoke("deliver-events", "{}");
    gateway = LocalGateway.listen(0);
  }

  @AfterEach
  void stop() {
    gateway.close();
    dynamoDb.close();
  }

  @Test
  void ordinaryUseSetsOffNone() throws Exception {
    gateway.start(TEMPLATE, lambda, false);
    request(30, "/api/v1/users/jonewe", token);
    request(10, "/api/v1/users/unknown", token);
    request(20, "/api/v1/users?limit=200", token);
    request(300, "/api/v1/health", null);
    request(20, "/docs", null);
    request(5, "/api/v1/openapi.json", null);
    assertThat(activeAlarms()).isEmpty();
  }

  /** One computer that calls each public route as often as its limit allows, and no more. */
  @Test
  void anonymousComputer_atTheLimitOfThePublicRoutes_isNoticed() throws Exception {
    gateway.start(TEMPLATE, lambda, false);
    int fiveMinutes = 300 * Integer.parseInt(TEMPLATE.parameter("PublicRequestsPerSecond"));
    for (String path : List.of("/docs", "/api/v1/openapi.json", "/Admin/getToken")) {
      request(fiveMinutes, path, null);
    }
    assertThat(activeAlarms()).containsExactly("AnonymousRequestsAlarm", "BytesSentAlarm");
  }

  /** The bytes do not matter here, but each request costs something. */
  @Test
  void anonymousComputer_atTheLimitOfOneRoute_isNoticed() throws Exception {
    gateway.start(TEMPLATE, lambda, false);
    int fiveMinutes = 300 * Integer.parseInt(TEMPLATE.parameter("PublicRequestsPerSecond"));
    request(fiveMinutes, "/api/v1/health", null);
    assertThat(activeAlarms()).containsExactly("AnonymousRequestsAlarm");
  }

  @Test
  void aDynamoDbThatThrottles() throws Exception {
    gateway.start(TEMPLATE, lambda, false);
    dynamoDb.causeFaults(call -> of("get-user", call, Fault.THROTTLING));
    request(5, "/api/v1/users/jonewe", token);
    assertThat(activeAlarms()).containsExactly("ApiFaultsAlarm");
    assertLogged("WARN", "getUser failed: DynamoDB throttles GetItem");
  }

  @Test
  void anAuthorizerThatCannotReadTokens() throws Exception {
    gateway.start(TEMPLATE, lambda, false);
    dynamoDb.causeFaults(call -> of("authorizer", call, Fault.RESET));
    request(5, "/api/v1", token);
    assertThat(activeAlarms()).containsExactly("ApiFaultsAlarm");
    assertLogged("WARN", "authorizer failed: DynamoDB did not respond properly to GetItem");
  }

  @Test
  void anErrorOfOurOwn() throws Exception {
    gateway.start(TEMPLATE, lambda, false);
    dynamoDb
        .client()
        .updateItem(
            update ->
                update
                    .tableName("UsersTable")
                    .key(Map.of("pk", AttributeValue.fromS("user#jonewe")))
                    .updateExpression("SET #name = :number")
                    .expressionAttributeNames(Map.of("#name", "name"))
                    .expressionAttributeValues(Map.of(":number", AttributeValue.fromN("1"))));
    request(3, "/api/v1/users/jonewe", token);
    assertThat(activeAlarms()).containsExactly("ApiFaultsAlarm");
    assertLogged("ERROR", "getUser failed: ");
  }

  @Test
  void aDynamoDbThatIsSlow() throws Exception {
    Template strict = Template.load(Map.of("AlarmLatencyMilliseconds", "400"));
    gateway.start(strict, lambda, false);
    dynamoDb.causeFaults(call -> of("get-user", call, Fault.SLOW));
    request(20, "/api/v1/users/jonewe", token);
    assertThat(activeAlarms(strict)).containsExactly("ApiLatencyAlarm");
  }

  @Test
  void aFloodOfRequests() throws Exception {
    gateway.start(TEMPLATE, lambda, true);
    request(60, "/api/v1/users/jonewe", token);
    assertThat(activeAlarms()).containsExactly("ThrottledRequestsAlarm");
  }

  @Test
  void guessedTokens() throws Exception {
    gateway.start(TEMPLATE, lambda, false);
    request(100, "/api/v1", "ispcrm_" + "0".repeat(49));
    assertThat(activeAlarms()).containsExactly("ClientErrorsAlarm");
    assertLogged("INFO", "denied: unauthorized");
  }

  /** Its token has expired, or lost its scope. */
  @Test
  void radiusServerThatIsRefused_isNoticed() throws Exception {
    gateway.start(TEMPLATE, lambda, false);
    request(3, RADIUS, token);
    request(2, RADIUS, "ispcrm_" + "0".repeat(49));
    assertThat(activeAlarms()).isEmpty();
    request(1, RADIUS, "ispcrm_" + "0".repeat(49));
    assertThat(activeAlarms()).containsExactly("RadiusRefusedAlarm");
  }

  @Test
  void radiusServerWhoseTokenExpiresSoon_isNoticed() throws Exception {
    gateway.start(TEMPLATE, lambda, false);
    send("/api/v1/users", "{\"id\":\"nas\",\"role\":\"radius\"}");
    for (int days : new int[] {15, 13}) {
      String body = "{\"user\":\"nas\",\"expires_in_days\":%d}".formatted(days);
      request(1, RADIUS, send("/api/v1/tokens", body).at("/data/token").asString());
      assertThat(activeAlarms()).isEqualTo(days == 13 ? Set.of("RadiusTokenAlarm") : Set.of());
    }
  }

  private JsonNode send(String path, String body) throws Exception {
    return JSON.readTree(
        HTTP.send(
                HttpRequest.newBuilder(gateway.address().resolve(path))
                    .header("Authorization", "Bearer " + token)
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body());
  }

  @Test
  void anotherAdministrator() throws Exception {
    lambda.invoke("bootstrap-admin", "{}");
    assertThat(activeAlarms()).containsExactly("BootstrapAdminAlarm");
  }

  @Test
  void noRunOfTheSchedule() {
    log.clear();
    lambda.invoke("deliver-events", "{}");
    dynamoDb.causeFaults(call -> of("expire-users", call, Fault.SERVER_ERROR));
    assertThatThrownBy(() -> lambda.invoke("expire-users", "{}"))
        .isInstanceOf(RuntimeException.class);
    // Lambda counts it, and repeats it.
    failedFunction = "ExpireUsersFunction";
    assertThat(activeAlarms()).containsExactly("ExpiryAlarm", "ExpiryFailuresAlarm");
  }

  @Test
  void nobodyWhoLooksForEvents_isNoticed() {
    log.clear();
    lambda.invoke("expire-users", "{}");
    assertThat(activeAlarms()).containsExactly("UndeliveredEventsAlarm");
  }

  @Test
  void eventThatWaitsForAnHour_isNoticed() throws Exception {
    gateway.start(TEMPLATE, lambda, false);
    String id =
        send("/api/v1/webhooks", "{\"url\":\"https://hooks.example.net/\"}")
            .at("/data/id")
            .asString();
    Instant old = Instant.now().minus(Duration.ofHours(1));
    String event = "%014d-00000000".formatted(old.toEpochMilli());
    String due = "%014d-%s".formatted(Instant.now().plusSeconds(60).toEpochMilli(), event);
    dynamoDb
        .client()
        .putItem(
            put ->
                put.tableName("WebhooksTable")
                    .item(
                        Map.of(
                            "partition", AttributeValue.fromS("due#" + id),
                            "key", AttributeValue.fromS(due),
                            "id", AttributeValue.fromS(event),
                            "type", AttributeValue.fromS("user.created"),
                            "user", AttributeValue.fromS("ann"),
                            "entry", AttributeValue.fromS(event),
                            "attempts", AttributeValue.fromN("3"))));
    log.clear();
    lambda.invoke("expire-users", "{}");
    lambda.invoke("deliver-events", "{}");
    assertThat(activeAlarms()).containsExactly("UndeliveredEventsAlarm");
  }

  private static Optional<Fault> of(String function, LocalDynamoDb.Call call, Fault fault) {
    return call.function().equals(function) ? Optional.of(fault) : Optional.empty();
  }

  private void assertLogged(String level, String message) {
    assertThat(log)
        .anySatisfy(
            line -> {
              assertThat(line.get("level").asString()).isEqualTo(level);
              assertThat(line.get("message").asString()).startsWith(message);
              assertThat(line.get("request_id").asString()).isNotEmpty();
              assertThat(line.get("route").asString()).startsWith("/api/v1");
            });
  }

  /** Sends requests, at most as many at once as the gateway accepts. */
  private void request(int times, String path, String bearer) {
    for (int sent = 0; sent < times; sent += AT_ONCE) {
      requestAtOnce(Math.min(AT_ONCE, times - sent), path, bearer);
    }
  }

  private void requestAtOnce(int times, String path, String bearer) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(gateway.address().resolve(path));
    if (bearer != null) {
      builder.header("Authorization", "Bearer " + bearer);
    }
    if (path.equals(RADIUS)) {
      builder.POST(HttpRequest.BodyPublishers.ofString("{}"));
    }
    HttpRequest request = builder.build();
    List<CompletableFuture<Seen>> all =
        IntStream.range(0, times)
            .mapToObj(
                i -> {
                  long begin = System.nanoTime();
                  return HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
                      .thenApply(
                          response ->
                              Seen.of(
                                  response,
                                  bearer != null,
                                  Duration.ofNanos(System.nanoTime() - begin)));
                })
            .toList();
    all.forEach(one -> responses.add(one.join()));
  }

  private Set<String> activeAlarms() {
    return activeAlarms(TEMPLATE);
  }

  /** The template's alarms that are in the state ALARM, if all this happened in one period. */
  private Set<String> activeAlarms(Template template) {
    Set<String> active = new TreeSet<>();
    object(template.document().get("Resources"))
        .forEach(
            (name, resource) -> {
              if (object(resource).get("Type").equals("AWS::CloudWatch::Alarm")
                  && isActive(template, object(object(resource).get("Properties")))) {
                active.add(name);
              }
            });
    return active;
  }

  private boolean isActive(Template template, Map<String, Object> alarm) {
    double value =
        alarm.get("Metrics") instanceof List<?> metrics
            ? evaluate(template, metrics)
            : metric(
                template,
                String.valueOf(alarm.get("MetricName")),
                alarm.get("Statistic"),
                alarm.get("Dimensions"));
    Object given = alarm.get("Threshold");
    double threshold =
        Double.parseDouble(
            given instanceof Map<?, ?> reference
                ? template.parameter(String.valueOf(reference.get("Ref")))
                : String.valueOf(given));
    return switch (String.valueOf(alarm.get("ComparisonOperator"))) {
      case "GreaterThanOrEqualToThreshold" -> value >= threshold;
      case "GreaterThanThreshold" -> value > threshold;
      case "LessThanThreshold" -> value < threshold;
      default -> throw new IllegalArgumentException(alarm.toString());
    };
  }

  /**
   * An expression of the form {@code product} or {@code IF(number >= 3, product, 0)} over the other
   * metrics, as in working hours.
   */
  private double evaluate(Template template, List<?> metrics) {
    Map<String, Double> values = new LinkedHashMap<>();
    String expression = "";
    for (Object entry : metrics) {
      Map<String, Object> metric = object(entry);
      if (metric.containsKey("Expression")) {
        expression = String.valueOf(metric.get("Expression"));
      } else {
        Map<String, Object> query = object(metric.get("MetricStat"));
        String name = String.valueOf(object(query.get("Metric")).get("MetricName"));
        values.put(
            String.valueOf(metric.get("Id")),
            metric(
                template, name, query.get("Stat"), object(query.get("Metric")).get("Dimensions")));
      }
    }
    expression = expression.replaceAll("FILL\\((\\w+), 0\\)", "$1");
    expression = expression.replaceFirst("^IF\\(DAY.* AND HOUR.*, (\\w+), 0\\)$", "$1");
    String product = expression;
    if (expression.startsWith("IF")) {
      MatchResult parts = match("IF\\((\\w+) >= (\\d+), (.+), 0\\)", expression);
      if (values.get(parts.group(1)) < Double.parseDouble(parts.group(2))) {
        return 0;
      }
      product = parts.group(3);
    }
    Function<String, Double> value =
        text -> values.containsKey(text) ? values.get(text) : Double.valueOf(text);
    String[] terms = product.split(" ", -1);
    double result = value.apply(terms[0]);
    for (int i = 1; i < terms.length; i += 2) {
      double operand = value.apply(terms[i + 1]);
      result =
          switch (terms[i]) {
            case "*" -> result * operand;
            case "+" -> result + operand;
            default -> result / operand;
          };
    }
    return result;
  }

  private double metric(Template template, String name, Object statistic, Object dimensions) {
    List<Double> values =
        switch (name) {
          case "5XXError" -> values(seen -> seen.status() >= 500 ? 1.0 : 0.0);
          case "4XXError" -> values(seen -> seen.status() / 100 == 4 ? 1.0 : 0.0);
          case "Count" -> values(seen -> 1.0);
          case "Errors" -> List.of(String.valueOf(dimensions).contains(failedFunction) ? 1.0 : 0.0);
          case "ApproximateNumberOfMessagesVisible" -> List.of(0.0);
          case "Latency" -> values(seen -> (double) seen.latency().toMillis());
          default -> logMetric(template, name);
        };
    return switch (String.valueOf(statistic)) {
      case "Sum" -> values.stream().mapToDouble(each -> each).sum();
      // Without a value, the alarm goes off.
      case "Minimum" ->
          values.stream().mapToDouble(each -> each).min().orElse(Double.POSITIVE_INFINITY);
      case "Maximum" -> values.stream().mapToDouble(each -> each).max().orElse(0);
      case "Average" -> values.stream().mapToDouble(each -> each).average().orElse(0);
      case "p99" ->
          values.stream().sorted().skip(values.size() * 99L / 100).findFirst().orElse(0.0);
      default -> throw new IllegalArgumentException(name + statistic);
    };
  }

  private List<Double> values(Function<Seen, Double> value) {
    return responses.stream().map(value).toList();
  }

  /** A metric that a filter makes of the lines of the access log or of the functions. */
  private List<Double> logMetric(Template template, String name) {
    Map<String, Object> filter = object(template.resource(name).get("Properties"));
    String pattern = String.valueOf(filter.get("FilterPattern")).replaceAll("^\\{ | }$", "");
    Map<String, Object> metric = object(((List<?>) filter.get("MetricTransformations")).get(0));
    boolean isOfAccessLog = filter.get("LogGroupName").toString().contains("AccessLogs");
    return (isOfAccessLog
            ? responses.stream().map(Seen::line)
            : log.stream().map(AlarmsTest::members))
        .filter(line -> Arrays.stream(pattern.split(" && ", -1)).allMatch(term -> fits(term, line)))
        .map(
            line -> {
              String value = String.valueOf(metric.get("MetricValue"));
              return Double.valueOf(
                  value.startsWith("$.") ? line.get(value.substring("$.".length())) : value);
            })
        .toList();
  }

  private static Map<String, String> members(JsonNode line) {
    Map<String, String> members = new LinkedHashMap<>();
    line.properties().forEach(member -> members.put(member.getKey(), member.getValue().asString()));
    return members;
  }

  /** Whether a line fits a term such as {@code $.status = "429"}. */
  private static boolean fits(String term, Map<String, String> line) {
    MatchResult parts = match("\\$\\.(\\w+) (!?=) (?:\"([^*\"]*)\\*?\"|\\*)", term);
    String value = line.get(parts.group(1));
    if (value == null || parts.group(3) == null) {
      return value != null;
    }
    boolean isSame =
        term.endsWith("*\"") ? value.startsWith(parts.group(3)) : value.equals(parts.group(3));
    return isSame == parts.group(2).equals("=");
  }

  private static MatchResult match(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.matches()).as(text).isTrue();
    return matcher.toMatchResult();
  }

  @SuppressWarnings("unchecked") // the template is YAML
  private static Map<String, Object> object(Object value) {
    return (Map<String, Object>) value;
  }
}
