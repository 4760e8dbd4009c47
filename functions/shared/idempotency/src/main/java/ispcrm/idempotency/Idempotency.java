package ispcrm.idempotency;

import ispcrm.access.Endpoint;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Makes requests with an Idempotency-Key safe to repeat. A request with the same key, token,
 * endpoint and body gets the first response again for 24 hours, unless the user that it is about is
 * deleted meanwhile.
 */
public interface Idempotency {

  /**
   * Does the work of a request, unless an earlier request with the same key has done it. Without a
   * key, it only does the work.
   *
   * @param request a valid request
   * @param work does the work, and writes what {@link Writes#with} returns in the same transaction.
   *     If it fails, and the response to another request with this key has been stored meanwhile,
   *     the result is that response.
   * @return the response of the work, or the stored one with the header {@code
   *     Idempotency-Replayed}
   * @throws ApiException 400 if the key is invalid; 422 if it was used with another body; 404 if
   *     the stored response is about a deleted user; whatever the work throws
   */
  ApiResponse once(Endpoint endpoint, ApiRequest request, Function<Writes, ApiResponse> work);

  /**
   * Erases the stored responses about a deleted user. Erasing again continues what was not
   * completed.
   */
  void erase(String user);

  /** Completes the writes of what a request creates. */
  @FunctionalInterface
  interface Writes {

    /**
     * Adds the write of the response.
     *
     * @param user the id of the user that the response is about
     * @param response makes the response to repetitions, which must not contain a secret; not asked
     *     if the request has no key
     * @param others the other further writes of the transaction
     * @return the other writes, and that of the response if the request has a key. The condition of
     *     that write does not hold if there is a response already.
     */
    TransactWriteItem[] with(
        String user, Supplier<ApiResponse> response, TransactWriteItem... others);
  }
}
