package ispcrm.emulation;

import ispcrm.template.Permission;
import ispcrm.template.Template;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The permissions that IAM requires for a call to DynamoDB, with the values of the condition keys
 * {@code dynamodb:Attributes} and {@code dynamodb:LeadingKeys}.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html">IAM
 *     with DynamoDB transactions</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html">Using
 *     IAM policy conditions for fine-grained access control</a>
 */
final class RequiredPermissions {
  private static final String ATTRIBUTES = "dynamodb:Attributes";
  private static final String LEADING_KEYS = "dynamodb:LeadingKeys";

  /** The expressions that name attributes which a call reads, writes or compares. */
  private static final List<String> EXPRESSIONS =
      List.of(
          "KeyConditionExpression",
          "FilterExpression",
          "ProjectionExpression",
          "ConditionExpression",
          "UpdateExpression");

  /** The first element of a path, a value or a keyword, and whether it is a function's name. */
  private static final Pattern WORD =
      Pattern.compile("([#:]?\\w+)(?:\\.#?\\w+|\\[\\d+])*(\\s*\\()?");

  private static final Set<String> KEYWORDS =
      Set.of("AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE");

  private static final Pattern EQUAL = Pattern.compile("([#\\w]+)\\s*=\\s*(:\\w+)");

  private final Map<String, Map<String, Object>> tables;

  RequiredPermissions(Template template) {
    tables = template.tables();
  }

  /**
   * Derives them from the operation and its request. The writes of a transaction that require the
   * same permission are one request to IAM, like those of a batch, so the condition keys have the
   * values of all of them.
   *
   * @param operation such as GetItem
   * @param body the operation's request
   */
  Map<Permission, Map<String, Set<String>>> of(String operation, JsonNode body) {
    Map<Permission, Map<String, Set<String>>> required = new LinkedHashMap<>();
    if (operation.equals("TransactWriteItems")) {
      for (JsonNode item : body.path("TransactItems")) {
        for (Map.Entry<String, JsonNode> part : item.properties()) {
          add(required, part.getKey() + "Item", table(part.getValue()), part.getValue());
        }
      }
    } else if (operation.equals("BatchGetItem")) {
      for (Map.Entry<String, JsonNode> table : body.path("RequestItems").properties()) {
        for (JsonNode key : table.getValue().path("Keys")) {
          add(
              required,
              operation,
              table.getKey(),
              JsonNodeFactory.instance.objectNode().set("Key", key));
        }
      }
    } else {
      add(required, operation, table(body), body);
    }
    return required;
  }

  private static String table(JsonNode body) {
    return body.path("TableName").asString("");
  }

  private void add(
      Map<Permission, Map<String, Set<String>>> required,
      String operation,
      String table,
      JsonNode body) {
    String index = body.path("IndexName").asString("");
    Permission permission =
        new Permission(
            "dynamodb:" + operation, index.isEmpty() ? table : table + "/index/" + index);
    Map<String, Set<String>> context =
        required.computeIfAbsent(
            permission, any -> Map.of(ATTRIBUTES, new TreeSet<>(), LEADING_KEYS, new TreeSet<>()));
    JsonNode names = body.path("ExpressionAttributeNames");
    for (String part : List.of("Key", "Item", "ExclusiveStartKey")) {
      context.get(ATTRIBUTES).addAll(body.path(part).propertyNames());
    }
    for (String expression : EXPRESSIONS) {
      WORD.matcher(body.path(expression).asString(""))
          .results()
          .filter(RequiredPermissions::isAttribute)
          .forEach(word -> context.get(ATTRIBUTES).add(name(word.group(1), names)));
    }
    String key = partitionKey(table, index);
    for (String part : List.of("Key", "Item")) {
      body.path(part).path(key).forEach(value -> context.get(LEADING_KEYS).add(value.asString()));
    }
    EQUAL
        .matcher(body.path("KeyConditionExpression").asString(""))
        .results()
        .filter(equal -> name(equal.group(1), names).equals(key))
        .flatMap(equal -> body.path("ExpressionAttributeValues").path(equal.group(2)).valueStream())
        .forEach(value -> context.get(LEADING_KEYS).add(value.asString()));
  }

  private static boolean isAttribute(MatchResult word) {
    return !word.group(1).startsWith(":")
        && word.group(2) == null
        && !KEYWORDS.contains(word.group(1).toUpperCase(Locale.ROOT));
  }

  /** The name of an attribute, which an expression may abbreviate. */
  private static String name(String word, JsonNode names) {
    return word.startsWith("#") ? names.path(word).asString("") : word;
  }

  /** The partition key of a table or of an index; empty if the template has no such table. */
  private String partitionKey(String table, String index) {
    return Stream.ofNullable(tables.get(table))
        .flatMap(
            properties ->
                index.isEmpty()
                    ? Stream.of(properties)
                    : Tables.objects(properties.get("GlobalSecondaryIndexes")).stream()
                        .filter(candidate -> index.equals(Tables.text(candidate, "IndexName"))))
        .flatMap(properties -> Tables.keys(properties).stream())
        .filter(key -> key.keyType() == KeyType.HASH)
        .map(KeySchemaElement::attributeName)
        .findFirst()
        .orElse("");
  }
}
