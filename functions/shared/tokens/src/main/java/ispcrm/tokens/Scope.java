package ispcrm.tokens;

import java.util.List;
import java.util.Map;

/** What a token may allow, written as in OAuth 2 (RFC 6749, section 3.3). */
public final class Scope {
  public static final String USERS_READ = "users:read";
  public static final String USERS_WRITE = "users:write";
  public static final String TOKENS_WRITE = "tokens:write";
  public static final String SELF_READ = "self:read";

  /** Every scope, in the order in which they are shown. */
  public static final List<String> ALL = List.of(USERS_READ, USERS_WRITE, TOKENS_WRITE, SELF_READ);

  private static final Map<String, List<String>> OF_ROLE =
      Map.of(
          "admin", ALL,
          "staff", List.of(USERS_READ, USERS_WRITE),
          "customer", List.of(SELF_READ));

  private Scope() {}

  /** The most that a token of a user with this role may allow. */
  public static List<String> ofRole(String role) {
    return OF_ROLE.get(role);
  }
}
