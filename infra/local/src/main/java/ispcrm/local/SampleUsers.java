package ispcrm.local;

import ispcrm.template.Template;
import ispcrm.users.DynamoDbUsers;
import ispcrm.users.User;
import ispcrm.users.Users;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The two users that the API's documentation shows. */
final class SampleUsers {

  private SampleUsers() {}

  /** Adds them where they are not there yet. */
  static void add(DynamoDbClient dynamoDb, Template template) {
    Users users =
        new DynamoDbUsers(
            dynamoDb, template.functions().get("create-user").environment().get("USERS_TABLE"));
    users.create(
        new User(
            "jonewe",
            "jonewe",
            "Jon Ewe",
            "IZ1459296",
            "active",
            "2025-03-31 00:00:00",
            "2023-12-13 13:38:27",
            "2023-12-13 00:00:00",
            null,
            10L,
            "100 Mbps",
            20L,
            "customer",
            "2023-12-13 13:38:27"));
    users.create(
        new User(
            "1",
            "johndoe",
            "John Doe",
            "IZ1459297",
            "active",
            null,
            "2023-12-13 13:38:27",
            null,
            null,
            null,
            null,
            null,
            "customer",
            "2023-12-13 13:38:27"));
  }
}
