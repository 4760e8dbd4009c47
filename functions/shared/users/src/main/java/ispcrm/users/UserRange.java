package ispcrm.users;

import static ispcrm.dynamodb.DynamoDb.attribute;
import static ispcrm.dynamodb.DynamoDb.text;
import static ispcrm.users.UserItems.ALL_USERS;
import static ispcrm.users.UserItems.DUE;
import static ispcrm.users.UserItems.DUE_KEY;
import static ispcrm.users.UserItems.EXPIRY;
import static ispcrm.users.UserItems.KEPT;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

/**
 * A part of an index of the table of users, in the order of its sort key.
 *
 * @param from the first sort key
 * @param to the last sort key
 */
record UserRange(
    String index, String partition, AttributeValue value, String sortKey, String from, String to) {
  /** The lowest possible key of a username, because usernames start with a letter or a digit. */
  private static final String FIRST_KEY = "0";

  /** Sorts after every character that a key can contain. */
  private static final String LAST_CHARACTER = Character.toString(Character.MAX_CODE_POINT);

  /**
   * What the first condition of a filter selects, or all users; several ranges have the same sort
   * key, and are merged.
   */
  static List<UserRange> of(Users.Filter filter) {
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
              new UserRange(
                  "by_name",
                  "listing",
                  text(ALL_USERS),
                  "name_key",
                  (String) value,
                  value + LAST_CHARACTER));
      case EXPIRES_BEFORE -> List.of(byDue(EXPIRY, (String) value), byDue(KEPT, (String) value));
      case UPDATED_SINCE ->
          List.of(
              new UserRange(
                  "by_update",
                  "feed",
                  text(ALL_USERS),
                  "updated_key",
                  (String) value,
                  end(filter.until())));
    };
  }

  /** Users for whom a schedule has something to do before or at this key. */
  static UserRange byDue(String what, String to) {
    return new UserRange("by_due", DUE, text(what), DUE_KEY, FIRST_KEY, to);
  }

  /** The last time key of a second. */
  static String end(Instant second) {
    return UserItems.timeKey(second, LAST_CHARACTER);
  }

  private static UserRange byUsername(
      String index, String partition, AttributeValue value, String prefix) {
    return new UserRange(
        index,
        partition,
        value,
        "username_key",
        prefix.isEmpty() ? FIRST_KEY : prefix,
        prefix + LAST_CHARACTER);
  }

  /** What remains after a sort key; all of it if that is null. */
  UserRange after(String key) {
    return key == null ? this : new UserRange(index, partition, value, sortKey, key + "\0", to);
  }

  /** Whether it ends before it begins, which DynamoDB rejects. It compares the bytes of UTF-8. */
  boolean isEmpty() {
    return Arrays.compareUnsigned(utf8(from), utf8(to)) > 0;
  }

  QueryRequest.Builder query() {
    return QueryRequest.builder()
        .indexName(index)
        .keyConditionExpression("#partition = :partition AND #key BETWEEN :from AND :to")
        .expressionAttributeNames(Map.of("#partition", partition, "#key", sortKey))
        .expressionAttributeValues(
            Map.of(":partition", value, ":from", text(from), ":to", text(to)));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
