package ispcrm.webhooks;

import static ispcrm.dynamodb.DynamoDb.number;
import static ispcrm.dynamodb.DynamoDb.text;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * The items of WebhooksTable in template.yaml. The name of a partition begins with what is in it,
 * so that a policy can say who may read secrets.
 */
record Table(String name) {
  static final String PARTITION = "partition";
  static final String KEY = "key";
  static final String EXPIRES_AT = "expires_at";

  /** The partition of all webhooks, with the number of them. */
  static final String WEBHOOKS = "webhooks";

  static Map<String, AttributeValue> key(String partition, String key) {
    return Map.of(PARTITION, text(partition), KEY, text(key));
  }

  /** The write of an item that does not exist, which a lost response can be recognized by. */
  TransactWriteItem create(Map<String, AttributeValue> item) {
    return TransactWriteItem.builder()
        .put(
            put ->
                put.tableName(name)
                    .item(item)
                    .conditionExpression(
                        "attribute_not_exists(#partition) AND attribute_not_exists(#key)")
                    .expressionAttributeNames(Map.of("#partition", PARTITION, "#key", KEY)))
        .build();
  }

  TransactWriteItem put(Map<String, AttributeValue> item) {
    return TransactWriteItem.builder().put(put -> put.tableName(name).item(item)).build();
  }

  TransactWriteItem delete(String partition, String key) {
    return TransactWriteItem.builder()
        .delete(delete -> delete.tableName(name).key(key(partition, key)))
        .build();
  }

  static void put(Map<String, AttributeValue> item, String name, String value) {
    if (value != null) {
      item.put(name, text(value));
    }
  }

  static void put(Map<String, AttributeValue> item, String name, Instant value) {
    if (value != null) {
      item.put(name, number(value.getEpochSecond()));
    }
  }

  /** An item in a partition. */
  static Map<String, AttributeValue> item(String partition, String key) {
    return new HashMap<>(key(partition, key));
  }
}
