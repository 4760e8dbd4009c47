package ispcrm.history;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A changed field: its values before and after, as the API shows them. Either is a {@code String},
 * a {@code Long}, a map of texts or null. Both are null if the values were erased.
 */
public record Change(Object before, Object after) {
  static final Change ERASED = new Change(null, null);

  /** The fields whose values differ, in their order. */
  static Map<String, Change> between(Map<String, ?> before, Map<String, ?> after) {
    Map<String, Object> all = new LinkedHashMap<>(before);
    all.putAll(after);
    Map<String, Change> changes = new LinkedHashMap<>();
    for (String field : all.keySet()) {
      Change change = new Change(before.get(field), after.get(field));
      if (!Objects.equals(change.before, change.after)) {
        changes.put(field, change);
      }
    }
    return changes;
  }

  /** The change as the API shows it. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("old", before);
    map.put("new", after);
    return map;
  }
}
