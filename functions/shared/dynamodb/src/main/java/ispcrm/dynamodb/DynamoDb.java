package ispcrm.dynamodb;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;

/** Access to DynamoDB: the single client of a function, and attribute values. */
public final class DynamoDb {

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
   * Reads an item at half the price of a consistent read, and once more, consistently, if it was
   * not found. So an item is found from the moment it is written, and a change to it is seen within
   * a second.
   *
   * @return the item's attributes; empty if there is no item
   */
  public static Optional<Map<String, AttributeValue>> find(
      DynamoDbClient client, String table, String keyName, String key) {
    for (boolean consistent : new boolean[] {false, true}) {
      Map<String, AttributeValue> item =
          client
              .getItem(
                  GetItemRequest.builder()
                      .tableName(table)
                      .key(Map.of(keyName, text(key)))
                      .consistentRead(consistent)
                      .build())
              .item();
      if (!item.isEmpty()) {
        return Optional.of(item);
      }
    }
    return Optional.empty();
  }

  /**
   * Checks that a table can be read. It reads an item that does not exist, which costs half a read
   * unit, and ends within 2 seconds.
   *
   * @throws RuntimeException if the table cannot be read
   */
  public static void checkReadable(DynamoDbClient client, String table, String keyName) {
    client.getItem(
        GetItemRequest.builder()
            .tableName(table)
            .key(Map.of(keyName, text("health")))
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
