package ispcrm.users;

import ispcrm.dynamodb.CannedResponse;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A fixture for priming; no real user has this id. */
public final class PrimingUser {
  public static final String ID = "snapstart-priming";

  /** What a client sends to create this user, with every field. */
  public static final Map<String, Object> BODY =
      Map.ofEntries(
          Map.entry("id", ID),
          Map.entry("username", ID),
          Map.entry("customer_id", "IZ0000000000"),
          Map.entry("name", ID),
          Map.entry("status", "active"),
          Map.entry("status_reason", ID),
          Map.entry("role", "customer"),
          Map.entry("expiration", "2099-12-31"),
          Map.entry("activated_at", "2023-12-13T13:38:27+01:00"),
          Map.entry("mac", "aabb.ccdd.eeff"),
          Map.entry("profile_id", 1),
          Map.entry("profile_name", ID),
          Map.entry("radius_id", 1),
          Map.entry("email", ID + "@example.net"),
          Map.entry("phone", "+1 555 0100"),
          Map.entry("address", ID),
          Map.entry("notes", ID),
          Map.entry("metadata", Map.of(ID, ID)));

  private PrimingUser() {}

  public static User user() {
    return new CreateUserRequest(BODY).toUser("", "", Instant.EPOCH);
  }

  /** The item that stores the user, with a password. */
  public static Map<String, AttributeValue> withPassword() {
    return UserItems.item(user().withPassword(Instant.EPOCH, Instant.EPOCH));
  }

  /** What DynamoDB responds to a function that asks whose the username is. */
  public static CannedResponse claim() {
    return CannedResponse.item(UserItems.claim(UserItems.nameKey(ID), user()));
  }

  /** What DynamoDB responds to a function that looks for the user. */
  public static CannedResponse found() {
    return CannedResponse.item(UserItems.item(user()));
  }

  /**
   * What DynamoDB responds to a function that lists users.
   *
   * @param count how many
   */
  public static CannedResponse list(int count) {
    return CannedResponse.items(Collections.nCopies(count, UserItems.item(user())));
  }
}
