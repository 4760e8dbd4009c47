package ispcrm.tokens;

import ispcrm.access.Authorization;
import ispcrm.dynamodb.FurtherWriteException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.model.ConditionCheck;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/** The store of tokens. */
public interface Tokens {

  /** Finds what is stored about this token, whether it is valid or not. */
  Optional<Token> find(BearerToken secret);

  /** Finds a token by its id, whether it is valid or not. */
  Optional<Token> find(String id);

  /**
   * Lists a page of a user's tokens, newest first, whether they are valid or not.
   *
   * @param after the {@link Page#next} of the previous page; null for the first page
   * @param limit the maximum number of tokens on the page, at least 1
   */
  Page list(String user, String after, int limit);

  /**
   * Stores a new token if its user still is what the caller believes.
   *
   * @param check a condition on the user, which is checked in the same transaction
   * @param with further writes for the same transaction
   * @return whether the condition held; if not, nothing is stored
   * @throws FurtherWriteException if only a condition of the further writes did not hold
   */
  boolean add(IssuedToken issued, ConditionCheck check, TransactWriteItem... with);

  /**
   * Revokes a token. It ends every use from the next request. A token that was revoked earlier
   * stays as it is.
   *
   * @param token as it was read
   * @param by the id of the user who revokes it
   * @param entry the write of the entry of the history for the same transaction; not asked if it
   *     was revoked earlier
   * @return the revoked token; empty if it has expired, and DynamoDB has deleted it meanwhile
   */
  Optional<Token> revoke(
      Token token, String by, Instant now, Function<Token, TransactWriteItem> entry);

  /**
   * Revokes the tokens that a revoked token has created, and those that these have created. Takes
   * at least a second, because it waits for the index of tokens by their creators. If the time is
   * up before all are revoked, a repetition continues.
   *
   * @param id the id of the revoked token
   * @param by as for {@link #revoke}
   * @param entry the write of the entry of the history for each token that is revoked
   * @return all of them, including those that were revoked earlier
   */
  List<Token> revokeDescendants(
      String id, String by, Instant now, Function<Token, TransactWriteItem> entry);

  /** A condition for a transaction: the calling token has not been revoked. */
  TransactWriteItem stillAuthorized(Authorization caller);

  /**
   * Erases the descriptions of the tokens of a deleted user, and the addresses of their uses.
   * Tokens that are not revoked become so, because they lose the limit to their addresses. Erasing
   * again continues what was not completed.
   */
  void erase(String user, Instant now);

  /**
   * Records that a token was used. A use is allowed even if it cannot be recorded, so a failure is
   * only logged, and the caller does not wait for long.
   */
  void recordUse(BearerToken secret, Token.Use use);

  /**
   * Some tokens, and where the next page begins.
   *
   * @param next null on the last page
   */
  record Page(List<Token> tokens, String next) {
    /** What {@link #next} looks like. */
    public static final Pattern NEXT = Pattern.compile("[0-9]{1,12} [0-9a-f-]{36}");
  }
}
