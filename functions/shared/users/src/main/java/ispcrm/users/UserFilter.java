package ispcrm.users;

import ispcrm.values.InvalidValueException;
import java.util.Locale;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * What a list of users can be filtered by. Of several filters, the first in this order selects the
 * index that is read, and with it the order of the list.
 */
public enum UserFilter {
  USERNAME(UserField.USERNAME, String::equals),
  CUSTOMER_ID(UserField.CUSTOMER_ID, String::equals),
  MAC(UserField.MAC_ADDRESS, String::equals),
  EMAIL(UserField.EMAIL, String::equals),
  PHONE(UserField.PHONE, String::equals),
  RADIUS_ID(UserField.RADIUS_ID, String::equals),

  /** The beginning of the name. */
  NAME(UserField.NAME, String::startsWith),

  /** The beginning of the username. */
  Q(UserField.USERNAME, String::startsWith),
  PROFILE_ID(UserField.PROFILE_ID, String::equals),
  ROLE(UserField.ROLE, String::equals),

  /** The user is active, and expires before this time. */
  EXPIRES_BEFORE(UserField.EXPIRATION, (expiration, time) -> expiration.compareTo(time) < 0) {
    @Override
    boolean matches(Function<UserField<?>, Object> user, Object value) {
      return Status.ACTIVE.toString().equals(user.apply(UserField.STATUS))
          && super.matches(user, value);
    }
  },
  STATUS(UserField.STATUS, String::equals),

  /** Users who were created, changed or deleted at this time or later; with no other filter. */
  UPDATED_SINCE(UserField.UPDATED_AT, (updated, time) -> updated.compareTo(time) >= 0);

  @SuppressWarnings("ImmutableEnumChecker") // a field does not change
  private final UserField<?> field;

  @SuppressWarnings("ImmutableEnumChecker") // the predicates have no state
  private final BiPredicate<String, String> condition;

  UserFilter(UserField<?> field, BiPredicate<String, String> condition) {
    this.field = field;
    this.condition = condition;
  }

  /** The name of the query parameter. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads the value of the query parameter.
   *
   * @return the same for equal filters
   * @throws InvalidValueException if no user can have this value
   */
  public Object parse(String text) throws InvalidValueException {
    return field.parseKey(text);
  }

  /** The field whose value is compared. */
  UserField<?> field() {
    return field;
  }

  /**
   * Whether a user has what the filter asks for.
   *
   * @param user gives the {@link UserField#key key} of the user's value of a field
   * @param value as {@link #parse} returned it
   */
  boolean matches(Function<UserField<?>, Object> user, Object value) {
    Object key = user.apply(field);
    return key != null && condition.test(key.toString(), value.toString());
  }
}
