package ispcrm.tokens;

import ispcrm.access.Scope;
import java.time.Instant;
import java.util.List;

/**
 * What is stored about a bearer token, which is everything except the secret.
 *
 * @param id identifies the token to people and in logs; not a secret
 * @param user the id of the user whose token it is
 * @param description what it is for, or null
 * @param scopes what it allows
 * @param createdBy the id of the user who asked for it
 * @param expiresAt the first second at which it is no longer valid
 * @param revokedAt when it was revoked, or null
 */
public record Token(
    String id,
    String user,
    String description,
    List<Scope> scopes,
    Instant createdAt,
    String createdBy,
    Instant expiresAt,
    Instant revokedAt) {

  /** Whether it is neither revoked nor expired. */
  public boolean isValid(Instant now) {
    return revokedAt == null && now.isBefore(expiresAt);
  }
}
