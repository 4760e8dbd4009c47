package ispcrm.gateway;

import java.util.Map;
import java.util.Set;

/**
 * Who calls, as the authorizer handed it on.
 *
 * @param tokenId the id of the token, which is not a secret
 * @param userId the user that the token belongs to
 * @param scopes what the token allows; none where no authorizer was asked
 */
public record Caller(String tokenId, String userId, Set<String> scopes) {

  static Caller of(Map<String, Object> authorizer) {
    String scopes = text(authorizer, "scopes");
    return new Caller(
        text(authorizer, "token_id"),
        text(authorizer, "user_id"),
        scopes.isEmpty() ? Set.of() : Set.of(scopes.split(" ", -1)));
  }

  private static String text(Map<String, Object> authorizer, String name) {
    return authorizer.get(name) instanceof String text ? text : "";
  }
}
