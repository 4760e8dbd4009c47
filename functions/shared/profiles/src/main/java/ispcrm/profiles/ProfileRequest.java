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
  private static final List<String> FIELDS = List.of(ATTRIBUTES, ID, NAME, RESTRICTED);

  private static final long MAX_ID = (1L << 53) - 1;
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
    this.attributes =
        body.containsKey(ATTRIBUTES)
            ? merge(ATTRIBUTES, before == null ? null : before.attributes())
            : before == null ? Map.of() : before.attributes();
    Map<String, Object> old = before == null ? null : before.restrictedAttributes();
    this.restricted =
        !body.containsKey(RESTRICTED)
            ? old
            : body.get(RESTRICTED) == null ? null : merge(RESTRICTED, old);
    readOnly("created_at", before == null ? null : before.createdAt());
    readOnly("updated_at", before == null ? null : before.updatedAt());
    for (String key : body.keySet()) {
      if (!FIELDS.contains(key) && !List.of("created_at", "updated_at").contains(key)) {
        errors.put(key, "is not a known field; the known fields are " + String.join(", ", FIELDS));
      }
    }
  }

  /** What is wrong with each invalid field; empty if the request can be carried out. */
  public Map<String, String> errors() {
    return Collections.unmodifiableMap(errors);
  }

  /** The id that the request gives the profile. */
  public long id() {
    return id;
  }

  /**
   * The profile after the request; the same object if nothing would change.
   *
   * @param now the time of the request
   */
  public Profile apply(Instant now) {
    Profile after =
        new Profile(
            id,
            name,
            attributes,
            restricted,
            before == null ? now : before.createdAt(),
            before == null ? now : before.updatedAt());
    return before == null || after.equals(before)
        ? Optional.ofNullable(before).orElse(after)
        : new Profile(id, name, attributes, restricted, before.createdAt(), now);
  }

  private long readId() {
    if (before != null) {
      if (body.containsKey(ID)
          && !Integers.parse(body.get(ID), 0, MAX_ID).equals(Optional.of(before.id()))) {
        errors.put(ID, "cannot be changed");
      }
      return before.id();
    }
    Optional<Long> parsed = Integers.parse(body.get(ID), 0, MAX_ID);
    if (parsed.isEmpty()) {
      errors.put(ID, "must be an integer from 0 to " + MAX_ID);
    }
    return parsed.orElse(0L);
  }

  private String readName() {
    if (!body.containsKey(NAME) && before != null) {
      return before.name();
    }
    if (body.get(NAME) instanceof String text
        && !Characters.areBlank(text)
        && text.codePointCount(0, text.length()) <= MAX_NAME
        && Characters.areVisible(text)) {
      return text;
    }
    errors.put(NAME, "must be 1 to " + MAX_NAME + " characters, not blank, " + Characters.RULE);
    return "";
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

  private void readOnly(String field, Instant value) {
    boolean isAsBefore =
        !body.containsKey(field)
            || (body.get(field) instanceof String text
                && Objects.equals(Timestamps.parse(text).orElse(null), value));
    if (!isAsBefore) {
      errors.put(field, "is read-only; the system sets it");
    }
  }
}
