package ispcrm.restore;

import static ispcrm.dynamodb.DynamoDb.text;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/** A DynamoDB table. */
final class Table {
  /** The number of threads that write. */
  static final int WORKERS = 32;

  /** The number of threads that read, each its own segment of the table. */
  private static final int SEGMENTS = 4;

  /** A segment's page is enough work for the threads while another segment reads the next one. */
  private static final int SCAN_LIMIT = 600;

  private static final int CHUNK = 40;

  /** BatchGetItem accepts no more keys than this. */
  private static final int MAX_KEYS = 100;

  private static final int MAX_ATTEMPTS = 25;
  private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

  /** The reasons, besides None, of canceled transactions that succeed later. */
  private static final Set<String> TRANSIENT_REASONS =
      Set.of("None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded");

  /** The error codes of calls that succeed later, besides those that the SDK knows. */
  private static final Set<String> TRANSIENT_ERRORS =
      Set.of(
          "TransactionConflictException",
          "ContinuousBackupsUnavailableException",
          "ResourceInUseException");

  private final DynamoDbClient client;
  private final String name;
  private final TableDescription description;

  /**
   * @throws RefusedException if there is no such table, or if it is not ready
   */
  Table(DynamoDbClient client, String name) {
    this.client = client;
    this.name = name;
    try {
      description = client.describeTable(request -> request.tableName(name)).table();
    } catch (ResourceNotFoundException e) {
      throw new RefusedException("there is no table " + name);
    }
    if (description.tableStatus() != TableStatus.ACTIVE
        && description.tableStatus() != TableStatus.UPDATING) {
      throw new RefusedException(
          name + " is not ready: its status is " + description.tableStatusAsString());
    }
  }

  /**
   * A client that repeats a call for about two minutes if DynamoDB is busy. The SDK by itself gives
   * up much earlier, and never repeats a transaction that was canceled.
   */
  static DynamoDbClientBuilder client() {
    BackoffStrategy backoff = BackoffStrategy.exponentialDelay(Duration.ofMillis(50), MAX_PAUSE);
    return DynamoDbClient.builder()
        .overrideConfiguration(
            configuration ->
                configuration.retryStrategy(
                    AwsRetryStrategy.standardRetryStrategy().toBuilder()
                        .maxAttempts(MAX_ATTEMPTS)
                        .circuitBreakerEnabled(false)
                        .backoffStrategy(backoff)
                        .throttlingBackoffStrategy(backoff)
                        .retryOnException(Table::isTransient)
                        .build()));
  }

  private static boolean isTransient(Throwable e) {
    if (e instanceof TransactionCanceledException canceled) {
      return canceled.hasCancellationReasons()
          && canceled.cancellationReasons().stream()
              .allMatch(reason -> TRANSIENT_REASONS.contains(reason.code()));
    }
    return e instanceof AwsServiceException refusal
        && refusal.awsErrorDetails() != null
        && TRANSIENT_ERRORS.contains(refusal.awsErrorDetails().errorCode());
  }

  String name() {
    return name;
  }

  DynamoDbClient dynamoDb() {
    return client;
  }

  /** The name of the key; of both, separated by a comma, if there are two. */
  String key() {
    return String.join(
        ",", description.keySchema().stream().map(key -> key.attributeName()).toList());
  }

  boolean isProtected() {
    return Boolean.TRUE.equals(description.deletionProtectionEnabled());
  }

  /**
   * Gives the table the settings of template.yaml that DynamoDB does not restore. The protection
   * comes last, because a protected table counts as prepared.
   *
   * @param expiry the attribute with the time at which DynamoDB deletes an item; null if there is
   *     none
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableToPointInTime.html">
   *     RestoreTableToPointInTime</a>
   */
  void setUp(String expiry) {
    client.updateContinuousBackups(
        request ->
            request
                .tableName(name)
                .pointInTimeRecoverySpecification(
                    recovery -> recovery.pointInTimeRecoveryEnabled(true)));
    if (expiry != null) {
      expireBy(expiry);
    }
    client.updateTable(request -> request.tableName(name).deletionProtectionEnabled(true));
  }

