package ispcrm.idempotency;

import static ispcrm.dynamodb.DynamoDb.number;
import static ispcrm.dynamodb.DynamoDb.text;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.Item;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.Digests;
import ispcrm.http.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Responses in a DynamoDB table, keyed by a digest of the token, the endpoint and the key. The
 * table is IdempotencyTable in template.yaml. DynamoDB deletes expired responses within days, but
 * no code relies on that.
 */
public final class Idempotency {
  private static final Duration KEPT = Duration.ofHours(24);

  private static final String KEY = "sha256";
  private static final String BODY_DIGEST = "body_sha256";
  private static final String EXPIRES_AT = "expires_at";
  private static final String USER = "user";
  private static final String BODY = "body";

  private static final String LOCATION = "Location";
  private static final String ETAG = "ETag";

  /** The headers of a response that depend on what was created. */
  private static final List<String> HEADERS = List.of(LOCATION, ETAG);

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final InstantSource clock;

  /**
   * @param environment the function's environment: IDEMPOTENCY_TABLE is the table
   */
  public Idempotency(
      DynamoDbClient dynamoDb, Map<String, String> environment, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.table = environment.get("IDEMPOTENCY_TABLE");
    this.clock = clock;
  }

  /**
   * Checks that the table can be read; see {@link DynamoDb#checkReadable}.
   *
   * @throws RuntimeException if it cannot
   */
  public void checkReadable() {
    DynamoDb.checkReadable(dynamoDb, table, Map.of(KEY, text("health")));
  }

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
  public ApiResponse once(
      Endpoint endpoint, ApiRequest request, Function<Writes, ApiResponse> work) {
    Optional<String> sent = request.idempotencyKey();
    if (sent.isEmpty()) {
      return work.apply((user, response, others) -> others);
    }
    // None of the three contains a line break.
    String key =
        Digests.sha256(
            String.join("\n", request.caller().tokenId(), endpoint.linkName(), sent.get()));
    String bodyDigest = request.bodyDigest();
    Optional<ApiResponse> earlier = find(key, bodyDigest);
    if (earlier.isPresent()) {
      return earlier.get();
    }
    try {
      return work.apply(
          (user, response, others) -> {
            TransactWriteItem[] all = Arrays.copyOf(others, others.length + 1);
            all[others.length] = put(key, bodyDigest, user, response.get());
            return all;
          });
    } catch (RuntimeException e) {
      // Another request with this key may have been faster, which is often why the work failed.
      return find(key, bodyDigest).orElseThrow(() -> e);
    }
  }

  /**
   * Erases the stored responses about a deleted user. Erasing again continues what was not
   * completed.
   */
  public void erase(String user) {
    dynamoDb
        .queryPaginator(
            request ->
                request
                    .tableName(table)
                    .indexName("by_user")
                    .keyConditionExpression("#user = :user")
                    .expressionAttributeNames(Map.of("#user", USER))
                    .expressionAttributeValues(Map.of(":user", text(user))))
        .items()
        .forEach(item -> eraseItem(item.get(KEY)));
  }

  /** What remains of the item shows that the work was done. */
  private void eraseItem(AttributeValue key) {
    try {
      dynamoDb.updateItem(
          request ->
              request
                  .tableName(table)
                  .key(Map.of(KEY, key))
                  .updateExpression("REMOVE #user, body, #location, #etag")
                  .conditionExpression("attribute_exists(sha256)")
                  .expressionAttributeNames(
                      Map.of("#user", USER, "#location", LOCATION, "#etag", ETAG)));
    } catch (ConditionalCheckFailedException itIsGone) {
      // DynamoDB has deleted the item meanwhile, because it has expired.
    }
  }

  private Optional<ApiResponse> find(String key, String bodyDigest) {
    Optional<Item> found =
        DynamoDb.find(dynamoDb, table, KEY, key)
            .map(attributes -> Item.of(attributes, KEY))
            .filter(item -> clock.instant().isBefore(item.time(EXPIRES_AT)));
    if (found.isPresent() && !found.get().text(BODY_DIGEST).equals(bodyDigest)) {
      throw new ApiException(
          ErrorCode.IDEMPOTENCY_KEY_REUSED,
          "The Idempotency-Key was used for a request with another body - send a new key with a new"
              + " request.");
    }
    return found.map(Idempotency::response);
  }

  private static ApiResponse response(Item item) {
    if (!item.has(BODY)) {
      throw ApiException.notFound("user");
    }
    ApiResponse response =
        ApiResponse.json(Math.toIntExact(item.number("status")), item.text(BODY));
    for (String header : HEADERS) {
      String value = item.optionalText(header);
      if (value != null) {
        response = response.with(header, value);
      }
    }
    return response.with("Idempotency-Replayed", "true");
  }

  private TransactWriteItem put(String key, String bodyDigest, String user, ApiResponse response) {
    Instant now = clock.instant();
    Map<String, AttributeValue> item = new HashMap<>();
    item.put(KEY, text(key));
    item.put(BODY_DIGEST, text(bodyDigest));
    item.put("status", number(response.status()));
    for (String header : HEADERS) {
      if (response.headers().containsKey(header)) {
        item.put(header, text(response.headers().get(header)));
      }
    }
    item.put(USER, text(user));
    item.put(BODY, text(response.body()));
    item.put(EXPIRES_AT, number(now.plus(KEPT).getEpochSecond()));
    return TransactWriteItem.builder()
        .put(
            put ->
                put.tableName(table)
                    .item(item)
                    .conditionExpression("attribute_not_exists(#sha256) OR expires_at <= :now")
                    .expressionAttributeNames(Map.of("#sha256", KEY))
                    .expressionAttributeValues(Map.of(":now", number(now.getEpochSecond()))))
        .build();
  }

  /** Completes the writes of what a request creates. */
  @FunctionalInterface
  public interface Writes {

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
