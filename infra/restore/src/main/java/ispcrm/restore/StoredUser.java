package ispcrm.restore;

import ispcrm.access.Role;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.users.Status;
import ispcrm.users.UserField;
import ispcrm.values.InvalidValueException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A user as {@link ispcrm.users.Users} stores it: the item {@code user#ID}, and items that claim
 * its id and username, and its customer number. Of a deleted user, an item with the id remains.
 *
 * @param attributes all attributes of the item, including those that this release does not know
 */
record StoredUser(
    String id,
    Role role,
    Status status,
    List<Claim> claims,
    Map<String, AttributeValue> attributes) {
  /** The attributes that have a schedule expire the user. A disabled user does not have them. */
  static final List<String> DUE = List.of("due", "due_key");

  private static final String LISTED = "listed";
  private static final String USER = "user#";
  private static final String NAME = "name#";
  private static final String CUSTOMER_ID = "customer_id#";

  /**
   * The item that claims a value for a user.
   *
   * @param field what the value is called in messages
   */
  record Claim(String field, String value, String key) {}

  static boolean isUser(String key) {
    return key.startsWith(USER);
  }

  /** Whether an item is what remains of a deleted user. */
  static boolean isDeleted(Map<String, AttributeValue> item) {
    return item.containsKey("deleted_at");
  }

  static boolean isClaim(String key) {
    return key.startsWith(NAME) || key.startsWith(CUSTOMER_ID);
  }

  /** The key of the user who has a claim. */
  static String keyOfOwner(Map<String, AttributeValue> claim) {
    return USER + caseFold(text(claim, "id"));
  }

  /**
   * Reads an item.
   *
   * @throws BrokenRecordException if the API could not read it or list it
   */
  static StoredUser of(Map<String, AttributeValue> attributes) throws BrokenRecordException {
    for (UserField<?> field : UserField.ALL) {
      value(attributes, field);
    }
    String id = value(attributes, UserField.ID);
    String username = value(attributes, UserField.USERNAME);
    String customerId = value(attributes, UserField.CUSTOMER_ID);
    require(attributes, "pk", USER + caseFold(id));
    require(attributes, "listing", "users");
    require(attributes, "username_key", caseFold(username));
    return new StoredUser(
        id,
        value(attributes, UserField.ROLE),
        value(attributes, UserField.STATUS),
        Stream.of(
                new Claim("id", id, NAME + caseFold(id)),
                new Claim("username", username, NAME + caseFold(username)),
                new Claim("customer number", customerId, CUSTOMER_ID + caseFold(customerId)))
            .filter(
                claim -> !claim.field().equals("id") || !caseFold(id).equals(caseFold(username)))
            .toList(),
        attributes);
  }

  /** The attributes that differ if the user is disabled: the status, also where lists read it. */
  static Map<String, AttributeValue> disabled(Map<String, AttributeValue> item) {
    Map<String, AttributeValue> status =
        Map.of("status", AttributeValue.fromS(Status.DISABLED.toString()));
    Map<String, AttributeValue> changed = new HashMap<>(status);
    if (item.containsKey(LISTED) && item.get(LISTED).hasM()) {
      Map<String, AttributeValue> listed = new HashMap<>(item.get(LISTED).m());
      listed.putAll(status);
      changed.put(LISTED, AttributeValue.fromM(listed));
    }
    return changed;
  }

  String key() {
    return USER + caseFold(id);
  }

  private static <T> T value(Map<String, AttributeValue> attributes, UserField<T> field)
      throws BrokenRecordException {
    AttributeValue stored = attributes.get(field.toString());
    if (stored == null && field.isNullable()) {
      return null;
    }
    try {
      return field.parse(stored == null ? "" : DynamoDb.value(stored));
    } catch (InvalidValueException | NumberFormatException e) {
      throw new BrokenRecordException(
          field + (stored == null ? " is missing" : " has an invalid value"));
    }
  }

  private static void require(Map<String, AttributeValue> attributes, String name, String value)
      throws BrokenRecordException {
    if (!text(attributes, name).equals(value)) {
      throw new BrokenRecordException(name + " has an invalid value");
    }
  }

  /** The text of an attribute; empty if it is absent or not text. */
  static String text(Map<String, AttributeValue> attributes, String name) {
    AttributeValue value = attributes.get(name);
    return value == null || value.s() == null ? "" : value.s();
  }

  private static String caseFold(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