  private void expireBy(String attribute) {
    TimeToLiveStatus status =
        client
            .describeTimeToLive(request -> request.tableName(name))
            .timeToLiveDescription()
            .timeToLiveStatus();
    // DynamoDB refuses to turn it on twice.
    if (status != TimeToLiveStatus.ENABLED && status != TimeToLiveStatus.ENABLING) {
      client.updateTimeToLive(
          request ->
              request
                  .tableName(name)
                  .timeToLiveSpecification(
                      expiry -> expiry.attributeName(attribute).enabled(true)));
    }
  }

  /** Reads the table and passes its items on to many threads, a few at a time. */
  void scan(Report report, Consumer<List<Map<String, AttributeValue>>> consumer) {
    ExecutorService readers = Executors.newFixedThreadPool(SEGMENTS);
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    try {
      CompletionService<Void> segments = new ExecutorCompletionService<>(readers);
      for (int i = 0; i < SEGMENTS; i++) {
        int segment = i;
        segments.submit(
            () -> {
              scan(segment, report, workers, consumer);
              return null;
            });
      }
      for (int i = 0; i < SEGMENTS; i++) {
        segments.take().get();
      }
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() instanceof ExecutionException ? e.getCause() : e;
      if (cause.getCause() instanceof SdkException fault) {
        throw fault;
      }
      throw new IllegalStateException(cause.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      readers.shutdownNow();
      workers.shutdownNow();
    }
  }

  private void scan(
      int segment,
      Report report,
      ExecutorService workers,
      Consumer<List<Map<String, AttributeValue>>> consumer)
      throws InterruptedException, ExecutionException {
    Map<String, AttributeValue> start = null;
    do {
      ScanResponse page =
          client.scan(
              ScanRequest.builder()
                  .tableName(name)
                  .segment(segment)
                  .totalSegments(SEGMENTS)
                  .limit(SCAN_LIMIT)
                  .exclusiveStartKey(start)
                  .build());
      List<Future<?>> chunks = new ArrayList<>();
      for (List<Map<String, AttributeValue>> chunk : chunks(page.items(), CHUNK)) {
        chunks.add(workers.submit(() -> consumer.accept(chunk)));
      }
      for (Future<?> chunk : chunks) {
        chunk.get();
      }
      report.read(page.items().size());
      start = page.lastEvaluatedKey();
    } while (!start.isEmpty());
  }

  /**
   * Finds items by their keys.
   *
   * @return the items that exist, by their keys
   */
  Map<String, Map<String, AttributeValue>> find(List<String> keys) {
    Map<String, Map<String, AttributeValue>> found = new HashMap<>();
    for (List<String> some : chunks(keys.stream().distinct().toList(), MAX_KEYS)) {
      Map<String, KeysAndAttributes> wanted =
          Map.of(
              name,
              KeysAndAttributes.builder()
                  .keys(some.stream().map(key -> Map.of(key(), text(key))).toList())
                  .consistentRead(true)
                  .build());
      // A response leaves keys out if it would be too large. If DynamoDB is busy and leaves out
      // all of them, it throws an exception instead.
      while (!wanted.isEmpty()) {
        Map<String, KeysAndAttributes> requested = wanted;
        var response = client.batchGetItem(request -> request.requestItems(requested));
        for (Map<String, AttributeValue> item :
            response.responses().getOrDefault(name, List.of())) {
          found.put(item.get(key()).s(), item);
        }
        wanted = response.unprocessedKeys();
      }
    }
    return found;
  }

  private static <T> List<List<T>> chunks(List<T> list, int size) {
    List<List<T>> chunks = new ArrayList<>();
    for (int from = 0; from < list.size(); from += size) {
      chunks.add(list.subList(from, Math.min(list.size(), from + size)));
    }
    return chunks;
  }
}
