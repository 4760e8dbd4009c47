package ispcrm.emulation;

import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.Projection;
import software.amazon.awssdk.services.dynamodb.model.StreamSpecification;

/** Converts an AWS::DynamoDB::Table to the request that creates the same table. */
final class Tables {

  private Tables() {}

  static CreateTableRequest toCreateTableRequest(String name, Map<String, Object> properties) {
    return CreateTableRequest.builder()
        .tableName(name)
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .attributeDefinitions(
            objects(properties.get("AttributeDefinitions")).stream()
                .map(
                    attribute ->
                        AttributeDefinition.builder()
                            .attributeName(text(attribute, "AttributeName"))
                            .attributeType(text(attribute, "AttributeType"))
                            .build())
                .toList())
        .keySchema(keys(properties))
        .globalSecondaryIndexes(
            properties.containsKey("GlobalSecondaryIndexes")
                ? objects(properties.get("GlobalSecondaryIndexes")).stream()
                    .map(Tables::index)
                    .toList()
                : null)
        .streamSpecification(
            properties.containsKey("StreamSpecification")
                ? stream(object(properties.get("StreamSpecification")))
                : null)
        .build();
  }

  private static StreamSpecification stream(Map<String, Object> properties) {
    return StreamSpecification.builder()
        .streamEnabled(true)
        .streamViewType(text(properties, "StreamViewType"))
        .build();
  }

  private static GlobalSecondaryIndex index(Map<String, Object> properties) {
    Map<String, Object> projection = object(properties.get("Projection"));
    List<String> attributes =
        projection.get("NonKeyAttributes") instanceof List<?> names
            ? names.stream().map(String::valueOf).toList()
            : null;
    return GlobalSecondaryIndex.builder()
        .indexName(text(properties, "IndexName"))
        .keySchema(keys(properties))
        .projection(
            Projection.builder()
                .projectionType(text(projection, "ProjectionType"))
                .nonKeyAttributes(attributes)
                .build())
        .build();
  }

  static List<KeySchemaElement> keys(Map<String, Object> properties) {
    return objects(properties.get("KeySchema")).stream()
        .map(
            key ->
                KeySchemaElement.builder()
                    .attributeName(text(key, "AttributeName"))
                    .keyType(text(key, "KeyType"))
                    .build())
        .toList();
  }

  static List<Map<String, Object>> objects(Object list) {
    return ((List<?>) list).stream().map(Tables::object).toList();
  }

  @SuppressWarnings("unchecked") // the keys of a template's objects are strings
  private static Map<String, Object> object(Object node) {
    return (Map<String, Object>) node;
  }

  static String text(Map<String, Object> object, String name) {
    return String.valueOf(object.get(name));
  }
}
