package ispcrm.e2e;

import static ispcrm.e2e.PackagedFunctions.TEMPLATE;
import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.emulation.LambdaProcess;
import ispcrm.emulation.LocalDynamoDb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each function has exactly the permissions that it needs. The other tests show that no permission
 * is missing, because {@link LocalDynamoDb} denies calls that a policy does not allow. This test
 * runs after them and compares the permissions that they used with the policies.
 */
class LeastPrivilegeIT {
  @Test
  void everyPermissionWasUsed() throws IOException {
    Set<String> used = new TreeSet<>();
    try (Stream<Path> files = Files.list(Path.of(System.getenv("ISPCRM_USED_PERMISSIONS")))) {
      for (Path file : files.toList()) {
        used.addAll(Files.readAllLines(file));
      }
    }
    Set<String> granted = new TreeSet<>();
    TEMPLATE
        .functions()
        .forEach(
            (name, function) ->
                function.statements().stream()
                    .filter(statement -> !statement.isDeny())
                    .flatMap(statement -> statement.uses().stream())
                    .forEach(use -> granted.add(name + " " + use)));
    // Lambda reads the stream in the name of deliver-events, and sends what it could not handle.
    granted.removeIf(use -> use.contains("Stream") || use.contains("DeadLetters"));
    assertThat(used).isEqualTo(granted);
  }

  /** Shows that a call is really denied, which the other tests rely on. */
  @Test
  void aCallWithoutPermissionIsDenied(@TempDir Path folder) throws Exception {
    Map<String, String> environment = new HashMap<>();
    try (LocalDynamoDb dynamoDb = PackagedFunctions.startDynamoDb()) {
      environment.putAll(dynamoDb.environment());
      environment.put("USERS_TABLE", "TokensTable");
      try (LambdaProcess function =
          LambdaProcess.start(TEMPLATE, "get-user", folder.resolve("get-user"), environment)) {
        String event = PackagedFunctions.event("get-user", "ok");
        assertThat(function.invoke(event).json()).contains("internal_error");
        assertThat(function.log())
            .contains("not authorized to perform: dynamodb:GetItem on resource: TokensTable");
      }
    }
  }
}
