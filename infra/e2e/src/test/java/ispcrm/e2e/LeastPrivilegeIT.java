package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ispcrm.emulation.LambdaProcess;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.template.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each function may do what it does, and nothing more. That nothing is missing the whole suite
 * shows: {@link LocalDynamoDb} refuses what a policy does not allow. What is too much shows here,
 * after all others ran, in what they made use of.
 */
class LeastPrivilegeIT {
  private static final Template TEMPLATE = Template.load(Map.of());

  @Test
  void everyGrantWasMadeUseOf() throws IOException {
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
                function
                    .permissions()
                    .forEach(
                        permission ->
                            granted.add(
                                name + " " + permission.action() + " " + permission.resource())));
    assertThat(used).isEqualTo(granted);
  }

  /** The refusal that all others rely on not to meet. */
  @Test
  void whatIsNotGrantedIsRefused(@TempDir Path folder) throws Exception {
    assumeTrue(
        System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux"),
        "skipped: the Lambda runtime client runs on Linux only");
    Map<String, String> environment = new HashMap<>();
    try (LocalDynamoDb dynamoDb = LocalDynamoDb.start(TEMPLATE, null)) {
      environment.putAll(dynamoDb.environment());
      environment.put("USERS_TABLE", "TokensTable");
      try (LambdaProcess function =
          LambdaProcess.start(TEMPLATE, "get-user", folder.resolve("get-user"), environment)) {
        String event =
            Files.readString(TEMPLATE.root().resolve("events").resolve("get-user/ok.json"));
        assertThat(function.invoke(event).json()).contains("internal_error");
        assertThat(function.log())
            .contains("not authorized to perform: dynamodb:GetItem on resource: TokensTable");
      }
    }
  }
}
