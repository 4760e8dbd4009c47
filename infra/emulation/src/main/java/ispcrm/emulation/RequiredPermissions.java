package ispcrm.emulation;

import ispcrm.template.Permission;
import java.util.LinkedHashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The permissions that IAM requires for a call to DynamoDB.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html">IAM
 *     with DynamoDB transactions</a>
 */
final class RequiredPermissions {

  private RequiredPermissions() {}

  /**
   * Derives them from the operation and its request.
   *
   * @param operation such as GetItem
   * @param body the operation's request
   */
  static Set<Permission> of(String operation, JsonNode body) {
    Set<Permission> required = new LinkedHashSet<>();
    if (operation.equals("TransactWriteItems")) {
      for (JsonNode item : body.path("TransactItems")) {
        item.properties()
            .forEach(
                part -> {
                  required.add(
                      new Permission(
                          "dynamodb:" + part.getKey() + "Item",
                          part.getValue().path("TableName").asString()));
                });
      }
      return required;
    }
    String table = body.path("TableName").asString();
    String index = body.path("IndexName").asString("");
    required.add(
        new Permission(
            "dynamodb:" + operation, index.isEmpty() ? table : table + "/index/" + index));
    return required;
  }
}
