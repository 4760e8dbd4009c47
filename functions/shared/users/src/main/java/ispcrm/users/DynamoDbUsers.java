package ispcrm.users;

import static ispcrm.dynamodb.DynamoDb.number;
import static ispcrm.dynamodb.DynamoDb.text;

import ispcrm.dynamodb.DynamoDb;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/**
 * Users in a DynamoDB table, one item each, with two more items beside it that claim its username
 * and its customer id. The table and its indexes are UsersTable in template.yaml.
 */
public final class DynamoDbUsers implements Users {
  /** The lowest key a username can have: its first character is a letter or a digit. */
  private static final String FIRST_KEY = "0";

  /** Above every character of a username. */
  private static final String LAST_CHARACTER = "\uFFFF";

  /** The one partition of the index that lists everybody. */
  private static final String LISTING = "users";

  private static final int MOST_ATTEMPTS = 8;
  private static final String ABSENT = "attribute_not_exists(pk)";

  private final DynamoDbClient dynamoDb;
  private final String table;

  public DynamoDbUsers(DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  @Override
  public Optional<User> find(String id) {
    return UserRules.isId(id) ? item(userKey(id)).map(DynamoDbUsers::user) : Optional.empty();
  }

  @Override
  public Page list(Filter filter, String after, int limit) {
    if (filter.username() != null || filter.customerId() != null) {
      List<Summary> users =
          claimant(filter)
              .filter(user -> matches(user, filter, after))
              .map(DynamoDbUsers::summary)
              .map(List::of)
              .orElse(List.of());
      return new Page(users, null);
    }
    String start = filter.usernameStart() == null ? "" : UserRules.fold(filter.usernameStart());
    String from = start.isEmpty() ? FIRST_KEY : start;
    List<Map<String, AttributeValue>> items = query(filter.status(), after, from, start, limit + 1);
    boolean more = items.size() > limit;
    List<Summary> users = new ArrayList<>();
    for (Map<String, AttributeValue> item : more ? items.subList(0, limit) : items) {
      users.add(
          new Summary(
              item.get("id").s(),
              item.get("name").s(),
              item.get("status").s(),
              item.get("username").s(),
              item.get("customer_id").s()));
    }
    return new Page(users, more ? items.get(limit - 1).get("username_key").s() : null);
  }

  @Override
  public Set<String> create(User user) {
    return create(user, ABSENT);
  }

  /**
   * Does what {@link #create} does, under a condition that no item meets: DynamoDB refuses it and
   * nothing is written. It is for priming, and needs no more permissions than creating.
   */
  public void rehearseCreate() {
    String id = "snapstart-priming";
    String now = "2000-01-01 00:00:00";
    User user =
        new User(
            id, id, id, id, "active", null, now, null, null, null, null, null, "customer", now);
    create(user, ABSENT + " AND attribute_exists(pk)");
  }

  private Set<String> create(User user, String condition) {
    Map<String, Map<String, AttributeValue>> items = new LinkedHashMap<>();
    items.put("id", item(user));
    items.put("username", claim(usernameKey(user.username()), user));
    items.put("customer_id", claim(customerIdKey(user.customerId()), user));
    List<TransactWriteItem> puts = new ArrayList<>();
    for (Map<String, AttributeValue> item : items.values()) {
      puts.add(
          TransactWriteItem.builder()
              .put(put -> put.tableName(table).item(item).conditionExpression(condition))
              .build());
    }
    for (int attempt = 1; ; attempt++) {
      try {
        dynamoDb.transactWriteItems(request -> request.transactItems(puts));
        return Set.of();
      } catch (TransactionCanceledException cancelled) {
        Set<String> taken = taken(List.copyOf(items.keySet()), cancelled.cancellationReasons());
        if (!taken.isEmpty()) {
          return taken;
        }
        // Another transaction held one of the items: once it is through, this one wins or loses.
        if (attempt == MOST_ATTEMPTS || !conflicts(cancelled)) {
          throw cancelled;
        }
        pause(attempt);
      }
    }
  }

  private Optional<User> claimant(Filter filter) {
    String key =
        filter.username() != null
            ? usernameKey(filter.username())
            : customerIdKey(filter.customerId());
    return item(key).flatMap(claim -> find(claim.get("id").s()));
  }

  private static boolean matches(User user, Filter filter, String after) {
    String key = UserRules.fold(user.username());
    return (filter.status() == null || filter.status().equals(user.status()))
        && (filter.username() == null || UserRules.fold(filter.username()).equals(key))
        && (filter.customerId() == null || filter.customerId().equalsIgnoreCase(user.customerId()))
        && (filter.usernameStart() == null
            || key.startsWith(UserRules.fold(filter.usernameStart())))
        && (after == null || key.compareTo(after) > 0);
  }

  private List<Map<String, AttributeValue>> query(
      String status, String after, String from, String start, int limit) {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":partition", text(status == null ? LISTING : status));
    values.put(":from", text(after == null ? from : after + "\0"));
    values.put(":to", text(start + LAST_CHARACTER));
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

  private static Set<String> taken(List<String> fields, List<CancellationReason> reasons) {
    Set<String> taken = new LinkedHashSet<>();
    for (int i = 0; i < reasons.size(); i++) {
      if ("ConditionalCheckFailed".equals(reasons.get(i).code())) {
        taken.add(fields.get(i));
      }
    }
    return taken;
  }

  private static boolean conflicts(TransactionCanceledException cancelled) {
    return cancelled.cancellationReasons().stream()
        .anyMatch(reason -> "TransactionConflict".equals(reason.code()));
  }

  private static void pause(int attempt) {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(10L << attempt));
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while creating a user", ending);
    }
  }

  private static String userKey(String id) {
    return "user#" + id;
  }

  private static String usernameKey(String username) {
    return "username#" + UserRules.fold(username);
  }

  private static String customerIdKey(String customerId) {
    return "customer_id#" + UserRules.fold(customerId);
  }

  private static Map<String, AttributeValue> claim(String key, User user) {
    return Map.of("pk", text(key), "id", text(user.id()));
  }

  private static Map<String, AttributeValue> item(User user) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put("pk", text(userKey(user.id())));
    item.put("listing", text(LISTING));
    item.put("username_key", text(UserRules.fold(user.username())));
    put(item, "id", user.id());
    put(item, "username", user.username());
    put(item, "name", user.name());
    put(item, "customer_id", user.customerId());
    put(item, "status", user.status());
    put(item, "expiration", user.expiration());
    put(item, "created_at", user.createdAt());
    put(item, "activated_at", user.activatedAt());
    put(item, "mac", user.mac());
    put(item, "profile_id", user.profileId());
    put(item, "profile_name", user.profileName());
    put(item, "radius_id", user.radiusId());
    put(item, "role", user.role());
    put(item, "updated_at", user.updatedAt());
    return item;
  }

  private static void put(Map<String, AttributeValue> item, String name, String value) {
    if (value != null) {
      item.put(name, text(value));
    }
  }

  private static void put(Map<String, AttributeValue> item, String name, Long value) {
    if (value != null) {
      item.put(name, number(value));
    }
  }

  private static User user(Map<String, AttributeValue> item) {
    return new User(
        item.get("id").s(),
        item.get("username").s(),
        item.get("name").s(),
        item.get("customer_id").s(),
        item.get("status").s(),
        optionalText(item, "expiration"),
        item.get("created_at").s(),
        optionalText(item, "activated_at"),
        optionalText(item, "mac"),
        optionalNumber(item, "profile_id"),
        optionalText(item, "profile_name"),
        optionalNumber(item, "radius_id"),
        item.get("role").s(),
        item.get("updated_at").s());
  }

  private static Summary summary(User user) {
    return new Summary(user.id(), user.name(), user.status(), user.username(), user.customerId());
  }

  private static String optionalText(Map<String, AttributeValue> item, String name) {
    return item.containsKey(name) ? item.get(name).s() : null;
  }

  private static Long optionalNumber(Map<String, AttributeValue> item, String name) {
    return item.containsKey(name) ? Long.valueOf(item.get(name).n()) : null;
  }
}
