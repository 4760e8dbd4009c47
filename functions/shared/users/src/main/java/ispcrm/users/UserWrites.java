package ispcrm.users;

import static ispcrm.dynamodb.DynamoDb.text;
import static ispcrm.users.UserItems.KEY;

import ispcrm.dynamodb.DynamoDb;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * The writes of a transaction that creates, changes or deletes a user, with the items that claim
 * its id, username and customer number.
 */
final class UserWrites {
  private static final String ABSENT = "attribute_not_exists(pk)";

  private final String table;
  private final List<TransactWriteItem> items = new ArrayList<>();

  /** For each item, the fields that are at fault if its condition does not hold. */
  private final List<List<UserField<?>>> fields = new ArrayList<>();

  private UserWrites(String table) {
    this.table = table;
  }

  static UserWrites creation(String table, User user) {
    UserWrites writes = new UserWrites(table);
    writes.add(writes.put(UserItems.item(user)), List.of(UserField.ID));
    writes.moveClaims(Map.of(), claims(user), user);
    return writes;
  }

  static UserWrites update(String table, User before, User after) {
    UserWrites writes = new UserWrites(table);
    writes.add(writes.changes(before, after), List.of(UserField.ID));
    writes.moveClaims(claims(before), claims(after), after);
    return writes;
  }

  /**
   * @param tombstone the item that remains
   */
  static UserWrites deletion(String table, User user, Map<String, AttributeValue> tombstone) {
    UserWrites writes = new UserWrites(table);
    Condition same = new Condition(user);
    writes.add(
        TransactWriteItem.builder()
            .put(
                put ->
                    put.tableName(table)
                        .item(tombstone)
                        .conditionExpression(same.expression)
                        .expressionAttributeNames(same.names)
                        .expressionAttributeValues(same.values))
            .build(),
        List.of(UserField.ID));
    writes.moveClaims(claims(user), Map.of(), user);
    return writes;
  }

  /**
   * Carries them out, all or none.
   *
   * @return the fields whose writes failed their conditions; empty if all was written
   */
  Set<UserField<?>> transact(DynamoDbClient dynamoDb, TransactWriteItem... with) {
    Set<UserField<?>> failed = new LinkedHashSet<>();
    DynamoDb.transact(dynamoDb, items, with)
        .forEach(position -> failed.addAll(fields.get(position)));
    return failed;
  }

  private void add(TransactWriteItem item, List<UserField<?>> atFault) {
    items.add(item);
    fields.add(atFault);
  }

  private TransactWriteItem put(Map<String, AttributeValue> item) {
    return TransactWriteItem.builder()
        .put(put -> put.tableName(table).item(item).conditionExpression(ABSENT))
        .build();
  }

  /** The keys of the items that claim the names of a user, each with the fields that it is for. */
  private static Map<String, List<UserField<?>>> claims(User user) {
    Map<String, List<UserField<?>>> claims = new LinkedHashMap<>();
    for (UserField<String> field : List.of(UserField.ID, UserField.USERNAME)) {
      claims
          .computeIfAbsent(UserItems.nameKey(user.get(field)), key -> new ArrayList<>())
          .add(field);
    }
    claims.put(UserItems.customerIdKey(user.customerId()), List.of(UserField.CUSTOMER_ID));
    return claims;
  }

  private void moveClaims(
      Map<String, List<UserField<?>>> from, Map<String, List<UserField<?>>> to, User user) {
    to.forEach(
        (key, atFault) -> {
          if (!from.containsKey(key)) {
            add(put(UserItems.claim(key, user)), atFault);
          }
        });
    from.forEach(
        (key, atFault) -> {
          if (!to.containsKey(key)) {
            add(freeClaim(key, user), atFault);
          }
        });
  }

  private TransactWriteItem freeClaim(String key, User user) {
    return TransactWriteItem.builder()
        .delete(
            delete ->
                delete
                    .tableName(table)
                    .key(Map.of(KEY, text(key)))
                    .conditionExpression(ABSENT + " OR id = :id")
                    .expressionAttributeValues(Map.of(":id", text(user.id()))))
        .build();
  }

  /**
   * Writes only what differs, so that attributes of later releases stay. The time of the update is
   * always written, because an update has to write something.
   */
  private TransactWriteItem changes(User before, User after) {
    Map<String, AttributeValue> old = UserItems.item(before);
    Map<String, AttributeValue> now = UserItems.item(after);
    Set<String> names = new LinkedHashSet<>(old.keySet());
    names.addAll(now.keySet());
    names.removeIf(
        name ->
            Objects.equals(old.get(name), now.get(name))
                && !name.equals(UserField.UPDATED_AT.toString()));
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
                    .key(Map.of(KEY, text(UserItems.userKey(before.id()))))
                    .updateExpression(expression)
                    .conditionExpression(same.expression)
                    .expressionAttributeNames(same.names)
                    .expressionAttributeValues(same.values))
        .build();
  }

  /**
   * The condition that every field of a user is stored as it was read. An operator may have written
   * a value by hand in another form than {@link UserItems} does.
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
      return value == null ? null : DynamoDb.attribute(value);
    }
  }
}
