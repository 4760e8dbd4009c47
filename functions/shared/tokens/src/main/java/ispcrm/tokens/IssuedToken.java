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
   * @param scopes the scopes to which it is narrowed; null for all scopes of its user's role
   * @param createdBy the id of the user who asked for it
   */
  public static IssuedToken issue(
      String user,
      String description,
      List<Scope> scopes,
      String createdBy,
      Instant now,
      Duration lifetime) {
    return issue(user, description, scopes, List.of(), createdBy, null, now, lifetime);
  }

  /**
   * Generates a token that is valid from now on, to the second.
   *
   * @param description what the token is for, or null
   * @param scopes the scopes to which it is narrowed; null for all scopes of its user's role
   * @param allowedIps the addresses and CIDR blocks from which it can be used; empty for any
   * @param createdBy the id of the user who asked for it
   * @param createdByToken the id of the token that asked for it, or null
   */
  public static IssuedToken issue(
      String user,
      String description,
      List<Scope> scopes,
      List<String> allowedIps,
      String createdBy,
      String createdByToken,
      Instant now,
      Duration lifetime) {
    Instant createdAt = now.truncatedTo(ChronoUnit.SECONDS);
    BearerToken secret = BearerToken.generate();
    return new IssuedToken(
        secret,
        new Token(
            secret.sha256(),
            UUID.randomUUID().toString(),
            user,
            description,
            scopes == null ? null : List.copyOf(scopes),
            List.copyOf(allowedIps),
            createdAt,
            createdBy,
            createdByToken,
            createdAt.plus(lifetime),
            null,
            null));
  }
}
