package ispcrm.users;

import static ispcrm.dynamodb.DynamoDb.number;
import static ispcrm.dynamodb.DynamoDb.text;

import ispcrm.access.Role;
import ispcrm.dynamodb.DynamoDb;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionCheck;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Users in a DynamoDB table: one item for each user, and two more that claim its username and its
 * customer number. The table and its indexes are UsersTable in template.yaml.
 */
public final class DynamoDbUsers implements Users {
  /** The lowest possible key of a username, because usernames start with a letter or a digit. */
  private static final String FIRST_KEY = "0";

  /** Sorts after every character of a username. */
  private static final String LAST_CHARACTER = "\uFFFF";

  /** The single partition of the index that lists all users. */
  private static final String LISTING = "users";

  private static final String ABSENT = "attribute_not_exists(pk)";

  private final DynamoDbClient dynamoDb;
  private final String table;

  public DynamoDbUsers(DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  @Override
  public Optional<User> find(String id) {
    return isId(id) ? item(userKey(id)).map(DynamoDbUsers::user) : Optional.empty();
  }

  /**
   * Checks that the table can be read; see {@link DynamoDb#checkReadable}.
   *
   * @throws RuntimeException if it cannot
   */
  public void checkReadable() {
    DynamoDb.checkReadable(dynamoDb, table, "pk");
  }

  @Override
  public Page list(Filter filter, String after, int limit) {
    if (filter.username() != null || filter.customerId() != null) {
      List<Summary> users =
          claimedBy(filter)
              .filter(user -> matches(user, filter, after))
              .map(user -> summary(item(user)))
              .map(List::of)
              .orElse(List.of());
      return new Page(users, null);
    }
    String prefix = filter.usernamePrefix() == null ? "" : caseFold(filter.usernamePrefix());
    String from = prefix.isEmpty() ? FIRST_KEY : prefix;
    List<Map<String, AttributeValue>> items =
        query(filter.status(), after, from, prefix, limit + 1);
    boolean hasNext = items.size() > limit;
    List<Summary> users =
        (hasNext ? items.subList(0, limit) : items).stream().map(DynamoDbUsers::summary).toList();
    return new Page(users, hasNext ? items.get(limit - 1).get("username_key").s() : null);
  }

  @Override
  public Set<UserField<?>> create(User user) {
    return create(user, ABSENT);
  }

  /**
   * Does the same as {@link #create}, under a condition that no item meets, so that DynamoDB
   * refuses it and nothing is written. It primes a function, and needs no more permissions than
   * creating a user.
   */
  public void primeCreate() {
    String id = "snapstart-priming";
    User user =
        User.builder()
            .set(UserField.ID, id)
            .set(UserField.USERNAME, id)
            .set(UserField.NAME, id)
            .set(UserField.CUSTOMER_ID, id)
            .set(UserField.STATUS, Status.ACTIVE)
            .set(UserField.ROLE, Role.CUSTOMER)
            .setCreated(Instant.EPOCH)
            .build();
    create(user, ABSENT + " AND attribute_exists(pk)");
  }

  private Set<UserField<?>> create(User user, String condition) {
    Map<UserField<?>, Map<String, AttributeValue>> items = new LinkedHashMap<>();
    items.put(UserField.ID, item(user));
    items.put(UserField.USERNAME, claim(usernameKey(user.username()), user));
    items.put(UserField.CUSTOMER_ID, claim(customerIdKey(user.customerId()), user));
    List<TransactWriteItem> puts = new ArrayList<>();
    for (Map<String, AttributeValue> item : items.values()) {
      puts.add(
          TransactWriteItem.builder()
              .put(put -> put.tableName(table).item(item).conditionExpression(condition))
              .build());
    }
    List<UserField<?>> fields = List.copyOf(items.keySet());
    Set<UserField<?>> conflicts = new LinkedHashSet<>();
    DynamoDb.transact(dynamoDb, puts).forEach(failed -> conflicts.add(fields.get(failed)));
    return conflicts;
  }

  @Override
  public User activate(User user, Instant now) {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":active", text(Status.ACTIVE.toString()));
    values.put(":now", text(UserField.UPDATED_AT.format(now).toString()));
    return user(
        dynamoDb
            .updateItem(
                request ->
                    request
                        .tableName(table)
                        .key(Map.of("pk", text(userKey(user.id()))))
                        .updateExpression("SET #status = :active, updated_at = :now")
                        .conditionExpression("attribute_exists(pk)")
                        .expressionAttributeNames(Map.of("#status", "status"))
                        .expressionAttributeValues(values)
                        .returnValues(ReturnValue.ALL_NEW))
            .attributes());
  }

