package ispcrm.createuser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.idempotency.Idempotency;
import ispcrm.template.Template;
import ispcrm.tokens.Tokens;
import ispcrm.users.Users;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A creation that is repeated with its Idempotency-Key creates nothing twice. */
class CreateUserRetriesTest {
  private static final Instant NOW = Instant.parse("2100-01-02T03:04:05Z");
  private static final String USERNAME_ALONE = "{\"username\":\"%s\"}";

  private static LocalDynamoDb dynamoDb;
  private static Map<String, String> environment;
  private static int names;

  private final String name = "retried" + ++names;

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
  void endFaults() {
    dynamoDb.listen(call -> {});
    dynamoDb.loseResponses(call -> false);
  }

  @Test
  void aRepetitionGetsTheFirstResponse() {
    String body = USERNAME_ALONE.formatted(name);
    ApiResponse first = create("caller", name, body);
    ApiResponse second = createAt(NOW.plusSeconds(7), "caller", name, body);
    assertThat(first.status()).isEqualTo(201);
    assertThat(second).isEqualTo(first.with("Idempotency-Replayed", "true"));
  }

  @Test
  void anotherBodyIsRefused() {
    create("caller", name, USERNAME_ALONE.formatted(name));
    ApiException e =
        catchThrowableOfType(
            ApiException.class, () -> create("caller", name, USERNAME_ALONE.formatted(name + "b")));
    assertThat(e.toString()).contains("was used for a request with another body");
    assertThat(e.status()).isEqualTo(422);
    assertThat(count(name + "b")).isZero();
  }

  @Test
  void anotherCallersKeyIsNotThisOne() {
    create("caller", name, USERNAME_ALONE.formatted(name));
    ApiException e =
        catchThrowableOfType(
            ApiException.class, () -> create("other", name, USERNAME_ALONE.formatted(name)));
    assertThat(e.status()).isEqualTo(409);
    assertThat(create("other", name, USERNAME_ALONE.formatted(name + "b")).headers())
        .doesNotContainKey("Idempotency-Replayed");
  }

  @Test
  void anExpiredResponseIsReplaced() {
    create("caller", name, USERNAME_ALONE.formatted(name));
    Instant later = NOW.plus(Duration.ofHours(24));
    String other = USERNAME_ALONE.formatted(name + "b");
    ApiResponse first = createAt(later, "caller", name, other);
    assertThat(first.headers()).doesNotContainKey("Idempotency-Replayed");
    assertThat(createAt(later, "caller", name, other).body()).isEqualTo(first.body());
  }

  @Test
  void anErrorIsNotStored() {
    for (int attempt = 0; attempt < 2; attempt++) {
      assertThat(refused("{\"username\":\"%s\",\"mac\":\"x\"}".formatted(name)).status())
          .isEqualTo(400);
      assertThat(refused("{\"id\":\"admin\"}").status()).isEqualTo(409);
      assertThat(refused("{\"username\":\"%s\",\"role\":\"admin\"}".formatted(name)).status())
          .isEqualTo(403);
    }
    assertThat(create("caller", name, USERNAME_ALONE.formatted(name)).status()).isEqualTo(201);
  }

  @Test
  void anInvalidKeyIsRefusedAndNothingIsCreated() {
    ApiException e =
        catchThrowableOfType(
            ApiException.class, () -> create("caller", "a b", USERNAME_ALONE.formatted(name)));
    assertThat(e.status()).isEqualTo(400);
    assertThat(e.fieldErrors()).containsOnlyKeys("Idempotency-Key");
    assertThat(count(name)).isZero();
  }

  @Test
  void oneOfManyRequestsAtOnceCreatesAndAllGetItsResponse() throws Exception {
    List<ApiResponse> responses =
        atOnce(20, i -> create("caller", name, USERNAME_ALONE.formatted(name)));
    assertThat(responses).allSatisfy(response -> assertThat(response.status()).isEqualTo(201));
    assertThat(responses.stream().map(ApiResponse::body).distinct()).hasSize(1);
    assertThat(responses.stream().filter(response -> !isReplayed(response))).hasSize(1);
    assertThat(count(name)).isOne();
  }

