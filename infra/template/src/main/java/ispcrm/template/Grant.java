package ispcrm.template;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A call to DynamoDB that a policy allows, or that somebody makes.
 *
 * @param action such as dynamodb:GetItem
 * @param resource a table's logical id, or {@code table/index/name}
 */
public record Grant(String action, String resource) {

  /** What the policies of a function allow. */
  static Set<Grant> of(Map<String, Object> function) {
    Set<Grant> grants = new LinkedHashSet<>();
    for (Object policy : list(function.getOrDefault("Policies", List.of()))) {
      for (Object node : list(Intrinsics.object(policy).get("Statement"))) {
        Map<String, Object> statement = Intrinsics.object(node);
        for (Object action : list(statement.get("Action"))) {
          for (Object resource : list(statement.get("Resource"))) {
            grants.add(
                new Grant(
                    String.valueOf(action), String.valueOf(resource).replaceFirst("\\.Arn", "")));
          }
        }
      }
    }
    return grants;
  }

  /**
   * What somebody must be allowed to do for a call.
   *
   * @param operation such as GetItem
   * @param body what the operation is sent
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html">IAM
   *     with DynamoDB transactions</a>
   */
  static Set<Grant> neededFor(String operation, JsonNode body) {
    Set<Grant> needed = new LinkedHashSet<>();
    if (operation.equals("TransactWriteItems")) {
      for (JsonNode item : body.path("TransactItems")) {
        item.properties()
            .forEach(
                part -> {
                  String action = part.getKey();
                  needed.add(
                      new Grant(
                          "dynamodb:"
                              + (action.equals("ConditionCheck") ? action : action + "Item"),
                          part.getValue().path("TableName").asString()));
                });
      }
      return needed;
    }
    String table = body.path("TableName").asString();
    String index = body.path("IndexName").asString("");
    needed.add(
        new Grant("dynamodb:" + operation, index.isEmpty() ? table : table + "/index/" + index));
    return needed;
  }

  private static List<?> list(Object node) {
    return node instanceof List<?> list ? list : List.of(node);
  }
}
