package ispcrm.restore;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.template.Template;
import ispcrm.tokens.IssuedToken;
import ispcrm.tokens.Tokens;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.ConditionCheck;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/** DynamoDB Local with as many tables of users and tokens as a test needs, and the command. */
final class Sandbox implements AutoCloseable {
  /** The command's time; in the future, so that DynamoDB Local deletes no token during a test. */
  static final Instant NOW = Instant.parse("2100-01-02T03:04:05Z");

  private final LocalDynamoDb dynamoDb = LocalDynamoDb.start(Template.load(Map.of()), null);
  private final AtomicInteger tables = new AtomicInteger();
  private final FaultyHttpClient http = new FaultyHttpClient();
  private final DynamoDbClient client;

  Sandbox() {
    System.setProperty("http.maxConnections", Integer.toString(Table.WORKERS));
    dynamoDb.useInThisProcess();
    client = Table.client().httpClient(http).build();
  }

  /**
   * What the command did.
   *
   * @param status the exit code
   * @param out what it printed to standard output
   * @param err what it printed to standard error
   */
  record Result(int status, String out, String err) {

    /** Expects that everything was restored. */
    Result isComplete() {
      assertThat(err).isEmpty();
      assertThat(status).isZero();
      return this;
    }
  }

  DynamoDbClient client() {
    return dynamoDb.client();
  }

  /** What happens to the calls of the command. */
  FaultyHttpClient http() {
    return http;
  }

  Result restore(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Restore.run(
            List.of(arguments),
            client,
            Clock.fixed(NOW, ZoneOffset.UTC),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Result(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  String newUsersTable() {
    return newTable("UsersTable", null);
  }

  String newTokensTable() {
    return newTable("TokensTable", null);
  }

  /**
   * Creates a table with the keys and indexes of one of the template's.
   *
   * @param attribute the text by which a further index is sorted; null for no such index
   */
  String newTable(String original, String attribute) {
    TableDescription table = client().describeTable(request -> request.tableName(original)).table();
    List<GlobalSecondaryIndex> indexes =
        new ArrayList<>(
            table.globalSecondaryIndexes().stream()
                .map(
                    index ->
                        GlobalSecondaryIndex.builder()
                            .indexName(index.indexName())
                            .keySchema(index.keySchema())
                            .projection(index.projection())
                            .build())
                .toList());
    List<AttributeDefinition> attributes = new ArrayList<>(table.attributeDefinitions());
    if (attribute != null) {
      attributes.add(
          AttributeDefinition.builder().attributeName(attribute).attributeType("S").build());
      indexes.add(
          indexes.get(0).toBuilder()
              .indexName("by_" + attribute)
              .keySchema(
                  KeySchemaElement.builder().attributeName(attribute).keyType("HASH").build())
              .build());
    }
    String name = original + "-" + tables.incrementAndGet();
    client()
        .createTable(
            request ->
                request
                    .tableName(name)
                    .billingMode(BillingMode.PAY_PER_REQUEST)
                    .attributeDefinitions(attributes)
                    .keySchema(table.keySchema())
                    .globalSecondaryIndexes(indexes));
    return name;
  }

  /** Fills a new table with the items of another, as a restore to a point in time does. */
  String backUp(String table) {
    String backup = table.startsWith("Users") ? newUsersTable() : newTokensTable();
    items(table).values().forEach(item -> put(backup, item));
    return backup;
  }

  /** The items of a table by their keys. */
  Map<String, Map<String, AttributeValue>> items(String table) {
    Map<String, Map<String, AttributeValue>> items = new TreeMap<>();
    client()
        .scanPaginator(request -> request.tableName(table))
        .items()
        .forEach(
            item ->
                items.put(
                    (item.containsKey("pk") ? item.get("pk") : item.get("sha256")).s(), item));
    return items;
  }

  /** Stores a token, whatever its user is. */
  void add(IssuedToken token, String table) {
    ConditionCheck noCondition =
        ConditionCheck.builder()
            .tableName(table)
            .key(Map.of("sha256", DynamoDb.text("none")))
            .conditionExpression("attribute_not_exists(sha256)")
            .build();
    assertThat(new Tokens(client(), table).add(token, noCondition)).isTrue();
  }

  /** A new table of users that contains this one. */
  Users usersWith(User user) {
    Users users = new Users(client(), newUsersTable());
    users.create(user);
    return users;
  }

  void put(String table, Map<String, AttributeValue> item) {
    client().putItem(request -> request.tableName(table).item(item));
  }

  void delete(String table, String... keys) {
    String key = table.startsWith("Users") ? "pk" : "sha256";
    Arrays.stream(keys)
        .forEach(
            value ->
                client()
                    .deleteItem(
                        request ->
                            request.tableName(table).key(Map.of(key, DynamoDb.text(value)))));
  }

  /** A copy of an item with another value of an attribute; without it if the value is null. */
  static Map<String, AttributeValue> with(
      Map<String, AttributeValue> item, String name, AttributeValue value) {
    Map<String, AttributeValue> copy = new HashMap<>(item);
    copy.remove(name);
    if (value != null) {
      copy.put(name, value);
    }
    return copy;
  }

  @Override
  public void close() {
    client.close();
    dynamoDb.close();
  }
}
