package ispcrm.idempotency;

import static ispcrm.dynamodb.DynamoDb.number;
import static ispcrm.dynamodb.DynamoDb.text;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.Item;
import ispcrm.gateway.ApiException;
import ispcrm.gateway.ApiRequest;
import ispcrm.gateway.ApiResponse;
import ispcrm.gateway.Digests;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Responses in a DynamoDB table, keyed by a digest of the user, the endpoint and the key. The table
 * is IdempotencyTable in template.yaml. DynamoDB deletes expired responses within days, but no code
 * relies on that.
 */
public final class DynamoDbIdempotency implements Idempotency {
  private static final Duration KEPT = Duration.ofHours(24);

  private static final String KEY = "sha256";
  private static final String BODY_DIGEST = "body_sha256";
  private static final String EXPIRES_AT = "expires_at";

  /** The headers of a response that depend on what was created. */
  private static final List<String> HEADERS = List.of("Location", "ETag");

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final InstantSource clock;

  /**
   * @param environment the function's environment: IDEMPOTENCY_TABLE is the table
   */
  public DynamoDbIdempotency(
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

  @Override
  public ApiResponse once(
      Endpoint endpoint, ApiRequest request, Function<Writes, ApiResponse> work) {
    Optional<String> sent = request.idempotencyKey();
    if (sent.isEmpty()) {
      return work.apply((response, others) -> others);
    }
    // None of the three contains a line break.
    String key =
        Digests.sha256(
            String.join("\n", request.caller().userId(), endpoint.linkName(), sent.get()));
    String bodyDigest = request.bodyDigest();
    Optional<ApiResponse> earlier = find(key, bodyDigest);
    if (earlier.isPresent()) {
      return earlier.get();
    }
    try {
      return work.apply(
          (response, others) -> {
            TransactWriteItem[] all = Arrays.copyOf(others, others.length + 1);
            all[others.length] = put(key, bodyDigest, response.get());
            return all;
          });
    } catch (RuntimeException e) {
      // Another request with this key may have been faster, which is often why the work failed.
      return find(key, bodyDigest).orElseThrow(() -> e);
    }
  }

  private Optional<ApiResponse> find(String key, String bodyDigest) {
    Optional<Item> found =
        DynamoDb.find(dynamoDb, table, KEY, key)
            .map(attributes -> Item.of(attributes, KEY))
            .filter(item -> clock.instant().isBefore(item.time(EXPIRES_AT)));
    if (found.isPresent() && !found.get().text(BODY_DIGEST).equals(bodyDigest)) {
      throw new ApiException(
          422,
          "idempotency_key_reused",
          "The Idempotency-Key was used for a request with another body - send a new key with a new"
              + " request.");
    }
    return found.map(DynamoDbIdempotency::response);
  }

  private static ApiResponse response(Item item) {
    ApiResponse response =
        ApiResponse.json(Math.toIntExact(item.number("status")), item.text("body"));
    for (String header : HEADERS) {
      String value = item.optionalText(header);
      if (value != null) {
        response = response.with(header, value);
      }
    }
    return response.with("Idempotency-Replayed", "true");
  }

  private TransactWriteItem put(String key, String bodyDigest, ApiResponse response) {
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
    item.put("body", text(response.body()));
    item.put(EXPIRES_AT, number(now.plus(KEPT).getEpochSecond()));
    return TransactWriteItem.builder()
        .put(
            put ->
                put.tableName(table)
                    .item(item)
                    .conditionExpression("attribute_not_exists(sha256) OR expires_at <= :now")
                    .expressionAttributeValues(Map.of(":now", number(now.getEpochSecond()))))
        .build();
  }
}
