package ispcrm.profiles;

import ispcrm.values.Timestamps;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A service plan, such as 100 Mbps.
 *
 * @param id the provider's own number, to which {@code profile_id} of users refers
 * @param attributes what a RADIUS server returns for an entitled subscriber, by name: each a text
 *     or a list of texts
 * @param restrictedAttributes the same for a subscriber who is suspended or expired; null if such a
 *     subscriber is rejected
 */
public record Profile(
    long id,
    String name,
    Map<String, Object> attributes,
    Map<String, Object> restrictedAttributes,
    Instant createdAt,
    Instant updatedAt) {

  /** Every field as the API shows it, in the API's order, including nulls. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>(settableFields());
    map.put("created_at", Timestamps.format(createdAt));
    map.put("updated_at", Timestamps.format(updatedAt));
    return map;
  }

  /** The fields that a client can set, otherwise like {@link #toMap}. */
  public Map<String, Object> settableFields() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", id);
    map.put("name", name);
    map.put("attributes", attributes);
    map.put("restricted_attributes", restrictedAttributes);
    return map;
  }
}
