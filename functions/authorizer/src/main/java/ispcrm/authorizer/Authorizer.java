package ispcrm.authorizer;

import ispcrm.access.Endpoint;
import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.dynamodb.Item;
import ispcrm.http.Caller;
import ispcrm.runtime.CallLog;
import ispcrm.tokens.BearerToken;
import ispcrm.tokens.Token;
import ispcrm.tokens.Tokens;
import ispcrm.users.User;
import ispcrm.users.Users;
import ispcrm.values.IpBlock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The only place that authenticates requests and checks the scopes of their tokens against {@link
 * Endpoint}. A route that is not an endpoint with scopes there is closed to every token.
 */
public final class Authorizer implements Function<AuthorizerRequest, Decision> {
  private static final String BEARER = "bearer ";

  /** A use is recorded if the last recorded one is older than this. */
  private static final Duration USE_INTERVAL = Duration.ofHours(1);

  /** How long before its end the operator hears of the token of a RADIUS server. */
  private static final Duration WARNING = Duration.ofDays(14);

  private final Tokens tokens;
  private final Users users;
  private final InstantSource clock;

  public Authorizer(Tokens tokens, Users users, InstantSource clock) {
    this.tokens = tokens;
    this.users = users;
    this.clock = clock;
  }

  /**
   * Reads the token and then its user, both as they are at this moment. So a revocation, demotion,
   * bar or deletion takes effect from the next request. A broken record gives nobody access, and
   * does not look like a fault of the authorizer.
   *
   * @throws UnauthorizedException if the request has no valid token, or if its user has no access;
   *     it does not say why
   */
  @Override
  public Decision apply(AuthorizerRequest request) {
    BearerToken secret = bearerToken(request).orElseThrow(UnauthorizedException::new);
    Instant now = clock.instant();
    Token token =
        Item.unlessBroken(() -> tokens.find(secret))
            .filter(found -> found.isValid(now))
            .orElseThrow(UnauthorizedException::new);
    User user =
        Item.unlessBroken(() -> users.find(token.user()))
            .filter(User::hasAccess)
            .filter(found -> found.acceptsTokenOf(token.createdAt()))
            .orElseThrow(UnauthorizedException::new);
    Decision decision = decide(request, secret, token, user);
    if (decision.denial() == null && isUseToRecord(token, now)) {
      tokens.recordUse(secret, new Token.Use(now, request.sourceIp()));
      warnIfExpiring(token, user, now);
    }
    return decision;
  }

  private static Decision decide(
      AuthorizerRequest request, BearerToken secret, Token token, User user) {
    List<Scope> scopes = token.effectiveScopes(user.role());
    Caller caller =
        new Caller(
            token.id(),
            secret.sha256(),
            user.id(),
            user.role(),
            Set.copyOf(scopes),
            token.isNarrowed(),
            token.allowedIps(),
            token.createdAt(),
            token.expiresAt(),
            request.sourceIp());
    if (!IpBlock.anyContains(token.allowedIps(), request.sourceIp())) {
      return new Decision(caller, Decision.Denial.ADDRESS_NOT_ALLOWED);
    }
    boolean isOpen =
        Endpoint.of(request.method(), request.resource())
            .filter(endpoint -> !endpoint.isPublic())
            .filter(
                endpoint ->
                    endpoint.isOpenTo(scopes, user.id(), request.pathParameters().get("id")))
            .isPresent();
    return new Decision(caller, isOpen ? null : Decision.Denial.INSUFFICIENT_SCOPE);
  }

  /** An alarm counts these lines: with its token, a RADIUS server loses all subscribers. */
  private static void warnIfExpiring(Token token, User user, Instant now) {
    if (user.role() == Role.RADIUS && token.expiresAt().isBefore(now.plus(WARNING))) {
      CallLog.current()
          .warn(
              "A token of a RADIUS server expires soon: %s of %s, at %s"
                  .formatted(token.id(), user.id(), token.expiresAt()));
    }
  }

  private static boolean isUseToRecord(Token token, Instant now) {
    return token.lastUse() == null || token.lastUse().at().plus(USE_INTERVAL).isBefore(now);
  }

  /**
   * The request's token; empty if there is none, or if its headers contain different tokens. If
   * X-Auth-Token contains one, an Authorization header with another scheme or without a value is
   * ignored, because clients take it from a .netrc file.
   */
  private static Optional<BearerToken> bearerToken(AuthorizerRequest request) {
    Set<Optional<BearerToken>> tokens = new HashSet<>();
    boolean hasOtherScheme = false;
    for (String value : request.header("Authorization")) {
      if (value.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
        tokens.add(BearerToken.parse(value.substring(BEARER.length()).strip()));
      } else {
        hasOtherScheme = true;
      }
    }
    List<String> own = request.header("X-Auth-Token");
    for (String value : own) {
      tokens.add(BearerToken.parse(value.strip()));
    }
    return tokens.size() == 1 && !(hasOtherScheme && own.isEmpty())
        ? tokens.iterator().next()
        : Optional.empty();
  }
}
