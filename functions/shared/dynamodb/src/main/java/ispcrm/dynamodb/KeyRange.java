package ispcrm.dynamodb;

import static ispcrm.dynamodb.DynamoDb.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

/**
 * A part of a partition of a table, or of an index, in the order of its sort key, which is text.
 *
 * @param index null for the table itself
 * @param partition the name of the partition key
 * @param from the first sort key
 * @param to the last sort key
 */
public record KeyRange(
    String index, String partition, AttributeValue value, String sortKey, String from, String to) {

  /**
   * Reads a page. Several ranges have the same sort key, and are merged.
   *
   * @param after the end of the previous page; null for the first page
   * @param limit the maximum number of items on the page, at least 1
   */
  public static Slice read(
      DynamoDbClient client, String table, List<KeyRange> ranges, String after, int limit) {
    List<Slice> slices =
        ranges.stream().map(range -> range.read(client, table, after, limit)).toList();
    return slices.size() == 1 ? slices.get(0) : Slice.merge(slices, limit, ranges.get(0).sortKey);
  }

  private Slice read(DynamoDbClient client, String table, String after, int limit) {
    KeyRange range = after(after);
    return range.isEmpty()
        ? new Slice(List.of(), null)
        : Slice.of(
            client.query(range.query().tableName(table).limit(limit + 1).build()), limit, sortKey);
  }

  /** What remains after a sort key; all of it if that is null. */
  private KeyRange after(String key) {
    return key == null ? this : new KeyRange(index, partition, value, sortKey, key + "\0", to);
  }

  /** Whether it ends before it begins, which DynamoDB rejects. It compares the bytes of UTF-8. */
  private boolean isEmpty() {
    return Arrays.compareUnsigned(utf8(from), utf8(to)) > 0;
  }

  private QueryRequest.Builder query() {
    return QueryRequest.builder()
        .indexName(index)
        .keyConditionExpression("#partition = :partition AND #key BETWEEN :from AND :to")
        .expressionAttributeNames(Map.of("#partition", partition, "#key", sortKey))
        .expressionAttributeValues(
            Map.of(":partition", value, ":from", text(from), ":to", text(to)));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
