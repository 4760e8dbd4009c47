package ispcrm.tokens;

import ispcrm.access.Role;
import ispcrm.dynamodb.CannedResponse;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The token that functions are primed with. It does not exist: its bits are 0, not random. */
public final class PrimingToken {
  public static final String ID = "00000000-0000-0000-0000-000000000000";

  public static final String SECRET = "ispcrm_" + "0".repeat(43) + "4b3aX6";

  private static final Instant NEVER = Instant.parse("2999-12-31T23:59:59Z");

  private PrimingToken() {}

  /**
   * What DynamoDB responds to a function that looks for the token.
   *
   * @param user the id of its user
   */
  public static CannedResponse found(String user) {
    return CannedResponse.item(item(user));
  }

  /**
   * What DynamoDB responds to a function that lists tokens, or looks for the id of the token.
   *
   * @param user the id of their user
   * @param count how many
   */
  public static CannedResponse list(String user, int count) {
    return CannedResponse.items(Collections.nCopies(count, item(user)));
  }

  private static Map<String, AttributeValue> item(String user) {
    return Tokens.item(
        new Token(
            "0".repeat(64),
            ID,
            user,
            ID,
            Role.ADMIN.scopes(),
            List.of("203.0.113.0/24", "2001:db8::/32"),
            Instant.EPOCH,
            user,
            ID,
            NEVER,
            null,
            null));
  }
}
