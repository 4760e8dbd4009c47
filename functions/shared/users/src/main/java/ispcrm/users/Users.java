package ispcrm.users;

import static ispcrm.dynamodb.DynamoDb.text;
import static ispcrm.users.UserItems.DELETED_AT;
import static ispcrm.users.UserItems.DUE;
import static ispcrm.users.UserItems.DUE_KEY;
import static ispcrm.users.UserItems.ERASURE;
import static ispcrm.users.UserItems.EXPIRY;
import static ispcrm.users.UserItems.KEY;

import ispcrm.access.Authorization;
import ispcrm.dynamodb.BatchReader;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.FilteredPage;
import ispcrm.dynamodb.Item;
import ispcrm.dynamodb.KeyRange;
import ispcrm.dynamodb.Slice;
import ispcrm.values.InvalidValueException;
import ispcrm.values.Timestamps;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionCheck;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Users in a DynamoDB table: one item for each user, and further items that claim its id and
 * username, which share one space of names, and its customer number. Of a deleted user, an item
 * with the id and the time of the deletion remains. The table and its indexes are UsersTable in
 * template.yaml.
 */
public final class Users {
  private final DynamoDbClient dynamoDb;
  private final String table;

  public Users(DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  /**
   * Finds the user with this id as it is at this moment. For text that cannot be an id, and for a
   * deleted user, the result is empty.
   */
  public Optional<User> find(String id) {
    return isId(id) ? living(id).map(UserItems::user) : Optional.empty();
  }

  /**
   * The id of the user who has this username, in any case, or of the user who has it as its id;
   * empty if there is none.
   */
  public Optional<String> idOf(String username) {
    return item(UserItems.nameKey(username)).map(claim -> claim.text("id"));
  }

  /** Where a user is stored. */
  public BatchReader.Key key(String id) {
    return new BatchReader.Key(table, KEY, UserItems.userKey(id));
  }

  /** The user in an item that was read from {@link #key}; empty if the user is deleted. */
  public static Optional<User> user(Item item) {
    return item.has(DELETED_AT) ? Optional.empty() : Optional.of(UserItems.user(item));
  }

  /** Whether a deleted user had this id, so that no other user can get it. */
  public boolean isRetired(String id) {
    return item(UserItems.userKey(id)).filter(item -> item.has(DELETED_AT)).isPresent();
  }

  /** The item of a user, unless the user is deleted or the id differs in case. */
  private Optional<Item> living(String id) {
    return item(UserItems.userKey(id))
        .filter(item -> !item.has(DELETED_AT) && item.text("id").equals(id));
  }

  /**
   * Checks that the table can be read; see {@link DynamoDb#checkReadable}.
   *
   * @throws RuntimeException if it cannot
   */
  public void checkReadable() {
    DynamoDb.checkReadable(dynamoDb, table, Map.of(KEY, text("health")));
  }

  /**
   * Lists a page of users, which can have fewer users than the limit; see {@link FilteredPage}.
   *
   * @param after the {@link Page#next} of the previous page; null for the first page
   * @param limit the maximum number of users on the page, at least 1
   */
  public Page list(Filter filter, String after, int limit) {
    if (filter.isOfOneUser()) {
      return new Page(
          claimedBy(filter).stream()
              .filter(user -> filter.matches(user::key))
              .map(UserItems::summary)
              .toList(),
          null);
    }
    FilteredPage<Summary> page =
        FilteredPage.read(
            dynamoDb,
            table,
            UserRange.of(filter),
            filter.hasFurther(),
            after,
            limit,
            item -> UserItems.summary(Item.of(item, KEY), filter));
    return new Page(page.matches(), page.next());
  }

  /** Whether there are users with this profile. The index that shows it may lag. */
  public boolean haveProfile(long id) {
    Filter filter = new Filter(new TreeMap<>(Map.of(UserFilter.PROFILE_ID, id)), null);
    return !KeyRange.read(dynamoDb, table, UserRange.of(filter), null, 1).items().isEmpty();
  }

  /**
   * Creates a user, all or nothing.
   *
   * @return the fields whose value another user already has as its id, username or customer number,
   *     and the id if a deleted user had it; empty if the user was created
   */
  public Set<UserField<?>> create(User user, TransactWriteItem... with) {
    return UserWrites.creation(table, user).transact(dynamoDb, with);
  }

  /**
   * Writes the fields that differ, all or nothing. A new username or customer number is claimed,
   * and the old one is freed.
   *
   * @param before the user as it was read
   * @param after the same user, changed
   * @return the fields whose value another user already has (username, customer_id; the username
   *     also if it is another user's id), and the id if the user is no longer as it was read; empty
   *     if the user was updated
   */
  public Set<UserField<?>> update(User before, User after, TransactWriteItem... with) {
    return UserWrites.update(table, before, after).transact(dynamoDb, with);
  }

  /**
   * Deletes a user, all or nothing: only the id remains, which is never assigned again. The erasure
   * of what else is known about the user is pending until {@link #completeErasure}.
   *
   * @param user the user as it was read
   * @return whether the user was still as it was read; if not, nothing is deleted
   */
  public boolean delete(User user, Instant now, TransactWriteItem... with) {
    return UserWrites.deletion(table, user, UserItems.tombstone(user.id(), now))
        .transact(dynamoDb, with)
        .isEmpty();
  }

  /**
   * A condition for a transaction: the user still exists, with the same role and status, and with
   * the tokens that the user had.
   */
  public ConditionCheck unchanged(User user) {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":role", text(user.role().toString()));
    values.put(":status", text(user.status().toString()));
    if (user.tokensRevokedAt() != null) {
      values.put(":revoked", text(Timestamps.format(user.tokensRevokedAt())));
    }
    return ConditionCheck.builder()
        .tableName(table)
        .key(Map.of(KEY, text(UserItems.userKey(user.id()))))
        .conditionExpression(
            "#role = :role AND #status = :status AND "
                + (user.tokensRevokedAt() == null
                    ? "attribute_not_exists(tokens_revoked_at)"
                    : "tokens_revoked_at = :revoked"))
        .expressionAttributeNames(Map.of("#role", "role", "#status", "status"))
        .expressionAttributeValues(values)
        .build();
  }

