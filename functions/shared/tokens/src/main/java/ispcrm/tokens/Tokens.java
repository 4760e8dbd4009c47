package ispcrm.tokens;

import java.util.Optional;

/** The store of tokens. */
public interface Tokens {

  /** Finds what is stored about this token, whether it is valid or not. */
  Optional<Token> find(BearerToken secret);

  /** Stores a new token. */
  void add(IssuedToken issued);
}
