package ispcrm.authorizer;

import ispcrm.tokens.Token;

/**
 * The authorizer's decision about a request with a valid token.
 *
 * @param isAllowed whether the token's scopes allow the request
 */
public record Decision(boolean isAllowed, Token token) {}
