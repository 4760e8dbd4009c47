package ispcrm.createtoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.access.Scope;
import ispcrm.emulation.CallingToken;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.idempotency.Idempotency;
import ispcrm.template.Template;
import ispcrm.tokens.Tokens;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.Users;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A creation that is repeated with its Idempotency-Key creates no second token. */
class CreateTokenRetriesTest {
  private static final Instant NOW = Instant.parse("2100-01-02T03:04:05Z");

  private static LocalDynamoDb dynamoDb;
  private static Map<String, String> environment;
  private static Users users;
  private static int names;

  private final String user = "retried" + ++names;
  private final String body = "{\"user\":\"%s\"}".formatted(user);

  @BeforeAll
  static void start() {
    Template template = Template.load(Map.of());
    dynamoDb = LocalDynamoDb.start(template, null);
    environment = template.functions().get("create-token").environment();
    users = new Users(dynamoDb.client(), "UsersTable");
    users.create(
        new CreateUserRequest(Map.of("id", "caller", "role", "admin")).toUser("", "IZcaller", NOW));
    CallingToken.store(dynamoDb.client(), "caller");
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @BeforeEach
  void createUser() {
    users.create(new CreateUserRequest(Map.of("id", user)).toUser("", "C-" + user, NOW));
  }

  @AfterEach
  void endFaults() {
    dynamoDb.loseResponses(call -> false);
  }

  @Test
  void aRepetitionGetsTheFirstResponseWithoutTheSecret() {
    ApiResponse first = create("caller", user, body);
    ApiResponse second = createAt(NOW.plusSeconds(7), "caller", user, body);
    assertThat(first.body()).containsPattern("\"token\":\"ispcrm_[0-9A-Za-z]+\",");
    assertThat(second.body())
        .isEqualTo(first.body().replaceFirst("\"token\":\"ispcrm_[0-9A-Za-z]+\",", ""));
    assertThat(second.status()).isEqualTo(201);
    assertThat(second.headers()).isEqualTo(first.with("Idempotency-Replayed", "true").headers());
    assertThat(count()).isOne();
  }

  @Test
  void noTableHoldsTheSecret() {
    String secret = create("caller", user, body).body().replaceFirst("(?s).*(ispcrm_\\w+).*", "$1");
    assertThat(secret).startsWith("ispcrm_");
    for (String table : dynamoDb.client().listTables().tableNames()) {
      assertThat(dynamoDb.client().scan(r -> r.tableName(table)).items().toString())
          .as(table)
          .doesNotContain(secret);
    }
  }

  @Test
  void anotherBodyIsRefused() {
    create("caller", user, body);
    ApiException e =
        catchThrowableOfType(
            ApiException.class,
            () ->
                create(
                    "caller", user, "{\"user\":\"%s\",\"description\":\"other\"}".formatted(user)));
    assertThat(e.status()).isEqualTo(422);
    assertThat(count()).isOne();
  }

  @Test
  void anotherTokenOfTheCaller_isCheckedLikeAFirstRequest() {
    create("t-1", user, body);
    assertThat(create("t-2", user, body).body()).contains("ispcrm_");
    assertThat(count()).isEqualTo(2);
  }

  @Test
  void repetition_afterTheDeletionOfTheUser_isNotFoundAndHasNoData() {
    create("caller", user, "{\"user\":\"%s\",\"description\":\"Marias phone\"}".formatted(user));
    Idempotency responses = new Idempotency(dynamoDb.client(), environment, () -> NOW);
    responses.erase(user);
    responses.erase(user);
    ApiException e =
        catchThrowableOfType(
            ApiException.class,
            () ->
                create(
                    "caller",
                    user,
                    "{\"user\":\"%s\",\"description\":\"Marias phone\"}".formatted(user)));
    assertThat(e.status()).isEqualTo(404);
    assertThat(count()).isOne();
    assertThat(dynamoDb.client().scan(r -> r.tableName("IdempotencyTable")).items().toString())
        .doesNotContain(user);
  }

  @Test
  void anExpiredResponseIsReplaced() {
    create("caller", user, body);
    Instant later = NOW.plus(Duration.ofHours(24));
    assertThat(createAt(later, "caller", user, body).body()).contains("ispcrm_");
    assertThat(createAt(later, "caller", user, body).body()).doesNotContain("ispcrm_");
    assertThat(count()).isEqualTo(2);
  }

  @Test
  void anErrorIsNotStored() {
    String absent = user + "-absent";
    String request = "{\"user\":\"%s\"}".formatted(absent);
    ApiException e =
        catchThrowableOfType(ApiException.class, () -> create("caller", user, request));
    assertThat(e.status()).isEqualTo(404);
    users.create(new CreateUserRequest(Map.of("id", absent)).toUser("", "C-" + absent, NOW));
    assertThat(create("caller", user, request).body()).contains("ispcrm_");
  }

  @Test
  void anInvalidKeyIsRefusedAndNothingIsCreated() {
    ApiException e = catchThrowableOfType(ApiException.class, () -> create("caller", "", body));
    assertThat(e.status()).isEqualTo(400);
    assertThat(e.fieldErrors()).containsOnlyKeys("Idempotency-Key");
    assertThat(count()).isZero();
  }

  @Test
  void oneOfManyRequestsAtOnceCreatesAndAllGetItsResponse() throws Exception {
    int threads = 20;
    CyclicBarrier start = new CyclicBarrier(threads);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    List<ApiResponse> responses = new ArrayList<>();
    try {
      List<Future<ApiResponse>> futures = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        futures.add(
            executor.submit(
                () -> {
                  start.await();
                  return create("caller", user, body);
                }));
      }
      for (Future<ApiResponse> future : futures) {
        responses.add(future.get());
      }
    } finally {
      executor.shutdownNow();
    }
    assertThat(responses).allSatisfy(response -> assertThat(response.status()).isEqualTo(201));
    assertThat(responses.stream().map(r -> r.headers().get("Location")).distinct()).hasSize(1);
    assertThat(responses.stream().filter(response -> response.body().contains("ispcrm_")))
        .hasSize(1);
    assertThat(count()).isOne();
  }

