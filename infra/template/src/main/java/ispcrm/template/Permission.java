package ispcrm.template;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One DynamoDB action on one table or index.
 *
 * @param action such as dynamodb:GetItem
 * @param resource a table's logical id, or {@code table/index/name}
 */
public record Permission(String action, String resource) {

  /** The permissions that a function's policies grant. */
  static Set<Permission> grantedTo(Map<String, Object> function) {
    Set<Permission> granted = new LinkedHashSet<>();
    for (Object policy : list(function.getOrDefault("Policies", List.of()))) {
      for (Object node : list(Intrinsics.object(policy).get("Statement"))) {
        Map<String, Object> statement = Intrinsics.object(node);
        for (Object action : list(statement.get("Action"))) {
          for (Object resource : list(statement.get("Resource"))) {
            granted.add(
                new Permission(
                    String.valueOf(action), String.valueOf(resource).replaceFirst("\\.Arn", "")));
          }
        }
      }
    }
    return granted;
  }

  private static List<?> list(Object node) {
    return node instanceof List<?> list ? list : List.of(node);
  }
}
