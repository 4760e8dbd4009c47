package ispcrm.access;

import java.time.Instant;

/**
 * What the authorizer has read of the calling token and its user. A change that grants access
 * checks it again in its transaction, because the token can be revoked, or the user barred, while
 * the request is running.
 *
 * @param user the id of the user
 * @param role the user's role
 * @param tokenKey the key of the stored token, which is not a secret
 * @param tokenCreatedAt when the token was created
 */
public record Authorization(String user, Role role, String tokenKey, Instant tokenCreatedAt) {}
