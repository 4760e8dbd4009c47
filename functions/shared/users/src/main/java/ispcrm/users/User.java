package ispcrm.users;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A subscriber, or one who works for the provider. Times are text of the form {@link Timestamps} in
 * UTC, as the API shows them; what may be null is marked so.
 *
 * @param id the client's own or generated; upper and lower case differ
 * @param username unique whatever its case
 * @param name a person's or a firm's
 * @param customerId unique whatever its case
 * @param status one of {@link #STATUSES}; it is stored and never derived from the expiration
 * @param expiration when the service ends, or null
 * @param createdAt when the record was made
 * @param activatedAt when the service began, or null
 * @param mac the subscriber's device as {@code AA:BB:CC:DD:EE:FF}, or null
 * @param profileId the service profile's number, or null
 * @param profileName the service profile's name, or null
 * @param radiusId the number of the RADIUS server's record, or null
 * @param role one of {@link #ROLES}
 * @param updatedAt when the record was last changed
 */
public record User(
    String id,
    String username,
    String name,
    String customerId,
    String status,
    String expiration,
    String createdAt,
    String activatedAt,
    String mac,
    Long profileId,
    String profileName,
    Long radiusId,
    String role,
    String updatedAt) {

  public static final List<String> STATUSES =
      List.of("active", "inactive", "suspended", "expired", "disabled");

  public static final List<String> ROLES = List.of("admin", "staff", "customer");

  /** Every field under its name in the API and in the API's order, nulls included. */
  public Map<String, Object> toMap() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("username", username);
    fields.put("customer_id", customerId);
    fields.put("status", status);
    fields.put("expiration", expiration);
    fields.put("created_at", createdAt);
    fields.put("activated_at", activatedAt);
    fields.put("mac", mac);
    fields.put("profile_id", profileId);
    fields.put("profile_name", profileName);
    fields.put("radius_id", radiusId);
    fields.put("id", id);
    fields.put("name", name);
    fields.put("role", role);
    fields.put("updated_at", updatedAt);
    return fields;
  }
}
