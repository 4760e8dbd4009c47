package ispcrm.authorizer;

import ispcrm.tokens.BearerToken;
import ispcrm.tokens.Token;
import ispcrm.tokens.Tokens;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Who calls, and may they: the one place that authenticates a request and checks the scopes of its
 * token against {@link Permissions}.
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
   * @throws Unauthorized where the request has no valid token; why, nobody learns
   */
  @Override
  public Decision apply(AuthorizerRequest request) {
    Token token =
        presented(request)
            .flatMap(tokens::find)
            .filter(known -> known.isValid(clock.instant()))
            .orElseThrow(Unauthorized::new);
    return new Decision(Permissions.allow(request, token), token);
  }

  /** The one token that the request's headers agree on. */
  private static Optional<BearerToken> presented(AuthorizerRequest request) {
    Set<Optional<BearerToken>> presented = new HashSet<>();
    for (String value : request.header("Authorization")) {
      presented.add(
          value.regionMatches(true, 0, BEARER, 0, BEARER.length())
              ? BearerToken.parse(value.substring(BEARER.length()).strip())
              : Optional.empty());
    }
    for (String value : request.header("X-Auth-Token")) {
      presented.add(BearerToken.parse(value.strip()));
    }
    return presented.size() == 1 ? presented.iterator().next() : Optional.empty();
  }
}
