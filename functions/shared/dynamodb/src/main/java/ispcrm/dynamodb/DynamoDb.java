package ispcrm.dynamodb;

import ispcrm.runtime.CallLog;
import ispcrm.runtime.ConflictException;
import ispcrm.runtime.Deadline;
import ispcrm.runtime.Priming;
import ispcrm.runtime.UnavailableException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.Crc32MismatchException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/** Access to DynamoDB: the single client of a function, and attribute values. */
public final class DynamoDb {
  private static final String CONFLICT = "TransactionConflict";

  /** The usual latency is about 10 ms. */
  private static final Duration ATTEMPT = Duration.ofSeconds(1);

  static final int MAX_ATTEMPTS = 8;

  /** Transient reasons for which a transaction is canceled. */
  private static final Set<String> TRANSIENT =
      Set.of(CONFLICT, "ProvisionedThroughputExceeded", "ThrottlingError");

  /** Reserved for checking whether a transaction without a response was committed. */
  private static final Duration LOOK_BACK = Duration.ofMillis(700);

  private DynamoDb() {}

  /**
   * Creates a client with the region, endpoint and credentials of the default chains. A call ends
   * by the {@link Deadline}, including its retries, of which there are at most three. Those of a
   * throttled call are further apart, because throttling lasts longer than most faults. After many
   * faults in a row, the SDK would not retry even once; this client does, because so few retries do
   * not burden DynamoDB. Create one client for each function and keep it.
   *
   * <p>Its calls throw {@link UnavailableException} if DynamoDB throttles, fails or does not
   * respond.
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
            .apiCallAttemptTimeout(ATTEMPT)
            .scheduledExecutorService(timeouts())
            .retryStrategy(
                AwsRetryStrategy.standardRetryStrategy().toBuilder()
                    .maxAttempts(4)
                    .retryOnExceptionInstanceOf(Crc32MismatchException.class)
                    .retryOnException(DynamoDb::isUnreadable)
                    .backoffStrategy(
                        BackoffStrategy.exponentialDelay(
                            Duration.ofMillis(25), Duration.ofMillis(100)))
                    .throttlingBackoffStrategy(
                        BackoffStrategy.exponentialDelay(
                            Duration.ofMillis(200), Duration.ofMillis(800)))
                    .circuitBreakerEnabled(false)
                    .build());
    // An emulator, which sets this variable, may not send checksums.
    if (System.getenv("AWS_ENDPOINT_URL") == null) {
      overrides.addExecutionInterceptor(new ChecksumRequired());
    }
    SdkHttpClient.Builder<?> http =
        UrlConnectionHttpClient.builder().connectionTimeout(ATTEMPT).socketTimeout(ATTEMPT);
    DynamoDbClientBuilder builder =
        DynamoDbClient.builder()
            .httpClientBuilder(
                Priming.isNeeded()
                    ? defaults -> SnapshotHttpClient.register(http.buildWithDefaults(defaults))
                    : http)
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
    return new PromptDynamoDbClient(builder.build());
  }

  /**
   * Whether an error has arrived without what it is about, for example because its body was cut. It
   * can be any error, so it counts as no response.
   */
  static boolean isUnreadable(Throwable fault) {
    return fault instanceof AwsServiceException error
        && (error.awsErrorDetails() == null || error.awsErrorDetails().errorCode() == null);
  }

