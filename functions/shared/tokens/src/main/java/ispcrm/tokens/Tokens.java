package ispcrm.tokens;

import java.util.Optional;

/** Where tokens are kept. */
public interface Tokens {

  /** What is kept of this token, be it valid or not. */
  Optional<Token> find(BearerToken secret);

  /** Keeps a new token. */
  void add(BearerToken secret, Token token);
}
