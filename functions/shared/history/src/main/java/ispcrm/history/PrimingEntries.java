package ispcrm.history;

import ispcrm.access.Actor;
import ispcrm.dynamodb.CannedResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The entries that functions are primed with. */
public final class PrimingEntries {

  private PrimingEntries() {}

  /**
   * What DynamoDB responds to a function that reads the history of a user.
   *
   * @param after the fields of the user after the change
   * @param count how many entries
   */
  public static CannedResponse list(String user, Map<String, ?> after, int count) {
    return CannedResponse.items(Collections.nCopies(count, item(user, after)));
  }

  /** What DynamoDB responds to a function that reads an entry. */
  public static CannedResponse one() {
    return CannedResponse.item(item("snapstart-priming", Map.of("status", "active")));
  }

  private static Map<String, AttributeValue> item(String user, Map<String, ?> after) {
    Entry entry =
        Entry.of(
            user,
            Action.CREATED,
            Instant.EPOCH,
            new Actor(user, user, "203.0.113.7", user),
            Map.of(),
            after);
    return History.item(entry, Duration.ofDays(1));
  }

  /**
   * What DynamoDB responds to a function that lists events, which reads each partition of the
   * index.
   *
   * @param count how many events there are in each
   */
  public static CannedResponse[] events(String user, Map<String, ?> after, int count) {
    return Collections.nCopies(History.FEEDS, list(user, after, count))
        .toArray(CannedResponse[]::new);
  }
}
