package ispcrm.users;

import ispcrm.access.Authorization;
import ispcrm.dynamodb.FurtherWriteException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.model.ConditionCheck;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * The store of users. A write takes further writes, such as an entry of the history, for the same
 * transaction. If only their conditions do not hold, it throws {@link FurtherWriteException}.
 */
public interface Users {

  /**
   * Finds the user with this id as it is at this moment. For text that cannot be an id, and for a
   * deleted user, the result is empty.
   */
  Optional<User> find(String id);

  /**
   * Lists a page of users. The cost does not depend on the number of users.
   *
   * @param after the {@link Page#next} of the previous page; null for the first page
   * @param limit the maximum number of users on the page, at least 1
   */
  Page list(Filter filter, String after, int limit);

  /**
   * Creates a user, all or nothing.
   *
   * @return the fields whose value another user already has as its id, username or customer number,
   *     and the id if a deleted user had it; empty if the user was created
   */
  Set<UserField<?>> create(User user, TransactWriteItem... with);

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
  Set<UserField<?>> update(User before, User after, TransactWriteItem... with);

  /**
   * Deletes a user, all or nothing: only the id remains, which is never assigned again. The erasure
   * of what else is known about the user is pending until {@link #completeErasure}.
   *
   * @param user the user as it was read
   * @return whether the user was still as it was read; if not, nothing is deleted
   */
  boolean delete(User user, Instant now, TransactWriteItem... with);

  /**
   * A condition for a transaction: the user still exists, with the same role and status, and with
   * the tokens that the user had.
   */
  ConditionCheck unchanged(User user);

  /**
   * Revokes all tokens that a user has, even while others are changing the user.
   *
   * @param after the user {@link User#withTokensRevoked without tokens}
   * @return whether the user was not deleted, and the tokens were not revoked again, meanwhile
   */
  boolean revokeTokens(User after, TransactWriteItem... with);

  /** A condition for a transaction: the calling token's user still grants what was authorized. */
  TransactWriteItem stillAuthorized(Authorization caller);

  /**
   * Lists a page of the ids of customers who probably have to expire. The list may lag.
   *
   * @param after as for {@link #list}
   */
  DuePage due(Instant now, String after, int limit);

  /**
   * Finds a customer who has to expire, as it is at this moment: active, with an expiration that
   * has passed since it was set. Otherwise, the result is empty.
   */
  Optional<User> findDue(String id, Instant now);

  /**
   * The ids of some users who were deleted before this time and whose erasure is pending, the first
   * deleted first.
   */
  List<String> pendingErasures(Instant before, int limit);

  /** Marks the erasure of a deleted user as complete. Does nothing if it is marked already. */
  void completeErasure(String id);

  /** Which users a list contains, and in which order. */
  sealed interface Filter {}

  /**
   * Users ordered by username regardless of case. All conditions must hold; null is no condition.
   *
   * @param username the whole username, in any case
   * @param customerId the whole customer number, in any case
   * @param usernamePrefix the beginning of the username, in any case
   */
  record ByUsername(Status status, String username, String customerId, String usernamePrefix)
      implements Filter {}

  /**
   * Users whose names begin like this, regardless of case and accents, ordered by name.
   *
   * @param prefix not empty; equal filters have the same one
   */
  record ByName(String prefix) implements Filter {
    public ByName {
      prefix = Names.fold(prefix);
    }
  }

  /**
   * Users with this value, ordered by username.
   *
   * @param field mac, profile_id or radius_id
   */
  record ByValue<T>(UserField<T> field, T value) implements Filter {}

  /** Active users whose expiration is before this time, ordered by expiration. */
  record ExpiresBefore(Instant time) implements Filter {}

  /**
   * Users who were created, updated or deleted in this time, the longest ago first.
   *
   * @param from the first second
   * @param to the last second
   */
  record UpdatedBetween(Instant from, Instant to) implements Filter {}

  /**
   * Some users, and where the next page begins.
   *
   * @param next null on the last page
   */
  record Page(List<Summary> users, String next) {
    /** What {@link #next} looks like. */
    public static final Pattern NEXT = Pattern.compile("(?s).+");
  }

  /** The same as {@link Page}, with ids. */
  record DuePage(List<String> ids, String next) {}

  /**
   * What a list shows of a user.
   *
   * @param isDeleted whether only the id and the time of the deletion are left
   * @param fields the fields that are {@link UserField#IN_LISTS in lists}, as the API shows them,
   *     in a map that the caller may change
   */
  record Summary(String id, boolean isDeleted, Map<String, Object> fields) {}
}
