package ispcrm.users;

import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A user as a client asks for it: read from the JSON of a request, every field checked and brought
 * into the form in which it is kept, every fault noted.
 */
public final class NewUser {
  private static final Set<String> FIELDS =
      Set.of(
          "id",
          "username",
          "name",
          "customer_id",
          "status",
          "expiration",
          "activated_at",
          "mac",
          "profile_id",
          "profile_name",
          "radius_id",
          "role",
          "version");
  private static final Set<String> OF_THE_SYSTEM = Set.of("created_at", "updated_at");
  private static final Set<String> VERSIONS = Set.of("v1", "v0");

  /** The largest integer that every JSON reader keeps exactly, RFC 8259, section 6. */
  private static final long MAX_INTEGER = (1L << 53) - 1;

  private static final String OCTET = "[0-9A-Fa-f]{2}";
  private static final Pattern MAC =
      Pattern.compile(
          (OCTET + "([:.-]?)" + OCTET + "(?:\\1" + OCTET + "){4}")
              + ("|(?:" + OCTET + OCTET + "\\.){2}" + OCTET + OCTET));

  private final Map<String, Object> body;
  private final Map<String, String> faults = new LinkedHashMap<>();

  private final String id;
  private final String username;
  private final String name;
  private final String customerId;
  private final String status;
  private final String expiration;
  private final String activatedAt;
  private final String mac;
  private final Long profileId;
  private final String profileName;
  private final Long radiusId;
  private final String role;

  /**
   * @param body the request's JSON, where the id stands under {@code id}
   */
  public NewUser(Map<String, Object> body) {
    this.body = body;
    String givenId = text("id");
    String givenUsername = text("username");
    if (!body.containsKey("id") && !body.containsKey("username")) {
      faults.put("id", "id or username must be given");
    }
    if (givenId != null && !UserRules.isId(givenId)) {
      faults.put("id", UserRules.ID_FORM);
    }
    if (givenUsername != null && !UserRules.isUsername(givenUsername)) {
      faults.put("username", UserRules.USERNAME_FORM);
    }
    id = givenId;
    username = givenUsername == null ? givenId : givenUsername;
    String givenName = characters("name", 200);
    name = givenName == null ? username : givenName;
    customerId = text("customer_id");
    if (customerId != null && !UserRules.isCustomerId(customerId)) {
      faults.put("customer_id", UserRules.CUSTOMER_ID_FORM);
    }
    status = oneOf("status", User.STATUSES, "active");
    expiration = time("expiration");
    activatedAt = time("activated_at");
    mac = mac();
    profileId = integer("profile_id");
    profileName = isNull("profile_name") ? null : characters("profile_name", 100);
    radiusId = integer("radius_id");
    role = oneOf("role", User.ROLES, "customer");
    String version = text("version");
    if (version != null && !VERSIONS.contains(version)) {
      faults.put("version", "must be \"v1\" or \"v0\" where it is given");
    }
    for (String field : body.keySet()) {
      if (OF_THE_SYSTEM.contains(field)) {
        faults.put(field, "is set by the system");
      } else if (!FIELDS.contains(field)) {
        faults.put(field, "is not a field of a user; these are: " + new TreeSet<>(FIELDS));
      }
    }
  }

  /** What is wrong with each field at fault; empty where the user can be created. */
  public Map<String, String> faults() {
    return Collections.unmodifiableMap(faults);
  }

  /** The client's own customer id, or null where one is to be generated. */
  public String customerId() {
    return customerId;
  }

  public String role() {
    return role;
  }

  /**
   * The user in full.
   *
   * @param generatedId the id where the client gave none
   * @param generatedCustomerId the customer id where the client gave none
   * @param now the time of creation, as {@link Timestamps} writes it
   */
  public User user(String generatedId, String generatedCustomerId, String now) {
    return new User(
        id == null ? generatedId : id,
        username,
        name,
        customerId == null ? generatedCustomerId : customerId,
        status,
        expiration,
        now,
        activatedAt,
        mac,
        profileId,
        profileName,
        radiusId,
        role,
        now);
  }

  private boolean isNull(String field) {
    return body.get(field) == null;
  }

  /** The text of a field, or null where the field is absent or at fault. */
  private String text(String field) {
    Object value = body.get(field);
    if (value instanceof String text) {
      return text;
    }
    if (body.containsKey(field)) {
      faults.put(field, "must be text");
    }
    return null;
  }

  private String characters(String field, int most) {
    String text = text(field);
    if (text == null) {
      return null;
    }
    if (!UserRules.isPlain(text)) {
      faults.put(field, "must hold no control characters");
    } else if (text.isBlank() || text.codePointCount(0, text.length()) > most) {
      faults.put(field, "must be 1 to " + most + " characters, not all of them blank");
    }
    return text;
  }

  private String oneOf(String field, List<String> values, String otherwise) {
    if (!body.containsKey(field)) {
      return otherwise;
    }
    String text = text(field);
    String value = text == null ? null : text.toLowerCase(Locale.ROOT);
    if (text != null && !values.contains(value)) {
      faults.put(field, "must be one of " + String.join(", ", values));
    }
    return value;
  }

  private String time(String field) {
    if (isNull(field)) {
      return null;
    }
    String text = text(field);
    String time = text == null ? null : Timestamps.parse(text);
    if (time == null) {
      faults.put(
          field,
          "must be a time that exists: YYYY-MM-DD HH:MM:SS or YYYY-MM-DD in UTC,"
              + " YYYY-MM-DDTHH:MM:SS with Z or an offset like +02:00, or null");
    }
    return time;
  }

  private String mac() {
    if (isNull("mac")) {
      return null;
    }
    String text = text("mac");
    Matcher matcher = MAC.matcher(text == null ? "" : text);
    if (!matcher.matches()) {
      faults.put("mac", "must be six octets such as AA:BB:CC:DD:EE:FF, or null");
      return null;
    }
    return text.replaceAll("[:.-]", "").toUpperCase(Locale.ROOT).replaceAll("..(?=.)", "$0:");
  }

  private Long integer(String field) {
    if (isNull(field)) {
      return null;
    }
    Object value = body.get(field);
    boolean fits =
        (value instanceof Integer || value instanceof Long || value instanceof BigInteger)
            && ((Number) value).doubleValue() >= 0
            && ((Number) value).doubleValue() <= MAX_INTEGER;
    if (!fits) {
      faults.put(field, "must be an integer from 0 to " + MAX_INTEGER + ", or null");
      return null;
    }
    return ((Number) value).longValue();
  }
}
