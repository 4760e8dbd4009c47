package ispcrm.users;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.model.ConditionCheck;

/** The store of users. */
public interface Users {

  /** Finds the user with this id. For text that cannot be an id, the result is empty. */
  Optional<User> find(String id);

  /**
   * Lists a page of users, ordered by username regardless of case. The cost does not depend on the
   * number of users.
   *
   * @param after the {@link Page#next} of the previous page; null for the first page
   * @param limit the maximum number of users on the page, at least 1
   */
  Page list(Filter filter, String after, int limit);

  /**
   * Creates a user, all or nothing.
   *
   * @return the fields whose value another user already has (id, username, customer_id); empty if
   *     the user was created
   */
  Set<UserField<?>> create(User user);

  /** Makes a user active, and returns the changed user. */
  User activate(User user, Instant now);

  /** A condition for a transaction: the user still exists, with the same role and status. */
  ConditionCheck unchanged(User user);

  /**
   * Which users a list contains. All conditions must hold; null is no condition.
   *
   * @param username the whole username, in any case
   * @param customerId the whole customer number, in any case
   * @param usernamePrefix the beginning of the username, in any case
   */
  record Filter(Status status, String username, String customerId, String usernamePrefix) {}

  /**
   * Some users, and where the next page begins.
   *
   * @param next null on the last page
   */
  record Page(List<Summary> users, String next) {}

  /**
   * What a list shows of a user.
   *
   * @param fields the fields that are {@link UserField#IN_LISTS in lists}, as the API shows them
   */
  record Summary(String id, Map<String, Object> fields) {}
}
