package ispcrm.dynamodb;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/** Access to DynamoDB: the single client of a function, and attribute values. */
public final class DynamoDb {
  private static final int MAX_ATTEMPTS = 8;

  private DynamoDb() {}

  /**
   * Creates a client with the region, endpoint and credentials of the default chains. A call ends
   * within 10 seconds, including its retries. That is less than a function's timeout, so the
   * function can still respond with an error. Create one client for each function and keep it.
   *
   * @param environment the function's environment; if DYNAMODB_ENDPOINT is set and not empty, it is
   *     the address of DynamoDB
   * @see <a
   *     href="https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/best-practices.html">Best
   *     practices of the AWS SDK for Java 2.x</a>
   */
  public static DynamoDbClient client(Map<String, String> environment) {
    ClientOverrideConfiguration.Builder overrides =
        ClientOverrideConfiguration.builder()
            .apiCallAttemptTimeout(Duration.ofSeconds(3))
            .apiCallTimeout(Duration.ofSeconds(10));
    if ("snap-start".equals(System.getenv("AWS_LAMBDA_INITIALIZATION_TYPE"))) {
      overrides.addExecutionInterceptor(SnapshotConnections.register());
    }
    DynamoDbClientBuilder builder =
        DynamoDbClient.builder()
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(Duration.ofSeconds(1))
                    .socketTimeout(Duration.ofSeconds(3)))
            .overrideConfiguration(overrides.build());
    String endpoint = environment.getOrDefault("DYNAMODB_ENDPOINT", "");
    if (!endpoint.isEmpty()) {
      builder.endpointOverride(URI.create(endpoint));
    }
    // The default chains would find these last. They are still needed for other sources, such as
    // the container endpoint of a function that was restored from a snapshot.
    String region = System.getenv("AWS_REGION");
    if (region != null && System.getProperty("aws.region") == null) {
      builder.region(Region.of(region));
    }
    if (System.getenv("AWS_ACCESS_KEY_ID") != null
        && System.getProperty("aws.accessKeyId") == null) {
      builder.credentialsProvider(EnvironmentVariableCredentialsProvider.create());
    }
    return builder.build();
  }

  /**
   * Reads an item as it is at this moment (a strongly consistent read).
   *
   * @return the item's attributes; empty if there is no item
   */
  public static Optional<Map<String, AttributeValue>> find(
      DynamoDbClient client, String table, String keyName, String key) {
    Map<String, AttributeValue> item =
        client
            .getItem(
                GetItemRequest.builder()
                    .tableName(table)
                    .key(Map.of(keyName, text(key)))
                    .consistentRead(true)
                    .build())
            .item();
    return item.isEmpty() ? Optional.empty() : Optional.of(item);
  }

  /**
   * Writes items in one transaction, all or nothing. If another transaction is using one of the
   * items, it tries again a few times, so that a condition that depends on the other transaction is
   * decided. If the response to a call is lost, the SDK sends the same request again, which
   * DynamoDB recognizes by its ClientRequestToken.
   *
   * @param with more items, such as an entry of the history
   * @return the positions of the items whose conditions did not hold; empty if all were written
   * @throws FurtherWriteException if only conditions of the items in {@code with} did not hold
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html">TransactWriteItems</a>
   */
  public static Set<Integer> transact(
      DynamoDbClient client, List<TransactWriteItem> items, TransactWriteItem... with) {
    List<TransactWriteItem> all = new ArrayList<>(items);
    all.addAll(List.of(with));
    for (int attempt = 1; ; attempt++) {
      try {
        client.transactWriteItems(request -> request.transactItems(all));
        return Set.of();
      } catch (TransactionCanceledException e) {
        Set<Integer> failed = new TreeSet<>();
        boolean isConflict = false;
        for (int i = 0; i < e.cancellationReasons().size(); i++) {
          String code = e.cancellationReasons().get(i).code();
          isConflict |= "TransactionConflict".equals(code);
          if ("ConditionalCheckFailed".equals(code)) {
            failed.add(i);
          }
        }
        if (isConflict && attempt < MAX_ATTEMPTS) {
          pause(attempt);
          continue;
        }
        boolean hasFurther = failed.removeIf(position -> position >= items.size());
        if (!failed.isEmpty()) {
          return failed;
        }
        throw hasFurther ? new FurtherWriteException(e) : e;
      }
    }
  }

  private static void pause(int attempt) {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(10L << attempt));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted between two attempts of a transaction", e);
    }
  }

  /**
   * Checks that a table can be read. It reads an item that does not exist, which costs half a read
   * unit, and ends within 2 seconds.
   *
   * @param key the key of that item
   * @throws RuntimeException if the table cannot be read
   */
  public static void checkReadable(
      DynamoDbClient client, String table, Map<String, AttributeValue> key) {
    client.getItem(
        GetItemRequest.builder()
            .tableName(table)
            .key(key)
            .overrideConfiguration(limits -> limits.apiCallTimeout(Duration.ofSeconds(2)))
            .build());
  }

  public static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }

  public static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }
}
