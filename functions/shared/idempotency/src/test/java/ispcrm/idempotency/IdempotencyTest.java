package ispcrm.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.ErrorCode;
import ispcrm.template.Template;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

class IdempotencyTest {
  private static final String TABLE = "IdempotencyTable";
  private static final Instant NOW = Instant.parse("2100-01-02T03:04:05Z");

  private static LocalDynamoDb dynamoDb;
  private static Map<String, String> environment;
  private static int keys;

  private final String key = "key-" + ++keys;
  private final List<String> done = new ArrayList<>();

  @BeforeAll
  static void start() {
    Template template = Template.load(Map.of());
    dynamoDb = LocalDynamoDb.start(template, null);
    environment = template.functions().get("create-user").environment();
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @AfterEach
  void stopListening() {
    dynamoDb.listen(call -> {});
  }

  @Test
  void aRepetitionGetsTheFirstResponse() {
    ApiResponse first = once(NOW, "{}", "first");
    ApiResponse second = once(NOW.plusSeconds(9), "{}", "second");
    assertThat(done).containsExactly("first");
    assertThat(first.headers()).doesNotContainKey("Idempotency-Replayed");
    assertThat(second).isEqualTo(first.with("Idempotency-Replayed", "true"));
    assertThat(second.status()).isEqualTo(201);
    assertThat(second.headers())
        .containsEntry("Location", "https://crm.example.net/first")
        .containsKeys("ETag", "Content-Type", "Cache-Control");
  }

  @Test
  void anotherBodyIsRefused() {
    once(NOW, "{}", "first");
    ApiException e =
        catchThrowableOfType(ApiException.class, () -> once(NOW, "{\"a\":1}", "second"));
    assertThat(e.status()).isEqualTo(422);
    assertThat(e)
        .hasMessage(
            "The Idempotency-Key was used for a request with another body - send a new key with a"
                + " new request.");
    assertThat(done).containsExactly("first");
  }

  @Test
  void anotherTokenAndAnotherEndpoint_haveKeysOfTheirOwn() {
    once(NOW, "{}", "first");
    idempotency(NOW)
        .once(Endpoint.CREATE_USER, request("other token", "{ }", key), work("of other"));
    idempotency(NOW).once(Endpoint.CREATE_TOKEN, request("token", "{ }", key), work("token"));
    assertThat(done).containsExactly("first", "of other", "token");
  }

  @Test
  void aResponseIsKeptFor24Hours() {
    once(NOW, "{}", "first");
    Instant end = NOW.plus(Duration.ofHours(24));
    assertThat(once(end.minusSeconds(1), "{}", "early").body()).contains("first");
    assertThat(once(end, "{ }", "late").body()).contains("late");
    assertThat(once(end, "{ }", "later").body()).contains("late");
    assertThat(done).containsExactly("first", "late");
  }

  @Test
  void whatFailsIsNotStored() {
    assertThatThrownBy(() -> onceFailing(new ApiException(ErrorCode.ALREADY_EXISTS, "no")))
        .hasMessage("no");
    assertThatThrownBy(() -> onceFailing(new IllegalStateException("fault"))).hasMessage("fault");
    assertThat(once(NOW, "{}", "third").body()).contains("third");
  }

  @Test
  void aSlowerRequestGetsTheResponseOfAFasterOne() {
    ApiResponse response =
        idempotency(NOW)
            .once(
                Endpoint.CREATE_USER,
                request("token", "{}", key),
                writes -> {
                  once(NOW, "{}", "fast");
                  return write(writes, "slow");
                });
    assertThat(response.body()).contains("fast");
    assertThat(response.headers()).containsEntry("Idempotency-Replayed", "true");
    assertThat(done).containsExactly("fast");
    assertThat(items("slow")).isEmpty();
  }

  @Test
  void withoutAKeyNothingIsReadOrWritten() {
    List<String> calls = new CopyOnWriteArrayList<>();
    dynamoDb.listen(call -> calls.add(call.operation()));
    ApiRequest request =
        ApiRequest.of(Map.of("httpMethod", "POST", "body", "{}"), "https://crm.example.net");
    idempotency(NOW)
        .once(
            Endpoint.CREATE_USER,
            request,
            writes -> {
              assertThat(writes.with("created", () -> response("none"))).isEmpty();
              return response("none");
            });
    assertThat(calls).isEmpty();
  }

  @Test
  void theTableHoldsNeitherTheKeyNorTheRequest() {
    once(NOW, "{\"mark\":\"in the request\"}", "stored");
    assertThat(items("stored"))
        .singleElement()
        .satisfies(
            item -> {
              assertThat(item.toString()).doesNotContain(key, "in the request");
              assertThat(item.get("expires_at").n())
                  .isEqualTo(String.valueOf(NOW.getEpochSecond() + 24 * 3600));
            });
  }

  @Test
  void repetition_afterTheErasureOfTheUser_isNotFound() {
    once(NOW, "{}", "erased");
    idempotency(NOW).erase("another");
    assertThat(once(NOW, "{}", "second").status()).isEqualTo(201);
    idempotency(NOW).erase("created");
    ApiException e = catchThrowableOfType(ApiException.class, () -> once(NOW, "{}", "third"));
    assertThat(e.status()).isEqualTo(404);
    assertThat(done).containsExactly("erased");
    assertThat(dynamoDb.client().scan(r -> r.tableName(TABLE)).items())
        .filteredOn(item -> !item.containsKey("user"))
        .isNotEmpty()
        .allSatisfy(
            item ->
                assertThat(item).containsOnlyKeys("sha256", "body_sha256", "status", "expires_at"));
  }

  private ApiResponse once(Instant now, String body, String name) {
    return idempotency(now).once(Endpoint.CREATE_USER, request("token", body, key), work(name));
  }

  private void onceFailing(RuntimeException fault) {
    idempotency(NOW)
        .once(
            Endpoint.CREATE_USER,
            request("token", "{}", key),
            writes -> {
              throw fault;
            });
  }

  private Function<Idempotency.Writes, ApiResponse> work(String name) {
    return writes -> write(writes, name);
  }

  private ApiResponse write(Idempotency.Writes writes, String name) {
    ApiResponse response = response(name);
    TransactWriteItem[] all = writes.with("created", () -> response);
    assertThat(DynamoDb.transact(dynamoDb.client(), List.of(), all)).isEmpty();
    done.add(name);
    return response;
  }

  private static ApiResponse response(String name) {
    String self = "https://crm.example.net/" + name;
    return ApiResponse.tagged(201, Map.of("name", name), self).with("Location", self);
  }

  private static Idempotency idempotency(Instant now) {
    return new Idempotency(dynamoDb.client(), environment, () -> now);
  }

  private static ApiRequest request(String token, String body, String key) {
    return ApiRequest.of(
        Map.of(
            "httpMethod",
            "POST",
            "body",
            body,
            "multiValueHeaders",
            Map.of("idempotency-key", List.of(key)),
            "requestContext",
            Map.of("authorizer", Map.of("user_id", "user", "token_id", token))),
        "https://crm.example.net");
  }

  private static List<Map<String, AttributeValue>> items(String name) {
    return dynamoDb.client().scan(r -> r.tableName(TABLE)).items().stream()
        .filter(item -> item.containsKey("body"))
        .filter(item -> item.get("body").s().contains("\"" + name + "\""))
        .toList();
  }
}
