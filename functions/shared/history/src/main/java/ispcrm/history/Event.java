package ispcrm.history;

import ispcrm.http.Links;
import ispcrm.values.Timestamps;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An entry of the history, as those see it who follow all of them.
 *
 * @param id unique
 */
public record Event(String id, EventType type, Entry entry) {
  /** The name of what the entry changed. */
  public static final String CHANGES = "changes";

  /** When it happened, to the millisecond. */
  public Instant time() {
    return time(id);
  }

  /** When the event with this id happened, to the millisecond. */
  public static Instant time(String id) {
    return Instant.ofEpochMilli(Long.parseLong(id.substring(0, id.indexOf('-'))));
  }

  /** Where the entry is. */
  public History.Place place() {
    return new History.Place(entry.user(), id);
  }

  /** Every member as the API shows it, in the API's order, including nulls. */
  public Map<String, Object> toMap(Links links) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", id);
    map.put("type", type.toString());
    map.put("at", Timestamps.format(entry.at()));
    map.put("user", entry.profile() == null ? entry.user() : null);
    map.put("profile", entry.profile());
    map.put("by_user", entry.by().user());
    map.put("by_token", entry.by().token());
    map.put(CHANGES, entry.changesAsMap());
    map.put(
        "_links",
        entry.profile() == null
            ? Map.of("user", links.user(entry.user()))
            : Map.of("profile", links.profile(entry.profile())));
    return map;
  }
}
