package ispcrm.users;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where users are kept. */
public interface Users {

  /** The user of an id, or nothing; an id that no user can have is simply not found. */
  Optional<User> find(String id);

  /**
   * A page of users in the order of their usernames, whatever the case. It costs the same whatever
   * the number of users.
   *
   * @param after the {@link Page#next} of the page before, or null for the first page
   * @param limit how many users a page holds, at least 1
   */
  Page list(Filter filter, String after, int limit);

  /**
   * Creates a user whole or not at all.
   *
   * @return the names of the fields (id, username, customer_id) whose value another user has; empty
   *     when the user was created
   */
  Set<String> create(User user);

  /**
   * What a list is narrowed to; null does not narrow.
   *
   * @param username exact, whatever the case
   * @param customerId exact, whatever the case
   * @param usernameStart what the username starts with, whatever the case
   */
  record Filter(String status, String username, String customerId, String usernameStart) {}

  /**
   * Some users and where the next page begins.
   *
   * @param next null on the last page
   */
  record Page(List<Summary> users, String next) {}

  /** What a list shows of a user. */
  record Summary(String id, String name, String status, String username, String customerId) {}
}
