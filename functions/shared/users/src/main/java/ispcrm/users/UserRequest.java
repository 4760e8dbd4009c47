package ispcrm.users;

import ispcrm.access.Role;
import ispcrm.values.InvalidValueException;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A client's request to create or update a user: every field checked, and every error noted. */
abstract sealed class UserRequest permits CreateUserRequest, UpdateUserRequest {
  private static final String VERSION = "version";
  private static final Set<String> VERSIONS = Set.of("v1", "v0");

  final Map<String, Object> body;
  final Map<String, String> errors = new LinkedHashMap<>();
  private final Map<UserField<?>, Object> values = new LinkedHashMap<>();

  /**
   * @param body the request's JSON
   * @param fixed fields that the request must not contain, each with its error message
   */
  UserRequest(Map<String, Object> body, Map<UserField<?>, String> fixed) {
    this.body = body;
    List<UserField<?>> known = UserField.ALL.stream().filter(f -> !fixed.containsKey(f)).toList();
    for (UserField<?> field : UserField.ALL) {
      if (!body.containsKey(field.toString())) {
        continue;
      }
      if (fixed.containsKey(field)) {
        errors.put(field.toString(), fixed.get(field));
      } else {
        read(field);
      }
    }
    if (body.containsKey(VERSION) && !VERSIONS.contains(String.valueOf(body.get(VERSION)))) {
      errors.put(VERSION, "must be \"v1\" or \"v0\" if present");
    }
    for (String key : body.keySet()) {
      if (!key.equals(VERSION) && UserField.ALL.stream().noneMatch(f -> f.toString().equals(key))) {
        errors.put(key, "is not a known field; the known fields are " + names(known));
      }
    }
  }

  /** Why a client cannot set the fields that the system sets. */
  static Map<UserField<?>, String> readOnly() {
    Map<UserField<?>, String> fixed = new LinkedHashMap<>();
    UserField.ALL.stream()
        .filter(UserField::isReadOnly)
        .forEach(field -> fixed.put(field, "is read-only; the system sets it"));
    return fixed;
  }

  /** What is wrong with each invalid field; empty if the request can be carried out. */
  public Map<String, String> errors() {
    return Collections.unmodifiableMap(errors);
  }

  /** Whether the request names this field with a valid value. */
  boolean sets(UserField<?> field) {
    return values.containsKey(field);
  }

  /** The value that the request gives a field; null if it names none or clears the field. */
  @SuppressWarnings("unchecked") // read stores only what the field parsed
  <T> T value(UserField<T> field) {
    return (T) values.get(field);
  }

  /** Sets the fields that the request names, and in the metadata the texts that it names. */
  void applyTo(User.Builder user) {
    Map<String, String> metadata = mergedMetadata(user.get(UserField.METADATA));
    values.keySet().forEach(field -> set(user, field));
    user.set(UserField.METADATA, metadata.isEmpty() ? null : metadata);
  }

  /** What is wrong with the metadata that a user with this metadata would have, if anything is. */
  Map<String, String> metadataErrors(Map<String, String> before) {
    return mergedMetadata(before).size() <= FieldType.MAX_ENTRIES
        ? Map.of()
        : Map.of(
            UserField.METADATA.toString(),
            "must not have more than "
                + FieldType.MAX_ENTRIES
                + " keys, including those that the user has; null removes one");
  }

  private Map<String, String> mergedMetadata(Map<String, String> before) {
    Map<String, String> merged = new TreeMap<>(before == null ? Map.of() : before);
    if (sets(UserField.METADATA)) {
      if (value(UserField.METADATA) == null) {
        return Map.of();
      }
      merged.putAll(value(UserField.METADATA));
      merged.values().removeIf(Objects::isNull);
    }
    return merged;
  }

  /**
   * Makes the status of a customer agree with the expiration, as far as the request does not say
   * both: who sends only an expiration means that the service ends, or goes on, until then.
   *
   * @param before the user before the request; null if the request creates the user
   * @param user with the values of the request, and with a status
   */
  void alignStatus(User before, User.Builder user, Instant now) {
    if (user.get(UserField.ROLE) != Role.CUSTOMER
        || !(sets(UserField.STATUS) || sets(UserField.EXPIRATION))) {
      return;
    }
    boolean hasPassed = hasPassed(user.get(UserField.EXPIRATION), now);
    if (!sets(UserField.STATUS)) {
      Status status = user.get(UserField.STATUS);
      if (status == Status.ACTIVE && hasPassed) {
        user.set(UserField.STATUS, Status.EXPIRED);
      } else if (status == Status.EXPIRED && !hasPassed) {
        user.set(UserField.STATUS, Status.ACTIVE);
      }
    }
    if (user.get(UserField.STATUS) != Status.ACTIVE || !hasPassed) {
      user.set(UserField.KEPT_ACTIVE_AT, null);
    } else if (sets(UserField.STATUS) && sets(UserField.EXPIRATION) && !isSame(before, user)) {
      user.set(UserField.KEPT_ACTIVE_AT, now);
    }
  }

  private static boolean isSame(User before, User.Builder after) {
    return before != null
        && before.status() == after.get(UserField.STATUS)
        && Objects.equals(before.get(UserField.EXPIRATION), after.get(UserField.EXPIRATION));
  }

  static boolean hasPassed(Instant expiration, Instant now) {
    return expiration != null && !expiration.isAfter(now);
  }

  private <T> void set(User.Builder user, UserField<T> field) {
    user.set(field, value(field));
  }

  private <T> void read(UserField<T> field) {
    try {
      values.put(field, field.parse(body.get(field.toString())));
    } catch (InvalidValueException e) {
      errors.put(field.toString(), e.getMessage());
    }
  }

  private static String names(List<UserField<?>> fields) {
    return Stream.concat(fields.stream().map(UserField::toString), Stream.of(VERSION))
        .sorted()
        .collect(Collectors.joining(", "));
  }
}
