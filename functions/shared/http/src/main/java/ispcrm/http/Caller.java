package ispcrm.http;

import ispcrm.access.Authorization;
import ispcrm.access.Endpoint;
import ispcrm.access.Role;
import ispcrm.access.Scope;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The caller, as the authorizer passes it on. API Gateway accepts only text, numbers and booleans
 * there.
 *
 * @param tokenId the id of the token, which is not a secret
 * @param tokenKey the key of the stored token: the SHA-256 of the secret
 * @param userId the user whose token it is; empty if the authorizer was not asked
 * @param role the user's role; null if the authorizer was not asked
 * @param scopes what the token allows
 * @param isNarrowed whether the token does not have all scopes of its user's role; true if the
 *     authorizer was not asked
 * @param allowedIps the addresses and CIDR blocks from which the token can be used; empty for any
 * @param tokenCreatedAt when the token was created; null if the authorizer was not asked
 * @param tokenExpiresAt the first second at which the token is no longer valid; null if the
 *     authorizer was not asked
 * @param address the client's address; empty if the authorizer was not asked
 * @see <a
 *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html">Output
 *     from an API Gateway Lambda authorizer</a>
 */
public record Caller(
    String tokenId,
    String tokenKey,
    String userId,
    Role role,
    Set<Scope> scopes,
    boolean isNarrowed,
    List<String> allowedIps,
    Instant tokenCreatedAt,
    Instant tokenExpiresAt,
    String address) {

  static Caller of(Map<String, Object> context) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    scopes.addAll(Scope.parseList(text(context, "scopes")));
    return new Caller(
        text(context, "token_id"),
        text(context, "token_key"),
        text(context, "user_id"),
        Role.of(text(context, "role")).orElse(null),
        scopes,
        !text(context, "is_narrowed").equals("false"),
        Arrays.stream(text(context, "allowed_ips").split(" ", -1))
            .filter(block -> !block.isEmpty())
            .toList(),
        time(context, "token_created_at"),
        time(context, "token_expires_at"),
        text(context, "address"));
  }

  /** The context that the authorizer returns, from which {@link #of} reads the caller again. */
  public Map<String, String> toContext() {
    Map<String, String> context = new LinkedHashMap<>();
    context.put("token_id", tokenId);
    context.put("token_key", tokenKey);
    context.put("user_id", userId);
    context.put("role", role.toString());
    context.put("scopes", Scope.formatList(scopes));
    context.put("is_narrowed", Boolean.toString(isNarrowed));
    context.put("allowed_ips", String.join(" ", allowedIps));
    context.put("token_created_at", tokenCreatedAt.toString());
    context.put("token_expires_at", tokenExpiresAt.toString());
    context.put("address", address);
    return context;
  }

  /**
   * The id of the token that an id in a path means: {@value Endpoint#SELF} is the calling token.
   */
  public String tokenIdOf(String id) {
    return id.equals(Endpoint.SELF) ? tokenId : id;
  }

  /**
   * Checks that the token may change users of this role, and what belongs to them.
   *
   * @throws ApiException 403 if the role is not customer, and the token lacks {@link
   *     Scope#STAFF_WRITE}
   */
  public void requireAuthorityOver(Role other) {
    if (other != Role.CUSTOMER && !scopes.contains(Scope.STAFF_WRITE)) {
      throw new ApiException(
          ErrorCode.FORBIDDEN,
          "Forbidden - staff and administrators require the scope %s, which this token lacks."
              .formatted(Scope.STAFF_WRITE));
    }
  }

  /** What a change that grants access checks again. */
  public Authorization authorization() {
    return new Authorization(userId, role, tokenKey, tokenCreatedAt);
  }

  private static Instant time(Map<String, Object> context, String name) {
    String text = text(context, name);
    return text.isEmpty() ? null : Instant.parse(text);
  }

  private static String text(Map<String, Object> context, String name) {
    return context.get(name) instanceof String text ? text : "";
  }
}
