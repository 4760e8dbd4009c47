package ispcrm.access;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a token allows, written as in OAuth 2. The constants are in the order in which they are
 * shown.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-3.3">RFC 6749, section 3.3</a>
 */
public enum Scope {
  USERS_READ("users:read", "list and read users"),
  USERS_WRITE("users:write", "create and change users"),
  USERS_DELETE("users:delete", "delete users"),

  /**
   * Who may give a role may take any scope, so roles, and the users and tokens of staff and
   * administrators, need a scope of their own besides the one for the request.
   */
  STAFF_WRITE("staff:write", "give roles, and manage staff and administrators"),
  PROFILES_READ("profiles:read", "list and read profiles"),
  PROFILES_WRITE("profiles:write", "create, change and delete profiles"),
  RADIUS_AUTHORIZE("radius:authorize", "decide about logins, with passwords"),
  HISTORY_READ("history:read", "read what happened to users"),
  WEBHOOKS_READ("webhooks:read", "list and read webhooks and their deliveries"),
  WEBHOOKS_WRITE("webhooks:write", "create, change and delete webhooks"),
  TOKENS_READ("tokens:read", "list and read tokens"),
  TOKENS_WRITE("tokens:write", "create and revoke tokens"),
  SELF_READ("self:read", "read the record of its own user");

  private final String text;
  private final String words;

  Scope(String text, String words) {
    this.text = text;
    this.words = words;
  }

  /** Finds the scope that is written like this. */
  public static Optional<Scope> of(String text) {
    return Arrays.stream(values()).filter(scope -> scope.text.equals(text)).findFirst();
  }

  /**
   * Reads a list of scopes separated by spaces. Unknown scopes are left out, because a scope that a
   * later release removes must not break the tokens that carry it.
   */
  public static List<Scope> parseList(String text) {
    return Arrays.stream(text.split(" ", -1)).map(Scope::of).flatMap(Optional::stream).toList();
  }

  /** Writes a list of scopes separated by spaces. */
  public static String formatList(Collection<Scope> scopes) {
    return scopes.stream().map(Scope::toString).collect(Collectors.joining(" "));
  }

  /** What the scope allows, in words for people, such as {@code list and read users}. */
  public String words() {
    return words;
  }

  /** The scope as clients write it, such as {@code users:read}. */
  @Override
  public String toString() {
    return text;
  }
}
