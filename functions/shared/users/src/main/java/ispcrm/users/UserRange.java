package ispcrm.users;

import static ispcrm.dynamodb.DynamoDb.attribute;
import static ispcrm.dynamodb.DynamoDb.text;
import static ispcrm.users.UserItems.ALL_USERS;
import static ispcrm.users.UserItems.DUE;
import static ispcrm.users.UserItems.DUE_KEY;
import static ispcrm.users.UserItems.EXPIRY;
import static ispcrm.users.UserItems.KEPT;

import ispcrm.dynamodb.KeyRange;
import java.time.Instant;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The parts of the indexes of the table of users that lists and schedules read. */
final class UserRange {
  /** The lowest possible key of a username, because usernames start with a letter or a digit. */
  private static final String FIRST_KEY = "0";

  /** Sorts after every character that a key can contain. */
  private static final String LAST_CHARACTER = Character.toString(Character.MAX_CODE_POINT);

  private UserRange() {}

  /**
   * What the first condition of a filter selects, or all users; several ranges have the same sort
   * key, and are merged.
   */
  static List<KeyRange> of(Users.Filter filter) {
    UserFilter first = filter.first();
    if (first == null) {
      return List.of(byUsername("by_username", "listing", text(ALL_USERS), ""));
    }
    Object value = filter.conditions().get(first);
    return switch (first) {
      case USERNAME, CUSTOMER_ID ->
          throw new IllegalArgumentException("unique, so not in an index");
      case MAC, RADIUS_ID, PROFILE_ID, ROLE, STATUS ->
          List.of(byUsername("by_" + first, first.toString(), attribute(value), ""));
      case EMAIL, PHONE -> List.of(byUsername("by_" + first, first + "_key", attribute(value), ""));
      case Q -> List.of(byUsername("by_username", "listing", text(ALL_USERS), (String) value));
      case NAME ->
          List.of(
              new KeyRange(
                  "by_name",
                  "listing",
                  text(ALL_USERS),
                  "name_key",
                  (String) value,
                  value + LAST_CHARACTER));
      case EXPIRES_BEFORE -> List.of(byDue(EXPIRY, (String) value), byDue(KEPT, (String) value));
      case UPDATED_SINCE ->
          List.of(
              new KeyRange(
                  "by_update",
                  "feed",
                  text(ALL_USERS),
                  "updated_key",
                  (String) value,
                  end(filter.until())));
    };
  }

  /** Users for whom a schedule has something to do before or at this key. */
  static KeyRange byDue(String what, String to) {
    return new KeyRange("by_due", DUE, text(what), DUE_KEY, FIRST_KEY, to);
  }

  /** The last time key of a second. */
  static String end(Instant second) {
    return UserItems.timeKey(second, LAST_CHARACTER);
  }

  private static KeyRange byUsername(
      String index, String partition, AttributeValue value, String prefix) {
    return new KeyRange(
        index,
        partition,
        value,
        "username_key",
        prefix.isEmpty() ? FIRST_KEY : prefix,
        prefix + LAST_CHARACTER);
  }
}
