package ispcrm.authorizer;

import ispcrm.access.Endpoint;
import ispcrm.tokens.BearerToken;
import ispcrm.tokens.Token;
import ispcrm.tokens.Tokens;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The only place that authenticates requests and checks the scopes of their tokens against {@link
 * Endpoint}. A route that is not an endpoint with scopes there is closed to every token.
 */
public final class Authorizer implements Function<AuthorizerRequest, Decision> {
  private static final String BEARER = "bearer ";

  private final Tokens tokens;
  private final InstantSource clock;

  public Authorizer(Tokens tokens, InstantSource clock) {
    this.tokens = tokens;
    this.clock = clock;
  }

  /**
   * @throws UnauthorizedException if the request has no valid token; it does not say why
   */
  @Override
  public Decision apply(AuthorizerRequest request) {
    Token token =
        bearerToken(request)
            .flatMap(tokens::find)
            .filter(found -> found.isValid(clock.instant()))
            .orElseThrow(UnauthorizedException::new);
    return new Decision(isAllowed(request, token), token);
  }

  static boolean isAllowed(AuthorizerRequest request, Token token) {
    boolean isOwnRecord = token.user().equals(request.pathParameters().get("id"));
    return Endpoint.of(request.method(), request.resource())
        .filter(endpoint -> !endpoint.isPublic() && endpoint.isOpenTo(token.scopes(), isOwnRecord))
        .isPresent();
  }

  /** The request's token; empty if there is none, or if its headers contain different tokens. */
  private static Optional<BearerToken> bearerToken(AuthorizerRequest request) {
    Set<Optional<BearerToken>> tokens = new HashSet<>();
    for (String value : request.header("Authorization")) {
      tokens.add(
          value.regionMatches(true, 0, BEARER, 0, BEARER.length())
              ? BearerToken.parse(value.substring(BEARER.length()).strip())
              : Optional.empty());
    }
    for (String value : request.header("X-Auth-Token")) {
      tokens.add(BearerToken.parse(value.strip()));
    }
    return tokens.size() == 1 ? tokens.iterator().next() : Optional.empty();
  }
}
