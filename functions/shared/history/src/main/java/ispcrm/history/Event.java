package ispcrm.history;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An entry of the history, as those see it who follow all of them.
 *
 * @param id unique
 */
public record Event(String id, EventType type, Entry entry) {
  /**
   * Every member as the API shows it, in the API's order, including nulls.
   *
   * @param at the time of the entry, as the API writes it
   */
  public Map<String, Object> toMap(String at) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", id);
    map.put("type", type.toString());
    map.put("at", at);
    map.put("user", entry.profile() == null ? entry.user() : null);
    map.put("profile", entry.profile());
    map.put("by_user", entry.by().user());
    map.put("by_token", entry.by().token());
    map.put("changes", entry.changesAsMap());
    return map;
  }
}
