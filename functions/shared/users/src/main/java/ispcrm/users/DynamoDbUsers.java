package ispcrm.users;

import static ispcrm.dynamodb.DynamoDb.number;
import static ispcrm.dynamodb.DynamoDb.text;

import ispcrm.access.Authorization;
import ispcrm.access.Role;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.Item;
import ispcrm.dynamodb.Slice;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionCheck;
import software.amazon.awssdk.services.dynamodb.model.Delete;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Users in a DynamoDB table: one item for each user, and further items that claim its id and
 * username, which share one space of names, and its customer number. Of a deleted user, an item
 * with the id and the time of the deletion remains. The table and its indexes are UsersTable in
 * template.yaml.
 */
public final class DynamoDbUsers implements Users {
  private static final String KEY = "pk";

  /** The attribute of a deleted user, in seconds since 1970-01-01. */
  private static final String DELETED_AT = "deleted_at";

  /** The lowest possible key of a username, because usernames start with a letter or a digit. */
  private static final String FIRST_KEY = "0";

  /** Sorts after every character that a key can contain. */
  private static final String LAST_CHARACTER = Character.toString(Character.MAX_CODE_POINT);

  /** The single partition of each index that contains all users. */
  private static final String ALL_USERS = "users";

  private static final String DUE = "due";
  private static final String DUE_KEY = "due_key";

  private static final Set<String> SCHEDULE = Set.of(DUE, DUE_KEY);

  /** What a schedule has to do for a user at the time in {@link #DUE_KEY}. */
  private static final String EXPIRY = "expiry";

  /** Nothing: the expiration was in the past already when it was set, or the user never expires. */
  private static final String KEPT = "kept";

  private static final String ERASURE = "erasure";

  private static final String ABSENT = "attribute_not_exists(pk)";

  private final DynamoDbClient dynamoDb;
  private final String table;

