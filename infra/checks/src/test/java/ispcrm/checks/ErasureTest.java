package ispcrm.checks;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.emulation.Fault;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.expireusers.ExpireUsers;
import ispcrm.history.History;
import ispcrm.idempotency.Idempotency;
import ispcrm.template.Template;
import ispcrm.tokens.Tokens;
import ispcrm.users.Users;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * After the deletion of a user and a run of the schedule, no table and no line of a log contains a
 * value of that user, whenever the deletion was interrupted.
 */
class ErasureTest {
  private static final Template TEMPLATE = Template.load(Map.of());

  /** Is a part of every value. */
  private static final String MARK = "zqx";

  private static final String ADDRESS = "198.51.100.23";

  /**
   * More than the calls to DynamoDB that a deletion makes before the long erasure of its history.
   */
  private static final int INTERRUPTIONS = 14;

  private static LocalDynamoDb dynamoDb;
  private static final ConcurrentLinkedQueue<String> LOG = new ConcurrentLinkedQueue<>();
  private static Requests requests;

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    dynamoDb.useInThisProcess();
    requests = new Requests(new LocalLambda(TEMPLATE, LOG::add));
    Requests.storeCaller(dynamoDb.client());
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  static IntStream interruptions() {
    return IntStream.rangeClosed(0, INTERRUPTIONS);
  }

  /**
   * @param calls after how many calls to DynamoDB the function is killed; none if it is 0
   */
  @ParameterizedTest
  @MethodSource("interruptions")
  void deletion_interruptedAnywhere_leavesNoValue(int calls) {
    String id = "gone" + calls;
    Requests.Response created = prepare(id);
    AtomicInteger made = new AtomicInteger();
    dynamoDb.causeFaults(
        call ->
            calls > 0 && call.function().equals("delete-user") && made.incrementAndGet() > calls
                ? Optional.of(Fault.RESET)
                : Optional.empty());
    requests.deleteUser(id);
    dynamoDb.causeFaults(call -> Optional.empty());
    if (requests.getUser(id).status() == 200) {
      assertThat(requests.deleteUser(id).status()).isEqualTo(200);
    }
    assertThat(expireUsers(dynamoDb.client()).apply(Duration.ofMinutes(5)).erased()).isOne();
    for (String table : dynamoDb.client().listTables().tableNames()) {
      assertThat(new StoredState(dynamoDb.client()).scan(table).toString())
          .as(table)
          .doesNotContainIgnoringCase(MARK)
          .doesNotContain(ADDRESS);
    }
    assertThat(LOG)
        .isNotEmpty()
        .noneSatisfy(line -> assertThat(line).containsIgnoringCase(MARK))
        .noneSatisfy(line -> assertThat(line).contains(ADDRESS));
    // The repetition of the creation does not bring the values back.
    assertThat(created.status()).isEqualTo(201);
    assertThat(requests.createUser(body(id), "key-" + id).status()).isEqualTo(404);
  }

  /** Creates a user with values wherever the API stores them. */
  private static Requests.Response prepare(String id) {
    Requests.Response created = requests.createUser(body(id), "key-" + id);
    for (int i = 0; i < 5; i++) {
      requests.updateUser(id, "{\"name\":\"%s %d\"}".formatted(MARK, i));
    }
    requests.updateUser(id, "{\"username\":\"%s-new\"}".formatted(MARK + id));
    for (int i = 0; i < 3; i++) {
      Requests.Response token =
          requests.createToken(
              "{\"user\":\"%s\",\"description\":\"%s\",\"allowed_ips\":[\"%s\"]}"
                  .formatted(id, MARK, ADDRESS),
              "token-" + id + i);
      assertThat(token.status()).isEqualTo(201);
      use(token.body().at("/data/token").asString());
      if (i == 0) {
        // The customer revokes it, from the customer's own address.
        requestsOf(id).revokeToken(token.body().at("/data/id").asString());
      }
    }
    return created;
  }

  private static String body(String id) {
    return """
        {"id":"%1$s","username":"%2$s%1$s","name":"%2$s","customer_id":"%2$s-%1$s",
         "status_reason":"%2$s","profile_name":"%2$s","mac":"AABBCCDDEEFF"}
        """
        .formatted(id, MARK);
  }

  /** The requests of the user, from the user's own address. */
  private static Requests requestsOf(String id) {
    return new Requests(
        requests.lambda(), Requests.administrator(id, "t", "t", "2025-01-01T00:00:00Z", ADDRESS));
  }

  private static void use(String token) {
    requests
        .lambda()
        .invoke("authorizer", Requests.authorizerEvent("GET", "/api/v1", "", token, ADDRESS));
  }

  /** The function as the schedule runs it two minutes later, when the indexes show everything. */
  static ExpireUsers expireUsers(DynamoDbClient client) {
    Map<String, String> environment = TEMPLATE.functions().get("expire-users").environment();
    InstantSource later = () -> Instant.now().plus(Duration.ofMinutes(2));
    return new ExpireUsers(
        new Users(client, environment.get("USERS_TABLE")),
        new Tokens(client, environment.get("TOKENS_TABLE")),
        new History(client, environment),
        new Idempotency(client, environment, later),
        true,
        later);
  }
}
