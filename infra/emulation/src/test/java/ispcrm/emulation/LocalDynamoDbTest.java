package ispcrm.emulation;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.template.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

@DisabledOnOs(OS.WINDOWS)
class LocalDynamoDbTest {
  private static final Template TEMPLATE = Template.load(Map.of());
  private static final Map<String, AttributeValue> ITEM =
      Map.of("pk", AttributeValue.fromS("user#1"));

  @Test
  void keptData_isReadableByOwnerOnly(@TempDir Path folder) throws IOException {
    try (LocalDynamoDb dynamoDb = LocalDynamoDb.start(TEMPLATE, folder)) {
      dynamoDb.client().putItem(put -> put.tableName("UsersTable").item(ITEM));
      assertThat(permissions(folder)).containsExactly("rw-------");
    }
    // As an earlier release left it.
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
      }
    }
    try (LocalDynamoDb dynamoDb = LocalDynamoDb.start(TEMPLATE, folder)) {
      assertThat(dynamoDb.client().getItem(get -> get.tableName("UsersTable").key(ITEM)).hasItem())
          .isTrue();
      assertThat(permissions(folder)).containsExactly("rw-------");
    }
  }

  /** The permissions of all files in the folder. */
  private static Set<String> permissions(Path folder) throws IOException {
    Set<String> permissions = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        permissions.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      }
    }
    return permissions;
  }
}