  /**
   * Runs the timeouts of calls. Unlike the SDK's own executor, it forgets a timeout as soon as the
   * call has ended. Otherwise the timeouts of all calls of the last seconds, including those of
   * priming, would wake up a thread when they are over, and keep the calls' data until then.
   */
  private static ScheduledExecutorService timeouts() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "timeouts");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    return executor;
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
   * DynamoDB recognizes by its ClientRequestToken. If no response arrives at all, or if the
   * repetition is canceled, it looks for what was to be written.
   *
   * @param with more items. If there are any, the first puts an item that no other transaction
   *     puts, such as an entry of the history, and its condition names the attributes of the key.
   * @return the positions of the items whose conditions did not hold; empty if all were written
   * @throws FurtherWriteException if only conditions of the items in {@code with} did not hold
   * @throws ConflictException if other transactions are using one of the items for too long
   * @throws UnavailableException if DynamoDB is unavailable
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html">TransactWriteItems</a>
   */
  public static Set<Integer> transact(
      DynamoDbClient client, List<TransactWriteItem> items, TransactWriteItem... with) {
    List<TransactWriteItem> all = new ArrayList<>(items);
    all.addAll(List.of(with));
    boolean hasLostResponses = false;
    for (int attempt = 1; ; attempt++) {
      Duration limit = Deadline.remaining().minus(LOOK_BACK);
      if (limit.isNegative() || limit.isZero()) {
        throw new UnavailableException("no time is left for TransactWriteItems", null);
      }
      try {
        client.transactWriteItems(
            request ->
                request
                    .transactItems(all)
                    .overrideConfiguration(limits -> limits.apiCallTimeout(limit)));
        return Set.of();
      } catch (UnavailableException unavailable) {
        if (isWritten(client, with)) {
          return Set.of();
        }
        throw unavailable;
      } catch (TransactionCanceledException e) {
        // Otherwise, the conditions of a further request would fail because of the first one.
        hasLostResponses |= e.numAttempts() > 1;
        if (hasLostResponses && isWritten(client, with)) {
          return Set.of();
        }
        Set<Integer> failed = new TreeSet<>();
        Set<String> transientReasons = new TreeSet<>();
        for (int i = 0; i < e.cancellationReasons().size(); i++) {
          String code = e.cancellationReasons().get(i).code();
          if ("ConditionalCheckFailed".equals(code)) {
            failed.add(i);
          } else if (TRANSIENT.contains(code)) {
            transientReasons.add(code);
          }
        }
        if (!transientReasons.isEmpty()) {
          if (attempt < MAX_ATTEMPTS && pause(attempt)) {
            continue;
          }
          if (failed.isEmpty()) {
            throw unwritten(transientReasons, e);
          }
        }
        boolean hasFurther = failed.removeIf(position -> position >= items.size());
        if (!failed.isEmpty()) {
          return failed;
        }
        throw hasFurther ? new FurtherWriteException(e) : e;
      }
    }
  }

  private static RuntimeException unwritten(
      Set<String> reasons, TransactionCanceledException cause) {
    return reasons.equals(Set.of(CONFLICT))
        ? new ConflictException()
        : new UnavailableException("DynamoDB throttles TransactWriteItems", cause);
  }

  /** Whether there is the item of the first put, as it is at this moment. */
  private static boolean isWritten(DynamoDbClient client, TransactWriteItem... with) {
    if (with.length == 0) {
      return false;
    }
    Put put = with[0].put();
    Map<String, AttributeValue> key = new HashMap<>(put.item());
    key.keySet().retainAll(put.expressionAttributeNames().values());
    return client
        .getItem(request -> request.tableName(put.tableName()).key(key).consistentRead(true))
        .hasItem();
  }

  /** Waits for a random time, unless the time is up. */
  static boolean pause(int attempt) {
    long millis = ThreadLocalRandom.current().nextLong(10L << attempt);
    if (Deadline.remaining().minus(LOOK_BACK).toMillis() <= millis) {
      return false;
    }
    try {
      Thread.sleep(millis);
      return true;
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

  /**
   * Makes a call whose failure does not matter to the caller. A condition that does not hold is no
   * failure; any other is one warning or error in the log.
   *
   * @param what what failed then, for the log
   */
  public static void tolerateFailure(String what, Runnable call) {
    try {
      call.run();
    } catch (ConditionalCheckFailedException nothingToDo) {
      // The item is no longer there.
    } catch (SdkException | UnavailableException e) {
      CallLog.current().fault(what, e);
    }
  }

  public static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }

  public static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }

  /**
   * An attribute with a value as JSON has it.
   *
   * @param value a {@code String}, a {@code Long}, a list or map of such values, or null
   */
  public static AttributeValue attribute(Object value) {
    if (value == null) {
      return AttributeValue.fromNul(true);
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, AttributeValue> attributes = new HashMap<>();
      map.forEach((name, element) -> attributes.put((String) name, attribute(element)));
      return AttributeValue.fromM(attributes);
    }
    if (value instanceof List<?> list) {
      return AttributeValue.fromL(list.stream().map(DynamoDb::attribute).toList());
    }
    return value instanceof Long number ? number(number) : text((String) value);
  }

  /** The value of an {@link #attribute}. DynamoDB does not keep the order of a map. */
  public static Object value(AttributeValue attribute) {
    if (attribute.hasM()) {
      Map<String, Object> map = new TreeMap<>();
      attribute.m().forEach((name, element) -> map.put(name, value(element)));
      return map;
    }
    if (attribute.hasL()) {
      return attribute.l().stream().map(DynamoDb::value).toList();
    }
    return attribute.n() == null ? attribute.s() : Long.valueOf(attribute.n());
  }
}
