package ispcrm.local;

import ispcrm.profiles.ProfileRequest;
import ispcrm.profiles.Profiles;
import ispcrm.template.Template;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.UserField;
import ispcrm.users.Users;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The two users in the examples of the API's documentation, and the profile of one of them. */
final class SampleUsers {

  private SampleUsers() {}

  /** Adds those that do not exist yet. */
  static void add(DynamoDbClient dynamoDb, Template template) {
    Users users =
        new Users(
            dynamoDb, template.functions().get("create-user").environment().get("USERS_TABLE"));
    Instant createdAt = Instant.parse("2023-12-13T13:38:27Z");
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    users.create(
        new CreateUserRequest(
                Map.of(
                    "id", "jonewe",
                    "name", "Jon Ewe",
                    "customer_id", "IZ1459296",
                    // With the expiration, so that it stays active.
                    "status", "active",
                    "expiration", "2025-03-31",
                    "activated_at", "2023-12-13",
                    "profile_id", 10,
                    "profile_name", "100 Mbps",
                    "radius_id", 20))
            .toUser("", "", now).toBuilder().set(UserField.CREATED_AT, createdAt).build());
    users.create(
        new CreateUserRequest(
                Map.of(
                    "id", "1",
                    "username", "johndoe",
                    "name", "John Doe",
                    "customer_id", "IZ1459297"))
            .toUser("", "", createdAt));
    String profiles =
        template.functions().get("create-profile").environment().get("PROFILES_TABLE");
    new Profiles(dynamoDb, profiles)
        .create(
            new ProfileRequest(
                    Map.of(
                        "id",
                        10,
                        "name",
                        "100 Mbps",
                        "attributes",
                        Map.of("Mikrotik-Rate-Limit", "20M/100M")),
                    null)
                .apply(createdAt));
  }
}
