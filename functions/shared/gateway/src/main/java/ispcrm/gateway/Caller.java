package ispcrm.gateway;

import ispcrm.access.Scope;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The caller, as the authorizer passed it on.
 *
 * @param tokenId the id of the token, which is not a secret
 * @param userId the user whose token it is
 * @param scopes what the token allows; empty if the authorizer was not asked
 */
public record Caller(String tokenId, String userId, Set<Scope> scopes) {

  static Caller of(Map<String, Object> authorizer) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    scopes.addAll(Scope.parseList(text(authorizer, "scopes")));
    return new Caller(text(authorizer, "token_id"), text(authorizer, "user_id"), scopes);
  }

  private static String text(Map<String, Object> authorizer, String name) {
    return authorizer.get(name) instanceof String text ? text : "";
  }
}
