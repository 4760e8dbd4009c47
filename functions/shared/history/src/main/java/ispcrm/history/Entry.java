package ispcrm.history;

import ispcrm.access.Actor;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What happened to a user once.
 *
 * @param user the id of the user
 * @param changes the changed fields by name
 */
public record Entry(String user, Action action, Instant at, Actor by, Map<String, Change> changes) {
  /** What the history puts before the number of a profile. No id of a user contains the sign. */
  private static final String PROFILE = "profile#";

  /**
   * An entry about a change.
   *
   * @param before the fields before it, as the API shows them; empty for a creation
   * @param after the fields after it
   */
  public static Entry of(
      String user,
      Action action,
      Instant at,
      Actor by,
      Map<String, ?> before,
      Map<String, ?> after) {
    return new Entry(user, action, at, by, Change.between(before, after));
  }

  /** An entry about a token of the user, which is named by its id. */
  public static Entry ofToken(String user, Action action, Instant at, Actor by, String token) {
    Map<String, String> named = Map.of("token", token);
    return action == Action.TOKEN_REVOKED
        ? of(user, action, at, by, named, Map.of())
        : of(user, action, at, by, Map.of(), named);
  }

  /** What takes the place of the user's id in entries about a profile. */
  public static String profileKey(long id) {
    return PROFILE + id;
  }

  /** The number of the profile that the entry is about; null if it is about a user. */
  public Long profile() {
    return user.startsWith(PROFILE) ? Long.valueOf(user.substring(PROFILE.length())) : null;
  }

  /**
   * Every member as the API shows it, in the API's order, including nulls.
   *
   * @param timeFormat writes a time as the API does
   */
  public Map<String, Object> toMap(Function<Instant, String> timeFormat) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("at", timeFormat.apply(at));
    map.put("action", action.toString());
    map.put("by_user", by.user());
    map.put("by_token", by.token());
    map.put("address", by.address());
    map.put("request_id", by.requestId());
    map.put("changes", changesAsMap());
    return map;
  }

  Map<String, Object> changesAsMap() {
    Map<String, Object> fields = new LinkedHashMap<>();
    changes.forEach((field, change) -> fields.put(field, change.toMap()));
    return fields;
  }
}
