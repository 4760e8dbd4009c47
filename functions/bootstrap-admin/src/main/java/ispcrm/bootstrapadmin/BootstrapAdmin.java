package ispcrm.bootstrapadmin;

import ispcrm.tokens.BearerToken;
import ispcrm.tokens.Scope;
import ispcrm.tokens.Token;
import ispcrm.tokens.Tokens;
import ispcrm.users.GeneratedIds;
import ispcrm.users.NewUser;
import ispcrm.users.Timestamps;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Function;

/**
 * The first administrator, and the way back in when the last token is lost: creates the user {@code
 * admin} where there is none, and makes one token for it. No route leads here; whoever may invoke
 * the function in the account may have the token.
 */
public final class BootstrapAdmin implements Function<BootstrapAdmin.Order, BootstrapAdmin.Access> {
  private static final String ADMIN = "admin";

  private final Users users;
  private final Tokens tokens;
  private final int days;
  private final InstantSource clock;

  /**
   * @param days how many days the token lives
   */
  public BootstrapAdmin(Users users, Tokens tokens, int days, InstantSource clock) {
    this.users = users;
    this.tokens = tokens;
    this.days = days;
    this.clock = clock;
  }

  /** What the function takes: nothing. */
  public record Order() {}

  /** The one place in which the new token's secret is handed out. */
  public record Access(String user, BearerToken token, Instant expiresAt) {}

  /**
   * @throws IllegalStateException where the user {@code admin} exists but is no administrator, or
   *     its username is another user's
   */
  @Override
  public Access apply(Order order) {
    User admin = users.find(ADMIN).orElseGet(this::create);
    if (!admin.role().equals(ADMIN)) {
      throw new IllegalStateException("the user admin exists and its role is " + admin.role());
    }
    Token token =
        Token.issue(
            ADMIN,
            "made by bootstrap-admin",
            Scope.ofRole(ADMIN),
            ADMIN,
            clock.instant(),
            Duration.ofDays(days));
    BearerToken secret = BearerToken.random();
    tokens.add(secret, token);
    return new Access(ADMIN, secret, token.expiresAt());
  }

  private User create() {
    NewUser admin = new NewUser(Map.of("id", ADMIN, "name", "Administrator", "role", ADMIN));
    // Where two of us run at once one creates the user, and both find it.
    users.create(admin.user(ADMIN, GeneratedIds.customerId(), Timestamps.format(clock.instant())));
    return users
        .find(ADMIN)
        .orElseThrow(() -> new IllegalStateException("the username admin is another user's"));
  }
}
