package ispcrm.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.template.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Map;

/** What the tests share that run packaged functions as processes. */
final class PackagedFunctions {
  static final Template TEMPLATE = Template.load(Map.of("BaseUrl", "https://crm.example.net"));

  private PackagedFunctions() {}

  /** Starts DynamoDB Local for the functions, or skips the test if functions cannot run here. */
  static LocalDynamoDb startDynamoDb() {
    assumeTrue(
        System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux"),
        "skipped: the Lambda runtime client runs on Linux only");
    return LocalDynamoDb.start(TEMPLATE, null);
  }

  /** An event by its function and its name, such as get-user and ok. */
  static String event(String function, String name) throws IOException {
    return Files.readString(TEMPLATE.root().resolve("events/" + function + "/" + name + ".json"));
  }
}
