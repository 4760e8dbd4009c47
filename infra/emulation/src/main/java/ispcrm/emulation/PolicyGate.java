package ispcrm.emulation;

import ispcrm.template.Permission;
import ispcrm.template.Statement;
import ispcrm.template.Template;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands in for IAM: checks calls to DynamoDB against the policies in the template. If the
 * environment variable ISPCRM_USED_PERMISSIONS names a folder, it records every permission that was
 * used, and every value of a condition, in a file there, so that a test can find those that no
 * function needs.
 */
final class PolicyGate {
  private final Map<String, Template.LambdaFunction> functions;
  private final Set<String> used = ConcurrentHashMap.newKeySet();

  PolicyGate(Template template) {
    functions = template.functions();
  }

  /** The first required permission that the caller does not have; empty if the call is allowed. */
  Optional<Permission> firstDenied(LocalDynamoDb.Call call) {
    Template.LambdaFunction function = functions.get(call.function());
    if (function == null) {
      return Optional.empty();
    }
    for (Map.Entry<Permission, Map<String, Set<String>>> required : call.required().entrySet()) {
      Permission permission = required.getKey();
      Map<String, Set<String>> context = required.getValue();
      Optional<Statement> allowing = Statement.allowing(function.statements(), permission, context);
      if (allowing.isEmpty()) {
        return Optional.of(permission);
      }
      allowing
          .get()
          .uses(permission, context)
          .forEach(use -> recordUse(call.function() + " " + use));
    }
    return Optional.empty();
  }

  private void recordUse(String use) {
    String folder = System.getenv("ISPCRM_USED_PERMISSIONS");
    if (folder == null || !used.add(use)) {
      return;
    }
    Path file = Path.of(folder, ProcessHandle.current().pid() + ".txt");
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, use + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }
}
