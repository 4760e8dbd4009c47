package ispcrm.tokens;

import ispcrm.access.Role;
import ispcrm.access.Scope;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What is stored about a bearer token, which is everything except the secret.
 *
 * @param sha256 the digest of the secret, by which the token is stored
 * @param id identifies the token to people and in logs; not a secret
 * @param user the id of the user whose token it is
 * @param description what it is for, or null
 * @param scopes the scopes to which it was narrowed; null if it has all scopes of its user's role
 * @param allowedIps the addresses and CIDR blocks from which it can be used; empty for any address
 * @param createdBy the id of the user who asked for it
 * @param createdByToken the id of the token that asked for it, or null
 * @param expiresAt the first second at which it is no longer valid
 * @param revocation when and by whom it was revoked, or null
 * @param lastUse a recent use, or null; uses within an hour of it are not recorded
 */
public record Token(
    String sha256,
    String id,
    String user,
    String description,
    List<Scope> scopes,
    List<String> allowedIps,
    Instant createdAt,
    String createdBy,
    String createdByToken,
    Instant expiresAt,
    Revocation revocation,
    Use lastUse) {
  /** How many characters a description can have. */
  public static final int MAX_DESCRIPTION_LENGTH = 200;

  /** Whether it is neither revoked nor expired. */
  public boolean isValid(Instant now) {
    return revocation == null && now.isBefore(expiresAt);
  }

  /**
   * What it allows while its user has this role: the scopes to which it was narrowed, as far as the
   * role has them.
   */
  public List<Scope> effectiveScopes(Role role) {
    return role.scopes().stream()
        .filter(scope -> scopes == null || scopes.contains(scope))
        .toList();
  }

  /** Whether it has been narrowed to some of the scopes of its user's role. */
  public boolean isNarrowed() {
    return scopes != null;
  }

  /** This token, revoked. */
  public Token withRevocation(Instant at, String by) {
    return new Token(
        sha256,
        id,
        user,
        description,
        scopes,
        allowedIps,
        createdAt,
        createdBy,
        createdByToken,
        expiresAt,
        new Revocation(at, by),
        lastUse);
  }

  /**
   * Every field as the API shows it, in the API's order, including nulls.
   *
   * @param role the role of its user, which limits its scopes; null if the user does not exist
   * @param allRevokedAt the second in which all tokens of its user were revoked; null if they never
   *     were
   * @param timeFormat writes a time as the API does
   */
  public Map<String, Object> toMap(
      Role role, Instant allRevokedAt, Function<Instant, String> timeFormat) {
    if (revocation == null && allRevokedAt != null && !createdAt.isAfter(allRevokedAt)) {
      return withRevocation(allRevokedAt, null).toMap(role, null, timeFormat);
    }
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", id);
    map.put("user", user);
    map.put("description", description);
    map.put(
        "scopes",
        role == null ? List.of() : effectiveScopes(role).stream().map(Scope::toString).toList());
    map.put("narrowed", isNarrowed());
    map.put("allowed_ips", allowedIps);
    map.put("created_at", timeFormat.apply(createdAt));
    map.put("created_by", createdBy);
    map.put("created_by_token", createdByToken);
    map.put("expires_at", timeFormat.apply(expiresAt));
    map.put("revoked_at", revocation == null ? null : timeFormat.apply(revocation.at()));
    map.put("revoked_by", revocation == null ? null : revocation.by());
    map.put("last_used_at", lastUse == null ? null : timeFormat.apply(lastUse.at()));
    map.put("last_used_from", lastUse == null ? null : lastUse.from());
    return map;
  }

  /**
   * A revocation.
   *
   * @param by the id of the user who revoked the token; null if it was revoked with all tokens of
   *     its user, or by an operator in the table
   */
  public record Revocation(Instant at, String by) {}

  /**
   * A use of the token.
   *
   * @param from the client's address; null if it was erased
   */
  public record Use(Instant at, String from) {}
}
