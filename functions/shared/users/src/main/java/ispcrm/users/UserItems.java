package ispcrm.users;

import static ispcrm.dynamodb.DynamoDb.attribute;
import static ispcrm.dynamodb.DynamoDb.number;
import static ispcrm.dynamodb.DynamoDb.text;

import ispcrm.access.Role;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.Item;
import ispcrm.values.Timestamps;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The items of the table of users: their keys, and what they contain. */
final class UserItems {
  static final String KEY = "pk";

  /** The attribute of a deleted user, in seconds since 1970-01-01. */
  static final String DELETED_AT = "deleted_at";

  /** The single partition of each index that contains all users. */
  static final String ALL_USERS = "users";

  static final String DUE = "due";
  static final String DUE_KEY = "due_key";

  /**
   * The attribute with the values that lists show and filter by, which all indexes project, because
   * they can project 100 attributes together. It can get further values later, but a projection
   * never changes.
   */
  private static final String LISTED = "listed";

  private static final List<UserField<?>> LISTED_FIELDS =
      Stream.concat(
              UserField.IN_LISTS.stream(),
              Arrays.stream(UserFilter.values()).map(UserFilter::field))
          .distinct()
          .toList();

  /** What a schedule has to do for a user at the time in {@link #DUE_KEY}. */
  static final String EXPIRY = "expiry";

  /** Nothing: a request kept the user active, or the user never expires. */
  static final String KEPT = "kept";

  static final String ERASURE = "erasure";

  private UserItems() {}

  static String userKey(String id) {
    return "user#" + caseFold(id);
  }

  /** The key of the item that claims an id or a username. */
  static String nameKey(String name) {
    return "name#" + caseFold(name);
  }

  static String customerIdKey(String customerId) {
    return "customer_id#" + caseFold(customerId);
  }

  /** Sorts by time, and is unique. */
  static String timeKey(Instant time, String id) {
    return Timestamps.format(time) + " " + id;
  }

  /** The form in which ids, usernames and customer numbers are equal regardless of case. */
  static String caseFold(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  static Map<String, AttributeValue> claim(String key, User user) {
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
    item.putAll(updateKeys(user.id(), user.get(UserField.UPDATED_AT)));
    Instant expiration = user.get(UserField.EXPIRATION);
    if (user.status() == Status.ACTIVE && expiration != null) {
      boolean expires = user.role() == Role.CUSTOMER && !user.isKeptActive();
      item.put(DUE, text(expires ? EXPIRY : KEPT));
      item.put(DUE_KEY, text(timeKey(expiration, user.id())));
    }
    putKey(item, "email_key", user, UserField.EMAIL);
    putKey(item, "phone_key", user, UserField.PHONE);
    item.putAll(attributes(user, UserField.STORED));
    item.put(LISTED, AttributeValue.fromM(attributes(user, LISTED_FIELDS)));
    return item;
  }

  private static void putKey(
      Map<String, AttributeValue> item, String name, User user, UserField<?> field) {
    Object key = user.key(field);
    if (key != null) {
      item.put(name, attribute(key));
    }
  }

  private static Map<String, AttributeValue> attributes(User user, List<UserField<?>> fields) {
    Map<String, AttributeValue> attributes = new HashMap<>();
    for (UserField<?> field : fields) {
      Object value = user.format(field);
      if (value != null) {
        attributes.put(field.toString(), attribute(value));
      }
    }
    return attributes;
  }

  static User user(Item item) {
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

  private static <T> Object key(Item item, UserField<T> field) {
    return field.key(restored(item, field));
  }

  private static <T> Object shown(Item item, UserField<T> field) {
    return field.show(restored(item, field));
  }

  /** What a list shows of an item that was read with a filter; empty if it does not match. */
  static Optional<Users.Summary> summary(Item item, Users.Filter filter) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (item.has(DELETED_AT)) {
      fields.put("id", item.text("id"));
      fields.put("status", "deleted");
      fields.put(DELETED_AT, Timestamps.format(item.time(DELETED_AT)));
      return Optional.of(new Users.Summary(item.text("id"), true, fields));
    }
    Item listed = new Item(item.key(), item.read(LISTED, AttributeValue::m));
    if (!filter.matchesFurther(field -> key(listed, field))) {
      return Optional.empty();
    }
    UserField.IN_LISTS.forEach(field -> fields.put(field.toString(), shown(listed, field)));
    return Optional.of(new Users.Summary(listed.text("id"), false, fields));
  }

  static Users.Summary summary(User user) {
    Map<String, Object> fields = new LinkedHashMap<>();
    UserField.IN_LISTS.forEach(field -> fields.put(field.toString(), user.format(field)));
    return new Users.Summary(user.id(), false, fields);
  }

  private static Object value(AttributeValue attribute) {
    return Objects.requireNonNull(DynamoDb.value(attribute), "has no value");
  }

  /** The item that remains of a deleted user, whose erasure is pending. */
  static Map<String, AttributeValue> tombstone(String id, Instant now) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put(KEY, text(userKey(id)));
    item.put(UserField.ID.toString(), text(id));
    item.put(DELETED_AT, number(now.getEpochSecond()));
    item.putAll(updateKeys(id, now));
    item.put(DUE, text(ERASURE));
    item.put(DUE_KEY, text(timeKey(now, id)));
    return item;
  }
}
