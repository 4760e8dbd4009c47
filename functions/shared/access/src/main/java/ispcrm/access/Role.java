package ispcrm.access;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a user is to the provider. The role limits the scopes of the user's tokens. */
public enum Role {
  /** A subscriber, who sees their own record. */
  CUSTOMER(Scope.SELF_READ),

  /** Works with subscribers. */
  STAFF(Scope.USERS_READ, Scope.USERS_WRITE, Scope.PROFILES_READ),

  /** A RADIUS server, which asks whether subscribers may connect. */
  RADIUS(Scope.RADIUS_AUTHORIZE),

  /** Has every scope, including those that a later release adds. */
  ADMIN(Scope.values());

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
  private final List<Scope> scopes;

  Role(Scope... scopes) {
    this.scopes = List.of(scopes);
  }

  /** Finds the role of this name, in any case. */
  public static Optional<Role> of(String text) {
    return Arrays.stream(values())
        .filter(role -> role.toString().equals(text.toLowerCase(Locale.ROOT)))
        .findFirst();
  }

  /** The scopes that a token of a user with this role can have. */
  public List<Scope> scopes() {
    return scopes;
  }

  /** The role as the API writes it, in lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
