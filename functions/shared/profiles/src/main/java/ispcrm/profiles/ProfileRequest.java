package ispcrm.profiles;

import ispcrm.values.Characters;
import ispcrm.values.Integers;
import ispcrm.values.Timestamps;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A client's request to create a profile, or to change one with a JSON Merge Patch: every field
 * checked, and every error noted.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7396">RFC 7396, JSON Merge Patch</a>
 */
public final class ProfileRequest {
  private static final String ID = "id";
  private static final String NAME = "name";
  private static final String ATTRIBUTES = "attributes";
  private static final String RESTRICTED = "restricted_attributes";
  private static final String CREATED_AT = "created_at";
  private static final String UPDATED_AT = "updated_at";
  private static final List<String> FIELDS = List.of(ATTRIBUTES, ID, NAME, RESTRICTED);
  private static final List<String> READ_ONLY = List.of(CREATED_AT, UPDATED_AT);

  private static final int MAX_NAME = 100;

  private final Map<String, Object> body;
  private final Profile before;
  private final Map<String, String> errors = new LinkedHashMap<>();
  private final long id;
  private final String name;
  private final Map<String, Object> attributes;
  private final Map<String, Object> restricted;

  /**
   * @param body the request's JSON
   * @param before the profile as it is; null if the request creates it
   */
  public ProfileRequest(Map<String, Object> body, Profile before) {
    this.body = body;
    this.before = before;
    this.id = readId();
    this.name = readName();
    this.attributes = readAttributes(before == null ? Map.of() : before.attributes());
    this.restricted = readRestricted(before == null ? null : before.restrictedAttributes());
    checkReadOnly(CREATED_AT, before == null ? null : before.createdAt());
    checkReadOnly(UPDATED_AT, before == null ? null : before.updatedAt());
    for (String key : body.keySet()) {
      if (!FIELDS.contains(key) && !READ_ONLY.contains(key)) {
        errors.put(key, "is not a known field; the known fields are " + String.join(", ", FIELDS));
      }
    }
  }

  /** What is wrong with each invalid field; empty if the request can be carried out. */
  public Map<String, String> errors() {
    return Collections.unmodifiableMap(errors);
  }

  /**
   * The profile after the request; the same object if nothing would change.
   *
   * @param now the time of the request
   */
  public Profile apply(Instant now) {
    if (before == null) {
      return profile(now, now);
    }
    return profile(before.createdAt(), before.updatedAt()).equals(before)
        ? before
        : profile(before.createdAt(), now);
  }

  private Profile profile(Instant createdAt, Instant updatedAt) {
    return new Profile(id, name, attributes, restricted, createdAt, updatedAt);
  }

  private long readId() {
    Optional<Long> parsed = Integers.parse(body.get(ID), 0, Integers.MAX);
    if (before != null) {
      if (body.containsKey(ID) && !parsed.equals(Optional.of(before.id()))) {
        errors.put(ID, "cannot be changed");
      }
      return before.id();
    }
    if (parsed.isEmpty()) {
      errors.put(ID, "must be an integer from 0 to " + Integers.MAX);
    }
    return parsed.orElse(0L);
  }

  private String readName() {
    if (!body.containsKey(NAME) && before != null) {
      return before.name();
    }
    if (body.get(NAME) instanceof String text && Characters.areLine(text, MAX_NAME)) {
      return text;
    }
    errors.put(NAME, Characters.lineRule(MAX_NAME));
    return "";
  }

  private Map<String, Object> readAttributes(Map<String, Object> old) {
    return body.containsKey(ATTRIBUTES) ? merge(ATTRIBUTES, old) : old;
  }

  private Map<String, Object> readRestricted(Map<String, Object> old) {
    if (!body.containsKey(RESTRICTED)) {
      return old;
    }
    return body.get(RESTRICTED) == null ? null : merge(RESTRICTED, old);
  }

  private Map<String, Object> merge(String field, Map<String, Object> old) {
    if (body.get(field) instanceof Map<?, ?> patch) {
      return RadiusAttributes.merge(old, patch, field, errors);
    }
    errors.put(
        field,
        "must be an object with RADIUS attributes, such as {\"Framed-Pool\":\"fiber\"}"
            + (field.equals(RESTRICTED) ? ", or null" : ""));
    return Map.of();
  }

  private void checkReadOnly(String field, Instant value) {
    boolean isAsBefore =
        !body.containsKey(field)
            || (body.get(field) instanceof String text
                && Objects.equals(Timestamps.parse(text).orElse(null), value));
    if (!isAsBefore) {
      errors.put(field, "is read-only; the system sets it");
    }
  }
}
