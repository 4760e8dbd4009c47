package ispcrm.bootstrapadmin;

import ispcrm.access.Actor;
import ispcrm.access.Role;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.tokens.IssuedToken;
import ispcrm.tokens.Token;
import ispcrm.tokens.Tokens;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.GeneratedIds;
import ispcrm.users.Status;
import ispcrm.users.UpdateUserRequest;
import ispcrm.users.User;
import ispcrm.users.Users;
import ispcrm.values.Characters;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Function;

/**
 * Creates the first administrator, and is the way back in if the last token is lost: it creates the
 * user {@code admin} if there is none, makes it active if it was barred, and issues one token for
 * it. The earlier tokens of a barred {@code admin} are revoked, because they may be why it was
 * barred. No route leads to it. Anyone with permission to invoke it in the account can have the
 * token.
 */
public final class BootstrapAdmin implements Function<String, IssuedToken> {
  private static final String ADMIN = User.FIRST_ADMIN;
  private static final Duration LIFETIME = Duration.ofDays(1);
  private static final int MAX_ATTEMPTS = 3;
  private static final UpdateUserRequest ACTIVATION =
      new UpdateUserRequest(Map.of("status", Status.ACTIVE.toString()));

  /** Whoever invokes this function acts as the administrator, without a token or a request. */
  private static final Actor ACTOR = new Actor(ADMIN, null, null, null);

  private final Users users;
  private final Tokens tokens;
  private final History history;
  private final InstantSource clock;

  public BootstrapAdmin(Users users, Tokens tokens, History history, InstantSource clock) {
    this.users = users;
    this.tokens = tokens;
    this.history = history;
    this.clock = clock;
  }

  /**
   * @param reason why the token is needed, which becomes its description; null for none
   * @throws IllegalArgumentException if the reason is too long or violates {@link Characters#RULE}
   * @throws IllegalStateException if the user {@code admin} is not an administrator, or if another
   *     user has the username {@code admin}
   */
  @Override
  public IssuedToken apply(String reason) {
    if (reason != null
        && (reason.codePointCount(0, reason.length()) > Token.MAX_DESCRIPTION_LENGTH
            || !Characters.areVisible(reason))) {
      throw new IllegalArgumentException(
          "The reason must be text of up to %d characters %s."
              .formatted(Token.MAX_DESCRIPTION_LENGTH, Characters.RULE));
    }
    for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      User admin = users.find(ADMIN).orElseGet(this::create);
      if (admin.role() != Role.ADMIN) {
        throw new IllegalStateException("the user admin exists but has the role " + admin.role());
      }
      if (!admin.hasAccess()) {
        User barred = admin;
        admin = ACTIVATION.apply(barred, now()).withTokensRevoked(now());
        if (!users
            .update(barred, admin, history.add(entry(Action.UPDATED, barred, admin)))
            .isEmpty()) {
          continue;
        }
      }
      IssuedToken issued =
          IssuedToken.issue(
              ADMIN,
              reason == null ? "issued by bootstrap-admin" : reason,
              null,
              ADMIN,
              admin.dateOfNewToken(clock.instant()),
              LIFETIME);
      Entry entry =
          Entry.ofToken(ADMIN, Action.TOKEN_CREATED, clock.instant(), ACTOR, issued.token().id());
      if (tokens.add(issued, users.unchanged(admin), history.add(entry))) {
        return issued;
      }
    }
    throw new IllegalStateException("the user admin is being changed; try again");
  }

  private User create() {
    CreateUserRequest create =
        new CreateUserRequest(
            Map.of("id", ADMIN, "name", "Administrator", "role", Role.ADMIN.toString()));
    User admin = create.toUser(ADMIN, GeneratedIds.customerId(), now());
    if (users.create(admin, history.add(entry(Action.CREATED, null, admin))).isEmpty()) {
      return admin;
    }
    // If two invocations run at once, the other has created it.
    return users
        .find(ADMIN)
        .orElseThrow(() -> new IllegalStateException("another user has the username admin"));
  }

  private Entry entry(Action action, User before, User after) {
    return Entry.of(
        ADMIN,
        action,
        clock.instant(),
        ACTOR,
        before == null ? Map.of() : before.settableFields(),
        after.settableFields());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
