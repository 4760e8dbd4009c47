package ispcrm.local;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.Status;
import ispcrm.users.Users;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

class ScheduleTest {
  private static final Template TEMPLATE = Template.load(Map.of());
  private static final Duration OFTEN = Duration.ofMillis(20);

  private LocalDynamoDb dynamoDb;
  private Users users;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream console = System.err;

  @BeforeEach
  void start() {
    dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    dynamoDb.useInThisProcess();
    users = new Users(dynamoDb.client(), "UsersTable");
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void stop() {
    System.setErr(console);
    dynamoDb.close();
  }

  @Test
  void usersExpireAgainAndAgainAndTheSampleUserStays() throws Exception {
    SampleUsers.add(dynamoDb.client(), TEMPLATE);
    createDue("a");
    try (Schedule schedule = Schedule.start(new LocalLambda(TEMPLATE), "expire-users", OFTEN)) {
      assertThat(schedule).isNotNull();
      await(() -> status("a") == Status.EXPIRED);
      createDue("b");
      await(() -> status("b") == Status.EXPIRED);
    }
    assertThat(status("jonewe")).isEqualTo(Status.ACTIVE);
    assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void aFaultIsPrintedAndDoesNotEndTheSchedule() throws Exception {
    dynamoDb.client().deleteTable(table -> table.tableName("HistoryTable"));
    createDue("a");
    try (Schedule schedule = Schedule.start(new LocalLambda(TEMPLATE), "expire-users", OFTEN)) {
      assertThat(schedule).isNotNull();
      await(
          () ->
              printed
                  .toString(StandardCharsets.UTF_8)
                  .contains("expire-users failed, and will be tried again"));
      assertThat(status("a")).isEqualTo(Status.ACTIVE);
      createHistoryTable();
      await(() -> status("a") == Status.EXPIRED);
    }
  }

  private void createDue(String id) {
    users.create(
        new CreateUserRequest(Map.of("id", id, "expiration", "2021-01-01"))
            .toUser("", "IZ" + id, Instant.parse("2020-01-01T00:00:00Z")));
  }

  private void createHistoryTable() {
    dynamoDb
        .client()
        .createTable(
            table ->
                table
                    .tableName("HistoryTable")
                    .billingMode(BillingMode.PAY_PER_REQUEST)
                    .attributeDefinitions(attribute("user"), attribute("key"))
                    .keySchema(key("user", KeyType.HASH), key("key", KeyType.RANGE)));
  }

  private static AttributeDefinition attribute(String name) {
    return AttributeDefinition.builder()
        .attributeName(name)
        .attributeType(ScalarAttributeType.S)
        .build();
  }

  private static KeySchemaElement key(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }

  private Status status(String id) {
    return users.find(id).orElseThrow().status();
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("the time is up").isLessThan(end);
      Thread.sleep(20);
    }
  }
}
