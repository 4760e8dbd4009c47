package ispcrm.emulation;

import ispcrm.template.Permission;
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
 * Stands where IAM stands, for calls to DynamoDB: knows what the template's policies let each
 * function do. It also notes which of it was ever made use of, in a file of the folder
 * ISPCRM_USED_PERMISSIONS where the environment has one, so that a test can find what no function
 * needs.
 */
final class PolicyGate {
  private final Map<String, Template.LambdaFunction> functions;
  private final Set<String> used = ConcurrentHashMap.newKeySet();

  PolicyGate(Template template) {
    functions = template.functions();
  }

  /** What the caller is not allowed to do of what it must be, or nothing. */
  Optional<Permission> firstDenied(LocalDynamoDb.Call call) {
    Template.LambdaFunction function = functions.get(call.function());
    if (function == null) {
      return Optional.empty();
    }
    for (Permission permission : call.requiredPermissions()) {
      if (!function.permissions().contains(permission)) {
        return Optional.of(permission);
      }
      note(call.function() + " " + permission.action() + " " + permission.resource());
    }
    return Optional.empty();
  }

  private void note(String use) {
    String folder = System.getenv("ISPCRM_USED_PERMISSIONS");
    if (folder == null || !used.add(use)) {
      return;
    }
    Path file = Path.of(folder, ProcessHandle.current().pid() + ".txt");
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, use + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException unwritable) {
      throw new UncheckedIOException(unwritable);
    }
  }
}
