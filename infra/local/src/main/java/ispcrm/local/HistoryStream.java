package ispcrm.local;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.dynamodb.model.OperationType;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.Shard;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.model.TrimmedDataAccessException;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Invokes deliver-events with the new entries of the history, as the event source mapping does in
 * an AWS account.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html">Using AWS Lambda with
 *     Amazon DynamoDB</a>
 */
public final class HistoryStream implements AutoCloseable {
  private static final int BATCH = 100;
  private static final long PAUSE_MILLIS = 200;
  private static final String FILE = "history-stream";
  private static final JsonMapper JSON = new JsonMapper();

  private final LocalLambda lambda;
  private final DynamoDbStreamsClient client;
  private final Path file;

  /** The number of the last record of each shard that is done. */
  private final Properties done = new Properties();

  private final Map<String, String> iterators = new HashMap<>();
  private final Thread thread = new Thread(this::run, "history-stream");
  private volatile boolean isClosed;

  private HistoryStream(LocalLambda lambda, LocalDynamoDb dynamoDb, Path data) {
    this.lambda = lambda;
    this.client = dynamoDb.streams();
    this.file = data == null ? null : data.resolve(FILE);
  }

  /**
   * Starts reading.
   *
   * @param data the folder in which it notes what is done, or null
   */
  public static HistoryStream start(LocalLambda lambda, LocalDynamoDb dynamoDb, Path data) {
    HistoryStream stream = new HistoryStream(lambda, dynamoDb, data);
    stream.load();
    stream.thread.setDaemon(true);
    stream.thread.start();
    return stream;
  }

  /** A fault must not end it. */
  private void run() {
    while (!isClosed) {
      try {
        if (!readEachShard()) {
          Thread.sleep(PAUSE_MILLIS);
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        if (!isClosed) {
          System.err.println("deliver-events failed, and will be tried again: " + e);
        }
        iterators.clear();
      }
    }
  }

  /** Whether there was something to read. */
  private boolean readEachShard() {
    boolean hasRead = false;
    String arn =
        client.listStreams(list -> list.tableName("HistoryTable")).streams().get(0).streamArn();
    for (Shard shard :
        client.describeStream(stream -> stream.streamArn(arn)).streamDescription().shards()) {
      hasRead |= read(arn, shard.shardId());
    }
    return hasRead;
  }

  private boolean read(String arn, String shard) {
    String iterator = iterators.computeIfAbsent(shard, any -> iterator(arn, shard));
    if (iterator.isEmpty()) {
      return false;
    }
    GetRecordsResponse response;
    try {
      response = client.getRecords(request -> request.shardIterator(iterator).limit(BATCH));
    } catch (TrimmedDataAccessException e) {
      // DynamoDB Local says this while the first record of a shard is written.
      iterators.remove(shard);
      return false;
    }
    List<Record> records = response.records();
    if (!records.isEmpty()) {
      String last = handle(records);
      if (last != null) {
        done.setProperty(shard, last);
        save();
      }
      if (!records.get(records.size() - 1).dynamodb().sequenceNumber().equals(last)) {
        iterators.remove(shard);
        return false;
      }
    }
    // The iterator of a shard that has ended.
    iterators.put(shard, response.nextShardIterator() == null ? "" : response.nextShardIterator());
    return !records.isEmpty();
  }

  private String iterator(String arn, String shard) {
    GetShardIteratorRequest.Builder request =
        GetShardIteratorRequest.builder().streamArn(arn).shardId(shard);
    String last = done.getProperty(shard);
    if (last == null) {
      request.shardIteratorType(ShardIteratorType.TRIM_HORIZON);
    } else {
      request.shardIteratorType(ShardIteratorType.AFTER_SEQUENCE_NUMBER).sequenceNumber(last);
    }
    return client.getShardIterator(request.build()).shardIterator();
  }

  /** The number of the last record before one that failed; null if the first one did. */
  private String handle(List<Record> records) {
    List<Record> inserted =
        records.stream().filter(record -> record.eventName() == OperationType.INSERT).toList();
    JsonNode failures = JSON.createObjectNode();
    if (!inserted.isEmpty()) {
      String event =
          JSON.writeValueAsString(
              Map.of("Records", inserted.stream().map(HistoryStream::event).toList()));
      failures = JSON.readTree(lambda.invoke("deliver-events", event)).path("batchItemFailures");
    }
    String failed = failures.path(0).path("itemIdentifier").asString("");
    String last = null;
    for (Record record : records) {
      if (record.dynamodb().sequenceNumber().equals(failed)) {
        break;
      }
      last = record.dynamodb().sequenceNumber();
    }
    return last;
  }

  private static Map<String, Object> event(Record record) {
    Map<String, Object> keys = new LinkedHashMap<>();
    for (Map.Entry<String, AttributeValue> key : record.dynamodb().keys().entrySet()) {
      keys.put(key.getKey(), Map.of("S", key.getValue().s()));
    }
    return Map.of(
        "eventName",
        record.eventNameAsString(),
        "dynamodb",
        Map.of("SequenceNumber", record.dynamodb().sequenceNumber(), "Keys", keys));
  }

  private void load() {
    if (file != null && Files.exists(file)) {
      try (var in = Files.newInputStream(file)) {
        done.load(in);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void save() {
    if (file != null) {
      try (var out = Files.newOutputStream(file)) {
        done.store(out, null);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    isClosed = true;
    try {
      thread.join(5000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    client.close();
  }
}
