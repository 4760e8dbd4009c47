package ispcrm.tokens;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;

/**
 * What is kept of a bearer token, which is everything but the secret.
 *
 * @param id its name for people and logs; not a secret
 * @param user the id of the user it belongs to
 * @param description what it is for, or null
 * @param scopes what it allows
 * @param createdBy the id of the user who had it made
 * @param expiresAt from this second on it is refused
 * @param revokedAt when it was revoked, or null
 */
public record Token(
    String id,
    String user,
    String description,
    List<String> scopes,
    Instant createdAt,
    String createdBy,
    Instant expiresAt,
    Instant revokedAt) {

  /** A token that begins to live now, to the second. */
  public static Token issue(
      String user,
      String description,
      List<String> scopes,
      String createdBy,
      Instant now,
      Duration life) {
    Instant createdAt = now.truncatedTo(ChronoUnit.SECONDS);
    return new Token(
        UUID.randomUUID().toString(),
        user,
        description,
        List.copyOf(scopes),
        createdAt,
        createdBy,
        createdAt.plus(life),
        null);
  }

  /** Whether it is neither revoked nor expired. */
  public boolean isValid(Instant now) {
    return revokedAt == null && now.isBefore(expiresAt);
  }
}