  public DynamoDbUsers(DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  @Override
  public Optional<User> find(String id) {
    return isId(id) ? living(id).map(DynamoDbUsers::user) : Optional.empty();
  }

  /** The item of a user, unless the user is deleted or the id differs in case. */
  private Optional<Item> living(String id) {
    return item(userKey(id)).filter(item -> !item.has(DELETED_AT) && item.text("id").equals(id));
  }

  /**
   * Checks that the table can be read; see {@link DynamoDb#checkReadable}.
   *
   * @throws RuntimeException if it cannot
   */
  public void checkReadable() {
    DynamoDb.checkReadable(dynamoDb, table, Map.of(KEY, text("health")));
  }

  @Override
  public Page list(Filter filter, String after, int limit) {
    if (filter instanceof ByUsername names
        && (names.username() != null || names.customerId() != null)) {
      return new Page(
          claimedBy(names).stream()
              .filter(user -> matches(user, names, after))
              .map(DynamoDbUsers::summary)
              .toList(),
          null);
    }
    List<Range> ranges = ranges(filter);
    Slice page =
        ranges.size() == 1
            ? query(ranges.get(0), after, limit)
            : Slice.merge(
                ranges.stream().map(range -> query(range, after, limit)).toList(),
                limit,
                ranges.get(0).sortKey());
    return new Page(Item.readEach(page.items(), DynamoDbUsers::summary, KEY), page.next());
  }

  @Override
  public Set<UserField<?>> create(User user, TransactWriteItem... with) {
    List<Write> writes = new ArrayList<>();
    writes.add(new Write(put(item(user), ABSENT), List.of(UserField.ID)));
    moveClaims(Map.of(), claims(user), user, writes);
    return transact(writes, with);
  }

  @Override
  public Set<UserField<?>> update(User before, User after, TransactWriteItem... with) {
    List<Write> writes = new ArrayList<>();
    writes.add(new Write(updateItem(before, after), List.of(UserField.ID)));
    moveClaims(claims(before), claims(after), after, writes);
    return transact(writes, with);
  }

  @Override
  public boolean delete(User user, Instant now, TransactWriteItem... with) {
    Map<String, AttributeValue> tombstone = new HashMap<>();
    tombstone.put(KEY, text(userKey(user.id())));
    tombstone.put(UserField.ID.toString(), text(user.id()));
    tombstone.put(DELETED_AT, number(now.getEpochSecond()));
    tombstone.putAll(updateKeys(user.id(), now));
    tombstone.put(DUE, text(ERASURE));
    tombstone.put(DUE_KEY, text(timeKey(now, user.id())));
    Condition same = new Condition(user);
    Put put =
        Put.builder()
            .tableName(table)
            .item(tombstone)
            .conditionExpression(same.expression)
            .expressionAttributeNames(same.names)
            .expressionAttributeValues(same.values)
            .build();
    List<Write> writes = new ArrayList<>();
    writes.add(new Write(TransactWriteItem.builder().put(put).build(), List.of(UserField.ID)));
    moveClaims(claims(user), Map.of(), user, writes);
    return transact(writes, with).isEmpty();
  }

  /**
   * A part of a transaction.
   *
   * @param fields those that are at fault if the condition of the item does not hold
   */
  private record Write(TransactWriteItem item, List<UserField<?>> fields) {}

  /**
   * @return the fields whose writes failed their conditions; empty if all was written
   */
  private Set<UserField<?>> transact(List<Write> writes, TransactWriteItem... with) {
    Set<UserField<?>> failed = new LinkedHashSet<>();
    DynamoDb.transact(dynamoDb, writes.stream().map(Write::item).toList(), with)
        .forEach(position -> failed.addAll(writes.get(position).fields()));
    return failed;
  }

  private TransactWriteItem put(Map<String, AttributeValue> item, String condition) {
    return TransactWriteItem.builder()
        .put(put -> put.tableName(table).item(item).conditionExpression(condition))
        .build();
  }

  /** The keys of the items that claim the names of a user, each with the fields that it is for. */
  private static Map<String, List<UserField<?>>> claims(User user) {
    Map<String, List<UserField<?>>> claims = new LinkedHashMap<>();
    for (UserField<String> field : List.of(UserField.ID, UserField.USERNAME)) {
      claims.computeIfAbsent(nameKey(user.get(field)), key -> new ArrayList<>()).add(field);
    }
    claims.put(customerIdKey(user.customerId()), List.of(UserField.CUSTOMER_ID));
    return claims;
  }

  private void moveClaims(
      Map<String, List<UserField<?>>> from,
      Map<String, List<UserField<?>>> to,
      User user,
      List<Write> writes) {
    to.forEach(
        (key, fields) -> {
          if (!from.containsKey(key)) {
            writes.add(new Write(put(claim(key, user), ABSENT), fields));
          }
        });
    from.forEach(
        (key, fields) -> {
          if (!to.containsKey(key)) {
            writes.add(new Write(freeClaim(key, user), fields));
          }
        });
  }

  private TransactWriteItem freeClaim(String key, User user) {
    return TransactWriteItem.builder()
        .delete(
            Delete.builder()
                .tableName(table)
                .key(Map.of(KEY, text(key)))
                .conditionExpression(ABSENT + " OR id = :id")
                .expressionAttributeValues(Map.of(":id", text(user.id())))
                .build())
        .build();
  }

  /** Writes only what differs, so that attributes of later releases stay. */
  private TransactWriteItem updateItem(User before, User after) {
    Map<String, AttributeValue> old = item(before);
    Map<String, AttributeValue> now = item(after);
    boolean isRescheduled = isRescheduled(before, after);
    Set<String> names = new LinkedHashSet<>(old.keySet());
    names.addAll(now.keySet());
    // Neither item knows whether the user is still due, but the table does.
    names.removeIf(
        name ->
            SCHEDULE.contains(name)
                ? !isRescheduled
                : Objects.equals(old.get(name), now.get(name)));
    Condition same = new Condition(before);
    List<String> set = new ArrayList<>();
    List<String> remove = new ArrayList<>();
    for (String name : names) {
      same.names.put("#" + name, name);
      if (now.containsKey(name)) {
        same.values.put(":new_" + name, now.get(name));
        set.add("#" + name + " = :new_" + name);
      } else {
        remove.add("#" + name);
      }
    }
    String expression =
        (set.isEmpty() ? "" : "SET " + String.join(", ", set))
            + (remove.isEmpty() ? "" : " REMOVE " + String.join(", ", remove));
    return TransactWriteItem.builder()
        .update(
            update ->
                update
                    .tableName(table)
                    .key(Map.of(KEY, text(userKey(before.id()))))
                    .updateExpression(expression)
                    .conditionExpression(same.expression)
                    .expressionAttributeNames(same.names)
                    .expressionAttributeValues(same.values))
        .build();
  }

  private static boolean isRescheduled(User before, User after) {
    return before.status() != after.status()
        || before.role() != after.role()
        || !Objects.equals(before.get(UserField.EXPIRATION), after.get(UserField.EXPIRATION));
  }

  /**
   * The condition that every field of a user is stored as it was read. An operator may have written
   * a value by hand in another form than this class does.
   */
  private static final class Condition {
    final String expression;
    final Map<String, String> names = new HashMap<>();
    final Map<String, AttributeValue> values = new HashMap<>();

    Condition(User user) {
      List<String> parts = new ArrayList<>();
      for (UserField<?> field : UserField.STORED) {
        AttributeValue value = stored(user, field);
        names.put("#" + field, field.toString());
        if (value == null) {
          parts.add("attribute_not_exists(#" + field + ")");
        } else {
          values.put(":" + field, value);
          parts.add("#" + field + " = :" + field);
        }
      }
      expression = String.join(" AND ", parts);
    }

    private static AttributeValue stored(User user, UserField<?> field) {
      if (!user.attributes().isEmpty()) {
        return user.attributes().get(field.toString());
      }
      Object value = user.format(field);
      return value == null ? null : attribute(value);
    }
  }

  @Override
  public ConditionCheck unchanged(User user) {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":role", text(user.role().toString()));
    values.put(":status", text(user.status().toString()));
    if (user.tokensRevokedAt() != null) {
      values.put(":revoked", text(Timestamps.format(user.tokensRevokedAt())));
    }
    return ConditionCheck.builder()
        .tableName(table)
        .key(Map.of(KEY, text(userKey(user.id()))))
        .conditionExpression(
            "#role = :role AND #status = :status AND "
                + (user.tokensRevokedAt() == null
                    ? "attribute_not_exists(tokens_revoked_at)"
                    : "tokens_revoked_at = :revoked"))
        .expressionAttributeNames(Map.of("#role", "role", "#status", "status"))
        .expressionAttributeValues(values)
        .build();
  }