  /** Their ids and usernames differ, so that only the key can keep the second one from creating. */
  @Test
  void oneOfManyBodiesAtOnceIsCreatedAndTheOthersAreRefused() throws Exception {
    List<Integer> statuses =
        atOnce(
            10,
            i -> {
              try {
                return create("caller", name, USERNAME_ALONE.formatted(name + "-" + i)).status();
              } catch (ApiException e) {
                return e.status();
              }
            });
    assertThat(statuses).containsOnlyOnce(201).containsOnly(201, 422);
    assertThat(count(name)).isOne();
  }

  @Test
  void aLostResponseOfDynamoDbStillGivesThe201() {
    AtomicInteger transactions = new AtomicInteger();
    dynamoDb.loseResponses(
        call ->
            call.operation().equals("TransactWriteItems") && transactions.incrementAndGet() == 1);
    ApiResponse response = create("caller", name, USERNAME_ALONE.formatted(name));
    assertThat(transactions).hasValue(2);
    assertThat(response.status()).isEqualTo(201);
    assertThat(response.headers()).doesNotContainKey("Idempotency-Replayed");
    assertThat(count(name)).isOne();
  }

  @Test
  void withoutAKeyNothingElseIsReadOrWritten() {
    List<String> calls = new CopyOnWriteArrayList<>();
    dynamoDb.listen(call -> calls.add(call.operation() + " " + call.requiredPermissions()));
    create("caller", null, USERNAME_ALONE.formatted(name));
    assertThat(calls).singleElement().asString().doesNotContain("IdempotencyTable");
    calls.clear();
    create("caller", name, USERNAME_ALONE.formatted(name + "b"));
    assertThat(calls).hasSize(2).allSatisfy(call -> assertThat(call).contains("IdempotencyTable"));
  }

  private ApiException refused(String body) {
    return catchThrowableOfType(ApiException.class, () -> create("caller", name, body));
  }

  private static boolean isReplayed(ApiResponse response) {
    return "true".equals(response.headers().get("Idempotency-Replayed"));
  }

  private static long count(String username) {
    return dynamoDb.client().scan(r -> r.tableName("UsersTable")).items().stream()
        .filter(item -> item.containsKey("username"))
        .filter(item -> item.get("username").s().startsWith(username))
        .count();
  }

  private static <T> List<T> atOnce(int threads, Attempt<T> attempt) throws Exception {
    CyclicBarrier start = new CyclicBarrier(threads);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int number = i;
        futures.add(
            executor.submit(
                () -> {
                  start.await();
                  return attempt.run(number);
                }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } finally {
      executor.shutdownNow();
    }
  }

  private interface Attempt<T> {
    T run(int number);
  }

  private static ApiResponse create(String caller, String key, String body) {
    return createAt(NOW, caller, key, body);
  }

  private static ApiResponse createAt(Instant now, String caller, String key, String body) {
    return new CreateUser(
            new Users(dynamoDb.client(), "UsersTable"),
            new Tokens(dynamoDb.client(), "TokensTable"),
            new History(dynamoDb.client(), environment),
            new Idempotency(dynamoDb.client(), environment, () -> now),
            () -> now)
        .apply(
            ApiRequest.of(
                Map.of(
                    "httpMethod",
                    "POST",
                    "body",
                    body,
                    "multiValueHeaders",
                    key == null ? Map.of() : Map.of("Idempotency-Key", List.of(key)),
                    "requestContext",
                    Map.of(
                        "authorizer",
                        Map.of("user_id", "user", "token_id", caller, "role", "staff"))),
                "https://crm.example.net"));
  }
}
