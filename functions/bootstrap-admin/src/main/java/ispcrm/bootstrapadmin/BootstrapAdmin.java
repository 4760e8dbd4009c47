package ispcrm.bootstrapadmin;

import ispcrm.access.Role;
import ispcrm.tokens.IssuedToken;
import ispcrm.tokens.Tokens;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.GeneratedIds;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Function;

/**
 * Creates the first administrator, and is the way back in if the last token is lost: it creates the
 * user {@code admin} if there is none, and issues one token for it. No route leads to it. Anyone
 * with permission to invoke it in the account can have the token.
 */
public final class BootstrapAdmin implements Function<Void, IssuedToken> {
  private static final String ADMIN = "admin";

  private final Users users;
  private final Tokens tokens;
  private final int days;
  private final InstantSource clock;

  /**
   * @param days for how many days the token is valid
   */
  public BootstrapAdmin(Users users, Tokens tokens, int days, InstantSource clock) {
    this.users = users;
    this.tokens = tokens;
    this.days = days;
    this.clock = clock;
  }

  /**
   * @throws IllegalStateException if the user {@code admin} is not an administrator, or if another
   *     user has the username {@code admin}
   */
  @Override
  public IssuedToken apply(Void input) {
    User admin = users.find(ADMIN).orElseGet(this::create);
    if (admin.role() != Role.ADMIN) {
      throw new IllegalStateException("the user admin exists but has the role " + admin.role());
    }
    IssuedToken issued =
        IssuedToken.issue(
            ADMIN,
            "issued by bootstrap-admin",
            Role.ADMIN.scopes(),
            ADMIN,
            clock.instant(),
            Duration.ofDays(days));
    tokens.add(issued);
    return issued;
  }

  private User create() {
    CreateUserRequest create =
        new CreateUserRequest(
            Map.of("id", ADMIN, "name", "Administrator", "role", Role.ADMIN.toString()));
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    // If two invocations run at once, one creates the user and both find it.
    users.create(create.toUser(ADMIN, GeneratedIds.customerId(), now));
    return users
        .find(ADMIN)
        .orElseThrow(() -> new IllegalStateException("another user has the username admin"));
  }
}