  @Test
  void aLostResponseOfDynamoDbStillGivesTheSecret() {
    AtomicInteger transactions = new AtomicInteger();
    dynamoDb.loseResponses(
        call ->
            call.operation().equals("TransactWriteItems") && transactions.incrementAndGet() == 1);
    assertThat(create("caller", user, body).body()).contains("ispcrm_");
    assertThat(transactions).hasValue(2);
    assertThat(count()).isOne();
  }

  private long count() {
    return dynamoDb.client().scan(r -> r.tableName("TokensTable")).items().stream()
        .filter(item -> item.get("user").s().equals(user))
        .count();
  }

  private static ApiResponse create(String caller, String key, String body) {
    return createAt(NOW, caller, key, body);
  }

  private static ApiResponse createAt(Instant now, String caller, String key, String body) {
    return new CreateToken(
            users,
            new Tokens(dynamoDb.client(), "TokensTable"),
            new History(dynamoDb.client(), environment),
            new Idempotency(dynamoDb.client(), environment, () -> now),
            90,
            366,
            () -> now)
        .apply(
            ApiRequest.of(
                Map.of(
                    "httpMethod",
                    "POST",
                    "body",
                    body,
                    "multiValueHeaders",
                    Map.of("Idempotency-Key", List.of(key)),
                    "requestContext",
                    Map.of(
                        "authorizer",
                        Map.of(
                            "token_id",
                            caller,
                            "token_key",
                            CallingToken.KEY,
                            "token_created_at",
                            CallingToken.CREATED_AT,
                            "user_id",
                            "caller",
                            "role",
                            "admin",
                            "scopes",
                            Scope.formatList(List.of(Scope.values())),
                            "is_narrowed",
                            "false",
                            "token_expires_at",
                            "2101-01-01T00:00:00Z"))),
                "https://crm.example.net"));
  }
}