  @Override
  public boolean revokeTokens(User after, TransactWriteItem... with) {
    TransactWriteItem update =
        TransactWriteItem.builder()
            .update(
                write ->
                    write
                        .tableName(table)
                        .key(Map.of(KEY, text(userKey(after.id()))))
                        .updateExpression("SET tokens_revoked_at = :now")
                        .conditionExpression(
                            "attribute_exists(pk) AND attribute_not_exists(deleted_at)"
                                + " AND (attribute_not_exists(tokens_revoked_at)"
                                + " OR tokens_revoked_at < :now)")
                        .expressionAttributeValues(
                            Map.of(":now", text(Timestamps.format(after.tokensRevokedAt())))))
            .build();
    return DynamoDb.transact(dynamoDb, List.of(update), with).isEmpty();
  }

  @Override
  public TransactWriteItem stillAuthorized(Authorization caller) {
    return TransactWriteItem.builder()
        .conditionCheck(
            check ->
                check
                    .tableName(table)
                    .key(Map.of(KEY, text(userKey(caller.user()))))
                    .conditionExpression(
                        "#role = :role AND #status = :active AND"
                            + " (attribute_not_exists(tokens_revoked_at)"
                            + " OR tokens_revoked_at < :token_created_at)")
                    .expressionAttributeNames(Map.of("#role", "role", "#status", "status"))
                    .expressionAttributeValues(
                        Map.of(
                            ":role", text(caller.role().toString()),
                            ":active", text(Status.ACTIVE.toString()),
                            ":token_created_at", text(Timestamps.format(caller.tokenCreatedAt())))))
        .build();
  }

  @Override
  public DuePage due(Instant now, String after, int limit) {
    Slice page = query(Range.byDue(EXPIRY, timeKey(now, LAST_CHARACTER)), after, limit);
    return new DuePage(Item.readEach(page.items(), entry -> entry.text("id"), KEY), page.next());
  }