  @Override
  public ConditionCheck unchanged(User user) {
    return ConditionCheck.builder()
        .tableName(table)
        .key(Map.of("pk", text(userKey(user.id()))))
        .conditionExpression("#role = :role AND #status = :status")
        .expressionAttributeNames(Map.of("#role", "role", "#status", "status"))
        .expressionAttributeValues(
            Map.of(
                ":role", text(user.role().toString()),
                ":status", text(user.status().toString())))
        .build();
  }

  private Optional<User> claimedBy(Filter filter) {
    String key =
        filter.username() != null
            ? usernameKey(filter.username())
            : customerIdKey(filter.customerId());
    return item(key).flatMap(claim -> find(claim.get("id").s()));
  }

  private static boolean matches(User user, Filter filter, String after) {
    String key = caseFold(user.username());
    return (filter.status() == null || filter.status() == user.status())
        && (filter.username() == null || caseFold(filter.username()).equals(key))
        && (filter.customerId() == null || filter.customerId().equalsIgnoreCase(user.customerId()))
        && (filter.usernamePrefix() == null || key.startsWith(caseFold(filter.usernamePrefix())))
        && (after == null || key.compareTo(after) > 0);
  }

  private List<Map<String, AttributeValue>> query(
      Status status, String after, String from, String prefix, int limit) {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":partition", text(status == null ? LISTING : status.toString()));
    values.put(":from", text(after == null ? from : after + "\0"));
    values.put(":to", text(prefix + LAST_CHARACTER));
    return dynamoDb
        .query(
            QueryRequest.builder()
                .tableName(table)
                .indexName(status == null ? "by_username" : "by_status")
                .keyConditionExpression(
                    "#partition = :partition AND username_key BETWEEN :from AND :to")
                .expressionAttributeNames(
                    Map.of("#partition", status == null ? "listing" : "status"))
                .expressionAttributeValues(values)
                .limit(limit)
                .build())
        .items();
  }

  private Optional<Map<String, AttributeValue>> item(String key) {
    return DynamoDb.find(dynamoDb, table, "pk", key);
  }

  private static boolean isId(String text) {
    try {
      UserField.ID.parse(text);
      return true;
    } catch (InvalidValueException e) {
      return false;
    }
  }

  private static String userKey(String id) {
    return "user#" + id;
  }

  private static String usernameKey(String username) {
    return "username#" + caseFold(username);
  }

  private static String customerIdKey(String customerId) {
    return "customer_id#" + caseFold(customerId);
  }

  /** The form in which usernames, and customer numbers, are equal regardless of case. */
  private static String caseFold(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static Map<String, AttributeValue> claim(String key, User user) {
    return Map.of("pk", text(key), "id", text(user.id()));
  }

  private static Map<String, AttributeValue> item(User user) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put("pk", text(userKey(user.id())));
    item.put("listing", text(LISTING));
    item.put("username_key", text(caseFold(user.username())));
    for (UserField<?> field : UserField.ALL) {
      Object value = user.format(field);
      if (value != null) {
        item.put(
            field.toString(), value instanceof Long number ? number(number) : text((String) value));
      }
    }
    return item;
  }

  private static User user(Map<String, AttributeValue> item) {
    User.Builder user = User.builder();
    for (UserField<?> field : UserField.ALL) {
      if (item.containsKey(field.toString())) {
        user.restore(field, value(item.get(field.toString())));
      }
    }
    return user.build();
  }

  private static Summary summary(Map<String, AttributeValue> item) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (UserField<?> field : UserField.IN_LISTS) {
      fields.put(field.toString(), value(item.get(field.toString())));
    }
    return new Summary(item.get("id").s(), fields);
  }

  private static Object value(AttributeValue attribute) {
    return attribute.n() == null ? attribute.s() : Long.valueOf(attribute.n());
  }
}
