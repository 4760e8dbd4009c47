package ispcrm.restore;

import static ispcrm.dynamodb.DynamoDb.number;
import static ispcrm.dynamodb.DynamoDb.text;
import static ispcrm.restore.Sandbox.NOW;
import static ispcrm.restore.Sandbox.with;
import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.access.Role;
import ispcrm.restore.Sandbox.Result;
import ispcrm.tokens.IssuedToken;
import ispcrm.users.Status;
import ispcrm.users.Users;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;

/** Interruptions, a busy DynamoDB, broken records, and commands that make no sense. */
class FaultsTest {
  private static final Sandbox SANDBOX = new Sandbox();

  @BeforeEach
  void letAllCallsThrough() {
    SANDBOX.http().fail(FaultyHttpClient.NO_FAULT);
  }

  @AfterAll
  static void close() {
    SANDBOX.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"users", "tokens"})
  void copyThatIsInterruptedCanBeCompleted(String kind) {
    String from = sample(kind, 30);
    String expected = sample(kind, 0);
    SANDBOX.restore(from, expected).isComplete();

    String to = sample(kind, 0);
    SANDBOX.http().fail(denyWritesAfter(15));
    assertThat(SANDBOX.restore(from, to).status()).isEqualTo(2);
    assertThat(SANDBOX.items(to)).isNotEmpty().hasSizeLessThan(SANDBOX.items(from).size());

    SANDBOX.http().fail(FaultyHttpClient.NO_FAULT);
    SANDBOX.restore(from, to).isComplete();
    assertThat(SANDBOX.items(to)).isEqualTo(SANDBOX.items(expected));
  }

  @ParameterizedTest
  @ValueSource(strings = {"users", "tokens"})
  void preparationThatIsInterruptedCanBeCompleted(String kind) {
    String table = sample(kind, 30);
    String expected = SANDBOX.backUp(table);
    SANDBOX.restore(expected).isComplete();
    for (int writes : new int[] {5, 11}) {
      SANDBOX.http().fail(denyWritesAfter(writes));
      Result result = SANDBOX.restore(table);
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err()).startsWith("restore: ").hasLineCount(1);
    }

    SANDBOX.http().fail(FaultyHttpClient.NO_FAULT);
    SANDBOX.restore(table).isComplete();
    assertThat(SANDBOX.items(table)).isEqualTo(SANDBOX.items(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "users, ThrottlingException",
    "tokens, TransactionConflictException",
    "tokens, ProvisionedThroughputExceededException"
  })
  void callsAreRepeatedWhileDynamoDbIsBusy(String kind, String error) {
    String from = sample(kind, 20);
    String to = sample(kind, 0);
    AtomicInteger calls = new AtomicInteger();
    SANDBOX
        .http()
        .fail(operation -> calls.incrementAndGet() % 3 == 0 ? FaultyHttpClient.error(error) : null);

    SANDBOX.restore(from, to).isComplete();

    assertThat(SANDBOX.items(to)).hasSameSizeAs(SANDBOX.items(from));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TransactionConflict", "ThrottlingError"})
  void transactionsAreRepeatedThatWereCanceledForTheMoment(String reason) {
    String from = sample("users", 20);
    String to = sample("users", 0);
    AtomicInteger calls = new AtomicInteger();
    SANDBOX
        .http()
        .fail(
            operation ->
                operation.equals("TransactWriteItems") && calls.incrementAndGet() % 3 == 0
                    ? """
                    {"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","message":"no",
                     "CancellationReasons":[{"Code":"None"},{"Code":"%s"},{"Code":"None"}]}"""
                        .formatted(reason)
                    : null);

    SANDBOX.restore(from, to).isComplete();

    assertThat(SANDBOX.items(to)).hasSameSizeAs(SANDBOX.items(from));
  }

  @ParameterizedTest
  @CsvSource({
    "UpdateContinuousBackups, ContinuousBackupsUnavailableException",
    "UpdateTable, ResourceInUseException"
  })
  void settingsAreRepeatedUntilTheTableIsReadyForThem(String operation, String error) {
    AtomicInteger calls = new AtomicInteger();
    SANDBOX
        .http()
        .fail(
            called ->
                called.equals(operation) && calls.incrementAndGet() < 3
                    ? FaultyHttpClient.error(error)
                    : null);

    SANDBOX.restore(sample("users", 0)).isComplete();

    assertThat(calls).hasValue(3);
  }

  @ParameterizedTest
  @CsvSource({
    "name, , name is missing",
    "id, other, pk has an invalid value",
    "username_key, JONEWE, username_key has an invalid value",
    "activated_at, never, activated_at has an invalid value"
  })
  void brokenUserIsLeftOutAndReported(String attribute, String value, String problem) {
    String from = sample("users", 3);
    Map<String, AttributeValue> user = SANDBOX.items(from).get("user#u1");
    SANDBOX.put(from, with(user, attribute, value == null ? null : text(value)));
    String to = sample("users", 0);

    Result result = SANDBOX.restore(from, to);

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).isEqualTo("left out: user#u1: %s\n".formatted(problem));
    assertThat(SANDBOX.items(to)).hasSize(8).containsKeys("user#u0", "user#u2");
  }

  @Test
  void brokenUserLosesAccessToo() {
    String table = sample("users", 3);
    Map<String, AttributeValue> user = SANDBOX.items(table).get("user#u1");
    SANDBOX.put(table, with(with(user, "role", text("owner")), "name", null));

    Result result = SANDBOX.restore(table);

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).startsWith("needs repair: user#u1: ").hasLineCount(1);
    assertThat(SANDBOX.items(table).get("user#u1")).containsEntry("status", text("disabled"));
    assertThat(SANDBOX.items(table)).hasSize(12);
  }

  @Test
  void userWhomDynamoDbRejectsIsLeftOut() {
    String from = sample("users", 3);
    SANDBOX.put(from, with(SANDBOX.items(from).get("user#u1"), "note", number(5)));
    String to = SANDBOX.newTable("UsersTable", "note");

    Result result = SANDBOX.restore(from, to);

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).startsWith("left out: user#u1: DynamoDB rejects it: ").hasLineCount(1);
    assertThat(SANDBOX.items(to)).hasSize(8);
  }

  @Test
  void unknownItemIsReportedOnOneLine() {
    String from = sample("users", 1);
    SANDBOX.put(from, Map.of("pk", text("invoice#1\n2")));

    Result result = SANDBOX.restore(from, sample("users", 0));

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .isEqualTo("left out: invoice#1?2: this is neither a user nor a claim\n");
  }

  @ParameterizedTest
  @CsvSource({"id, ", "expires_at, ", "revoked_at, soon"})
  void brokenTokenIsReportedWithoutItsHash(String attribute, String value) {
    String from = sample("tokens", 3);
    Map<String, AttributeValue> token = SANDBOX.items(from).values().iterator().next();
    Map<String, AttributeValue> broken = with(token, attribute, value == null ? null : text(value));
    SANDBOX.put(from, broken);
    String to = sample("tokens", 0);

    Result copied = SANDBOX.restore(from, to);
    Result prepared = SANDBOX.restore(from);

    assertThat(copied.status()).isEqualTo(1);
    assertThat(copied.err()).startsWith("left out: token id '").endsWith(attribute + "\n");
    assertThat(SANDBOX.items(to)).hasSize(2);
    assertThat(prepared.status()).isEqualTo(1);
    assertThat(prepared.err()).startsWith("needs repair: token id '");
    assertThat(SANDBOX.items(from).values())
        .hasSize(3)
        .allSatisfy(item -> assertThat(item).containsKey("revoked_at"));
    assertThat(copied.toString() + prepared).doesNotContain(token.get("sha256").s());
  }

  @Test
  void commandsThatMakeNoSenseAreRefused() {
    String users = sample("users", 1);
    String tokens = sample("tokens", 1);
    SANDBOX
        .client()
        .createTable(
            request ->
                request
                    .tableName("other")
                    .billingMode("PAY_PER_REQUEST")
                    .attributeDefinitions(
                        AttributeDefinition.builder()
                            .attributeName("key")
                            .attributeType("S")
                            .build())
                    .keySchema(
                        KeySchemaElement.builder().attributeName("key").keyType("HASH").build()));
    refuses("FROM and TO are the same table", users, users);
    refuses(users + " and " + tokens + " are different kinds of tables", users, tokens);
    refuses("there is no table absent", "absent");
    refuses("there is no table absent", users, "absent");
    refuses("other contains neither users nor tokens: its key is key", "other");
    refuses("call it with FROM TO to copy, or with TABLE to prepare a table");
  }

  private static void refuses(String reason, String... arguments) {
    Result result = SANDBOX.restore(arguments);
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).isEqualTo("restore: " + reason + "\n");
    assertThat(result.out()).isEmpty();
  }

  /** A new table with so many users, half of them staff, or so many tokens. */
  private static String sample(String kind, int size) {
    if (kind.equals("tokens")) {
      String table = SANDBOX.newTokensTable();
      for (int i = 0; i < size; i++) {
        IssuedToken token = Samples.token(i + 1);
        SANDBOX.add(token, table);
      }
      return table;
    }
    String table = SANDBOX.newUsersTable();
    Users users = new Users(SANDBOX.client(), table);
    for (int i = 0; i < size; i++) {
      users.create(
          Samples.user(
              "u" + i, "name" + i, i % 2 == 0 ? Role.STAFF : Role.CUSTOMER, Status.ACTIVE, NOW));
    }
    return table;
  }

  private static Function<String, String> denyWritesAfter(int writes) {
    AtomicInteger done = new AtomicInteger();
    return operation ->
        operation.matches("PutItem|UpdateItem|TransactWriteItems|Update.*")
                && done.incrementAndGet() > writes
            ? FaultyHttpClient.error("AccessDeniedException")
            : null;
  }
}
