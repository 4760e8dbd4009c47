package ispcrm.profiles;

import ispcrm.dynamodb.CannedResponse;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** A fixture for priming; no real profile has this id. */
public final class PrimingProfile {
  public static final String ID = "9007199254740991";

  /** What a client sends to create this profile. */
  public static final Map<String, Object> BODY =
      Map.of(
          "id", Long.valueOf(ID),
          "name", "snapstart-priming",
          "attributes", Map.of("Mikrotik-Rate-Limit", "1M/1M", "Framed-Pool", List.of("a", "b")),
          "restricted_attributes", Map.of("Framed-IPv6-Prefix", "2001:db8::/32"));

  private PrimingProfile() {}

  /** What DynamoDB responds to a function that looks for the profile. */
  public static CannedResponse found() {
    return CannedResponse.item(Profiles.item(profile()));
  }

  /**
   * What DynamoDB responds to a function that lists profiles.
   *
   * @param count how many
   */
  public static CannedResponse list(int count) {
    return CannedResponse.items(Collections.nCopies(count, Profiles.item(profile())));
  }

  private static Profile profile() {
    return new ProfileRequest(BODY, null).apply(Instant.EPOCH);
  }
}