  @Override
  public Optional<User> findDue(String id, Instant now) {
    return living(id)
        .filter(
            item ->
                EXPIRY.equals(item.optionalText(DUE))
                    && item.text(DUE_KEY).compareTo(timeKey(now, LAST_CHARACTER)) <= 0)
        .map(DynamoDbUsers::user);
  }

  @Override
  public List<String> pendingErasures(Instant before, int limit) {
    return Item.readEach(
        query(Range.byDue(ERASURE, timeKey(before, "")), null, limit).items(),
        item -> item.text("id"),
        KEY);
  }

  @Override
  public void completeErasure(String id) {
    dynamoDb.updateItem(
        request ->
            request
                .tableName(table)
                .key(Map.of(KEY, text(userKey(id))))
                .updateExpression("REMOVE #due, due_key")
                .conditionExpression("attribute_exists(deleted_at)")
                .expressionAttributeNames(Map.of("#due", DUE)));
  }

  private Optional<User> claimedBy(ByUsername filter) {
    String key =
        filter.username() != null ? nameKey(filter.username()) : customerIdKey(filter.customerId());
    // The user who has the name as its id only is not a match.
    return Item.unlessBroken(() -> item(key).flatMap(claim -> find(claim.text("id"))));
  }

  private static boolean matches(User user, ByUsername filter, String after) {
    String key = caseFold(user.username());
    return (filter.status() == null || filter.status() == user.status())
        && (filter.username() == null || caseFold(filter.username()).equals(key))
        && (filter.customerId() == null || filter.customerId().equalsIgnoreCase(user.customerId()))
        && (filter.usernamePrefix() == null || key.startsWith(caseFold(filter.usernamePrefix())))
        && (after == null || key.compareTo(after) > 0);
  }

  /**
   * A part of an index, in the order of its sort key.
   *
   * @param from the first sort key
   * @param to the last sort key
   */
  private record Range(
      String index,
      String partition,
      AttributeValue value,
      String sortKey,
      String from,
      String to) {

    static Range byUsername(String index, String partition, AttributeValue value, String prefix) {
      return new Range(
          index,
          partition,
          value,
          "username_key",
          prefix.isEmpty() ? FIRST_KEY : prefix,
          prefix + LAST_CHARACTER);
    }

    static Range byDue(String value, String to) {
      return new Range("by_due", DUE, text(value), DUE_KEY, FIRST_KEY, to);
    }
  }

  /** What a filter selects; several ranges have the same sort key, and are merged. */
  private static List<Range> ranges(Filter filter) {
    if (filter instanceof ByUsername names) {
      String prefix = names.usernamePrefix() == null ? "" : caseFold(names.usernamePrefix());
      return List.of(
          names.status() == null
              ? Range.byUsername("by_username", "listing", text(ALL_USERS), prefix)
              : Range.byUsername("by_status", "status", text(names.status().toString()), prefix));
    }
    if (filter instanceof ByName name) {
      return List.of(
          new Range(
              "by_name",
              "listing",
              text(ALL_USERS),
              "name_key",
              name.prefix(),
              name.prefix() + LAST_CHARACTER));
    }
    if (filter instanceof ByValue<?> equal) {
      return List.of(
          Range.byUsername("by_" + equal.field(), equal.field().toString(), value(equal), ""));
    }
    if (filter instanceof ExpiresBefore expires) {
      String before = Timestamps.format(expires.time());
      return List.of(Range.byDue(EXPIRY, before), Range.byDue(KEPT, before));
    }
    UpdatedBetween updated = (UpdatedBetween) filter;
    return List.of(
        new Range(
            "by_update",
            "feed",
            text(ALL_USERS),
            "updated_key",
            Timestamps.format(updated.from()),
            timeKey(updated.to(), LAST_CHARACTER)));
  }

  private static <T> AttributeValue value(ByValue<T> filter) {
    return attribute(filter.field().format(filter.value()));
  }

