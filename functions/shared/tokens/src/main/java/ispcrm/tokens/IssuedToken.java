package ispcrm.tokens;

import ispcrm.access.Scope;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;

/**
 * A new token together with its secret, which is shown once and never stored.
 *
 * @param token what is stored
 */
public record IssuedToken(BearerToken secret, Token token) {

  /**
   * Generates a token that is valid from now on, to the second.
   *
   * @param description what the token is for, or null
   * @param createdBy the id of the user who asked for it
   */
  public static IssuedToken issue(
      String user,
      String description,
      List<Scope> scopes,
      String createdBy,
      Instant now,
      Duration lifetime) {
    Instant createdAt = now.truncatedTo(ChronoUnit.SECONDS);
    return new IssuedToken(
        BearerToken.generate(),
        new Token(
            UUID.randomUUID().toString(),
            user,
            description,
            List.copyOf(scopes),
            createdAt,
            createdBy,
            createdAt.plus(lifetime),
            null));
  }
}
