package ispcrm.users;

import ispcrm.access.Role;
import ispcrm.values.InvalidValueException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A client's request to update a user, as a JSON Merge Patch: every field checked, and every error
 * noted.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7396">RFC 7396, JSON Merge Patch</a>
 */
public final class UpdateUserRequest extends UserRequest {

  /** What is wrong with another value of a field that cannot be changed. */
  private static final Map<UserField<?>, String> FIXED = fixed();

  private final Map<String, Object> patch;

  /**
   * @param patch the request's JSON, with the id under the key {@code id}
   */
  public UpdateUserRequest(Map<String, Object> patch) {
    super(changeable(patch), FIXED);
    this.patch = patch;
  }

  private static Map<UserField<?>, String> fixed() {
    Map<UserField<?>, String> fixed = readOnly();
    fixed.put(UserField.ID, "cannot be changed");
    return fixed;
  }

  private static Map<String, Object> changeable(Map<String, Object> patch) {
    Map<String, Object> changeable = new LinkedHashMap<>(patch);
    FIXED.keySet().forEach(field -> changeable.remove(field.toString()));
    return changeable;
  }

  /**
   * What is wrong with each invalid field; empty if the request can be carried out. A client may
   * send fields that cannot be changed, with the values that they have.
   */
  public Map<String, String> errors(User before) {
    Map<String, String> all = new LinkedHashMap<>(errors());
    all.putAll(metadataErrors(before.get(UserField.METADATA)));
    FIXED.forEach(
        (field, error) -> {
          if (patch.containsKey(field.toString()) && !isAsBefore(field, before)) {
            all.put(field.toString(), error);
          }
        });
    return all;
  }

  private <T> boolean isAsBefore(UserField<T> field, User before) {
    try {
      return Objects.equals(field.parse(patch.get(field.toString())), before.get(field));
    } catch (InvalidValueException e) {
      return false;
    }
  }

  /**
   * What contradicts the user as it is, for each field at fault: a customer cannot become active if
   * the expiration has passed and stays, and only customers have passwords.
   */
  public Map<String, String> contradictions(User before, Instant now) {
    boolean isContradiction =
        value(UserField.STATUS) == Status.ACTIVE
            && !sets(UserField.EXPIRATION)
            && before.role() == Role.CUSTOMER
            && before.status() != Status.ACTIVE
            && hasPassed(before.get(UserField.EXPIRATION), now);
    Map<String, String> contradictions = new LinkedHashMap<>();
    if (isContradiction) {
      contradictions.put(
          UserField.EXPIRATION.toString(),
          "has passed; to make the user active, send a new expiration, or null for none");
    }
    if (before.hasPassword() && sets(UserField.ROLE) && value(UserField.ROLE) != Role.CUSTOMER) {
      contradictions.put(
          UserField.ROLE.toString(), "cannot change while a password is stored; remove it first");
    }
    return contradictions;
  }

  /**
   * The user after the update; the same object if nothing would change. If the update names the
   * expiration and not the status, the status follows. A new status without a reason clears the
   * reason of the old one. A new role with further scopes revokes the user's tokens, which must not
   * become worth more than when they were issued.
   *
   * @param now the time of the update
   */
  public User apply(User before, Instant now) {
    User.Builder builder = before.toBuilder();
    applyTo(builder);
    alignStatus(before, builder, now);
    if (builder.get(UserField.STATUS) != before.status() && !sets(UserField.STATUS_REASON)) {
      builder.set(UserField.STATUS_REASON, null);
    }
    if (builder.build().equals(before)) {
      return before;
    }
    User after = builder.set(UserField.UPDATED_AT, now).build();
    return before.role().scopes().containsAll(after.role().scopes())
        ? after
        : after.withTokensRevoked(now);
  }
}