  private Slice query(Range range, String after, int limit) {
    String from = after == null ? range.from() : after + "\0";
    // DynamoDB rejects a range that ends before it begins. It compares the bytes of UTF-8.
    if (Arrays.compareUnsigned(utf8(from), utf8(range.to())) > 0) {
      return new Slice(List.of(), null);
    }
    return Slice.of(
        dynamoDb.query(
            QueryRequest.builder()
                .tableName(table)
                .indexName(range.index())
                .keyConditionExpression("#partition = :partition AND #key BETWEEN :from AND :to")
                .expressionAttributeNames(
                    Map.of("#partition", range.partition(), "#key", range.sortKey()))
                .expressionAttributeValues(
                    Map.of(
                        ":partition", range.value(), ":from", text(from), ":to", text(range.to())))
                .limit(limit + 1)
                .build()),
        limit,
        range.sortKey());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Optional<Item> item(String key) {
    return DynamoDb.find(dynamoDb, table, KEY, key).map(attributes -> Item.of(attributes, KEY));
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
    return "user#" + caseFold(id);
  }

  /** The key of the item that claims an id or a username. */
  private static String nameKey(String name) {
    return "name#" + caseFold(name);
  }

  private static String customerIdKey(String customerId) {
    return "customer_id#" + caseFold(customerId);
  }

  /** Sorts by time, and is unique. */
  private static String timeKey(Instant time, String id) {
    return Timestamps.format(time) + " " + id;
  }

  /** The form in which ids, usernames and customer numbers are equal regardless of case. */
  private static String caseFold(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static Map<String, AttributeValue> claim(String key, User user) {
    return Map.of(KEY, text(key), "id", text(user.id()));
  }

  /** The keys of the index of updates, which also contains deleted users. */
  private static Map<String, AttributeValue> updateKeys(String id, Instant time) {
    return Map.of("feed", text(ALL_USERS), "updated_key", text(timeKey(time, id)));
  }

  /** The item that stores a user. */
  static Map<String, AttributeValue> item(User user) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put(KEY, text(userKey(user.id())));
    item.put("listing", text(ALL_USERS));
    item.put("username_key", text(caseFold(user.username())));
    item.put("name_key", text(Names.key(user.get(UserField.NAME), user.id())));
    Instant updatedAt = user.get(UserField.UPDATED_AT);
    item.putAll(updateKeys(user.id(), updatedAt));
    Instant expiration = user.get(UserField.EXPIRATION);
    if (user.status() == Status.ACTIVE && expiration != null) {
      boolean isDue = user.role() == Role.CUSTOMER && expiration.isAfter(updatedAt);
      item.put(DUE, text(isDue ? EXPIRY : KEPT));
      item.put(DUE_KEY, text(timeKey(expiration, user.id())));
    }
    for (UserField<?> field : UserField.STORED) {
      Object value = user.format(field);
      if (value != null) {
        item.put(field.toString(), attribute(value));
      }
    }
    return item;
  }

  private static User user(Item item) {
    User.Builder user = User.builder();
    for (UserField<?> field : UserField.STORED) {
      restore(item, field, user);
    }
    return user.setAttributes(item.attributes()).build();
  }

  private static <T> void restore(Item item, UserField<T> field, User.Builder user) {
    user.set(field, restored(item, field));
  }

  /** The value of a field; null if it has none. */
  private static <T> T restored(Item item, UserField<T> field) {
    return item.has(field.toString()) || !field.isNullable()
        ? item.read(field.toString(), value -> field.restore(value(value)))
        : null;
  }

  /** The value of a field as it is shown; null if it has none. */
  private static <T> Object shown(Item item, UserField<T> field) {
    return field.format(restored(item, field));
  }

  private static Summary summary(Item item) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (item.has(DELETED_AT)) {
      fields.put("id", item.text("id"));
      fields.put("status", "deleted");
      fields.put(DELETED_AT, Timestamps.format(item.time(DELETED_AT)));
      return new Summary(item.text("id"), true, fields);
    }
    for (UserField<?> field : UserField.IN_LISTS) {
      fields.put(field.toString(), shown(item, field));
    }
    return new Summary(item.text("id"), false, fields);
  }

  private static Summary summary(User user) {
    Map<String, Object> fields = new LinkedHashMap<>();
    UserField.IN_LISTS.forEach(field -> fields.put(field.toString(), user.format(field)));
    return new Summary(user.id(), false, fields);
  }

  private static AttributeValue attribute(Object value) {
    return value instanceof Long number ? number(number) : text((String) value);
  }

  private static Object value(AttributeValue attribute) {
    return Objects.requireNonNull(
        attribute.n() == null ? attribute.s() : Long.valueOf(attribute.n()),
        "neither text nor number");
  }
}
