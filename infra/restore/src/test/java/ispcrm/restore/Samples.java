package ispcrm.restore;

import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.tokens.IssuedToken;
import ispcrm.users.Status;
import ispcrm.users.User;
import ispcrm.users.UserField;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Users and tokens, as the API creates them. */
final class Samples {
  private Samples() {}

  static User customer(String id, String username) {
    return user(id, username, Role.CUSTOMER, Status.ACTIVE, Sandbox.NOW);
  }

  static User user(String id, String username, Role role, Status status, Instant createdAt) {
    return User.builder()
        .set(UserField.ID, id)
        .set(UserField.USERNAME, username)
        .set(UserField.NAME, "A name")
        .set(UserField.CUSTOMER_ID, "C-" + id)
        .set(UserField.STATUS, status)
        .set(UserField.ROLE, role)
        .set(UserField.MAC_ADDRESS, "00:1A:2B:3C:4D:5E")
        .set(UserField.PROFILE_ID, 7L)
        .setCreated(createdAt)
        .build();
  }

  /** A token that is valid for some days, counted from {@link Sandbox#NOW}; none if negative. */
  static IssuedToken token(int days) {
    return IssuedToken.issue(
        "jonewe",
        "billing",
        List.of(Scope.values()),
        "admin",
        Sandbox.NOW.minus(Duration.ofDays(30)),
        Duration.ofDays(30L + days));
  }
}