  /**
   * Revokes all tokens that a user has, even while others are changing the user.
   *
   * @param after the user {@link User#withTokensRevoked without tokens}
   * @return whether the user was not deleted, and the tokens were not revoked again, meanwhile
   */
  public boolean revokeTokens(User after, TransactWriteItem... with) {
    TransactWriteItem update =
        TransactWriteItem.builder()
            .update(
                write ->
                    write
                        .tableName(table)
                        .key(Map.of(KEY, text(UserItems.userKey(after.id()))))
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

  /** A condition for a transaction: the calling token's user still grants what was authorized. */
  public TransactWriteItem stillAuthorized(Authorization caller) {
    return TransactWriteItem.builder()
        .conditionCheck(
            check ->
                check
                    .tableName(table)
                    .key(Map.of(KEY, text(UserItems.userKey(caller.user()))))
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

  /**
   * Lists a page of the ids of customers who probably have to expire. The list may lag.
   *
   * @param after as for {@link #list}
   */
  public DuePage due(Instant now, String after, int limit) {
    Slice page = read(UserRange.byDue(EXPIRY, UserRange.end(now)), after, limit);
    return new DuePage(Item.readEach(page.items(), entry -> entry.text("id"), KEY), page.next());
  }

  /**
   * Finds a customer who has to expire, as it is at this moment: active, with an expiration that
   * has passed since it was set. Otherwise, the result is empty.
   */
  public Optional<User> findDue(String id, Instant now) {
    return living(id)
        .filter(
            item ->
                EXPIRY.equals(item.optionalText(DUE))
                    && item.text(DUE_KEY).compareTo(UserRange.end(now)) <= 0)
        .map(UserItems::user);
  }

  /**
   * The ids of some users who were deleted before this time and whose erasure is pending, the first
   * deleted first.
   */
  public List<String> pendingErasures(Instant before, int limit) {
    return Item.readEach(
        read(UserRange.byDue(ERASURE, UserItems.timeKey(before, "")), null, limit).items(),
        item -> item.text("id"),
        KEY);
  }

  /** Marks the erasure of a deleted user as complete. Does nothing if it is marked already. */
  public void completeErasure(String id) {
    dynamoDb.updateItem(
        request ->
            request
                .tableName(table)
                .key(Map.of(KEY, text(UserItems.userKey(id))))
                .updateExpression("REMOVE #due, due_key")
                .conditionExpression("attribute_exists(deleted_at)")
                .expressionAttributeNames(Map.of("#due", DUE)));
  }

  private Optional<User> claimedBy(Filter filter) {
    String value = (String) filter.conditions().get(filter.first());
    String key =
        filter.first() == UserFilter.USERNAME
            ? UserItems.nameKey(value)
            : UserItems.customerIdKey(value);
    // The user who has the name as its id only is not a match.
    return Item.unlessBroken(() -> item(key).flatMap(claim -> find(claim.text("id"))));
  }

  private Slice read(KeyRange range, String after, int limit) {
    return KeyRange.read(dynamoDb, table, List.of(range), after, limit);
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

  /**
   * Which users a list contains, and in which order.
   *
   * @param conditions a value of each filter, as {@link UserFilter#parse} returned it; all must
   *     hold
   * @param until the last second of a list of changes
   */
  public record Filter(SortedMap<UserFilter, Object> conditions, Instant until) {
    /** The condition that selects the index; null if there is none. */
    UserFilter first() {
      return conditions.isEmpty() ? null : conditions.firstKey();
    }

    /** Whether there are conditions besides the first. */
    boolean hasFurther() {
      return conditions.size() > 1;
    }

    /** Whether the first condition is the value of a field that is unique. */
    boolean isOfOneUser() {
      return first() == UserFilter.USERNAME || first() == UserFilter.CUSTOMER_ID;
    }

    /** Whether a user meets all conditions; see {@link UserFilter#matches}. */
    boolean matches(Function<UserField<?>, Object> user) {
      return matches(user, 0);
    }

    /** Whether a user whom the first condition has selected meets the others. */
    boolean matchesFurther(Function<UserField<?>, Object> user) {
      return matches(user, 1);
    }

    private boolean matches(Function<UserField<?>, Object> user, int first) {
      return conditions.entrySet().stream()
          .skip(first)
          .allMatch(condition -> condition.getKey().matches(user, condition.getValue()));
    }
  }

  /**
   * Some users, and where the next page begins.
   *
   * @param next null on the last page
   */
  public record Page(List<Summary> users, String next) {
    /** What {@link #next} looks like. */
    public static final Pattern NEXT = Pattern.compile("(?s).+");
  }

  /** The same as {@link Page}, with ids. */
  public record DuePage(List<String> ids, String next) {}

  /**
   * What a list shows of a user.
   *
   * @param isDeleted whether only the id and the time of the deletion are left
   * @param fields the fields that are {@link UserField#IN_LISTS in lists}, as the API shows them,
   *     in a map that the caller may change
   */
  public record Summary(String id, boolean isDeleted, Map<String, Object> fields) {}
}
