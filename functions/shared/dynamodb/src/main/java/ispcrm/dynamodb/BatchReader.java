package ispcrm.dynamodb;

import static ispcrm.dynamodb.DynamoDb.text;

import ispcrm.runtime.UnavailableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/** Reads items of several tables in one call. */
public final class BatchReader {
  private final DynamoDbClient client;

  public BatchReader(DynamoDbClient client) {
    this.client = client;
  }

  /**
   * Where an item is.
   *
   * @param name the name of the table's partition key, which is text
   */
  public record Key(String table, String name, String value) {}

  /**
   * Reads items as they are at this moment.
   *
   * @return the items that there are
   * @throws UnavailableException if DynamoDB is unavailable
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html">BatchGetItem</a>
   */
  public Map<Key, Item> read(Set<Key> keys) {
    Map<Key, Item> found = new HashMap<>();
    Map<String, KeysAndAttributes> asked = requests(keys);
    for (int attempt = 1; !asked.isEmpty(); attempt++) {
      // DynamoDB returns what it did not read because it throttles.
      if (attempt > 1 && (attempt > DynamoDb.MAX_ATTEMPTS || !DynamoDb.pause(attempt))) {
        throw new UnavailableException("DynamoDB throttles BatchGetItem", null);
      }
      Map<String, KeysAndAttributes> remaining = asked;
      BatchGetItemResponse response =
          client.batchGetItem(request -> request.requestItems(remaining));
      for (Key key : keys) {
        response.responses().getOrDefault(key.table, List.of()).stream()
            .filter(item -> text(key.value).equals(item.get(key.name)))
            .forEach(item -> found.put(key, Item.of(item, key.name)));
      }
      asked = response.unprocessedKeys();
    }
    return found;
  }

  private static Map<String, KeysAndAttributes> requests(Set<Key> keys) {
    Map<String, List<Map<String, AttributeValue>>> byTable = new HashMap<>();
    keys.forEach(
        key ->
            byTable
                .computeIfAbsent(key.table, table -> new ArrayList<>())
                .add(Map.of(key.name, text(key.value))));
    Map<String, KeysAndAttributes> requests = new HashMap<>();
    byTable.forEach(
        (table, items) ->
            requests.put(
                table, KeysAndAttributes.builder().keys(items).consistentRead(true).build()));
    return requests;
  }
}
