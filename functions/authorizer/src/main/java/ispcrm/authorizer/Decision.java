package ispcrm.authorizer;

import ispcrm.tokens.Token;

/**
 * What the authorizer decided on a call with a valid token.
 *
 * @param allowed whether the token's scopes allow the call
 */
public record Decision(boolean allowed, Token token) {}
