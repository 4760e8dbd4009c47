package ispcrm.users;

import static ispcrm.users.FieldType.EMAIL_ADDRESS;
import static ispcrm.users.FieldType.INTEGER;
import static ispcrm.users.FieldType.MAC;
import static ispcrm.users.FieldType.MAP;
import static ispcrm.users.FieldType.PHONE_NUMBER;
import static ispcrm.users.FieldType.TIME;
import static ispcrm.users.FieldType.line;
import static ispcrm.users.FieldType.lines;
import static ispcrm.users.FieldType.matching;
import static ispcrm.users.FieldType.oneOf;

import ispcrm.access.Role;
import ispcrm.values.InvalidValueException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields of a user. Reading requests, writing responses and storing records all follow from
 * this table: a field's name in the API is also its attribute in DynamoDB, and its place in the
 * table is its place in responses.
 *
 * @param <T> the type of the field's values
 */
public final class UserField<T> {
  private static final List<UserField<?>> FIELDS = new ArrayList<>();

  private enum Option {
    NULLABLE,
    READ_ONLY
  }

  /** Unique, regardless of case. */
  public static final UserField<String> USERNAME =
      add(
          "username",
          matching(
                  "[A-Za-z0-9][A-Za-z0-9._@+:-]{0,63}",
                  "must be 1 to 64 characters (letters A-Z, digits, '.', '_', '@', '+', ':' or '-')"
                      + " and start with a letter or digit")
              .foundBy(UserItems::caseFold));

  /** The customer number; unique, regardless of case. */
  public static final UserField<String> CUSTOMER_ID =
      add(
          "customer_id",
          matching(
                  "[A-Za-z0-9](?:[A-Za-z0-9 ._/#-]{0,62}[A-Za-z0-9._/#-])?",
                  "must be 1 to 64 characters (letters A-Z, digits, spaces, '.', '_', '/', '#' or"
                      + " '-'), start with a letter or digit and not end with a space")
              .foundBy(UserItems::caseFold));

  public static final UserField<Status> STATUS = add("status", oneOf(Status.class, Status::of));

  /** When the service ends. */
  public static final UserField<Instant> EXPIRATION = add("expiration", TIME, Option.NULLABLE);

  public static final UserField<Instant> CREATED_AT = add("created_at", TIME, Option.READ_ONLY);

  /** When the service began. */
  public static final UserField<Instant> ACTIVATED_AT = add("activated_at", TIME, Option.NULLABLE);

  /** The subscriber's device. */
  public static final UserField<String> MAC_ADDRESS = add("mac", MAC, Option.NULLABLE);

  public static final UserField<Long> PROFILE_ID = add("profile_id", INTEGER, Option.NULLABLE);

  public static final UserField<String> PROFILE_NAME =
      add("profile_name", line(100), Option.NULLABLE);

  /** The number of the record in the RADIUS server. */
  public static final UserField<Long> RADIUS_ID = add("radius_id", INTEGER, Option.NULLABLE);

  /** The client's own value or a generated one; case matters. */
  public static final UserField<String> ID =
      add(
          "id",
          matching(
              "[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
              "must be 1 to 64 characters (letters A-Z, digits, '.', '_' or '-') and start with a"
                  + " letter or digit"));

  /** The name of a person or company. */
  public static final UserField<String> NAME = add("name", FieldType.name(200));

  public static final UserField<Role> ROLE = add("role", oneOf(Role.class, Role::of));

  public static final UserField<Instant> UPDATED_AT = add("updated_at", TIME, Option.READ_ONLY);

  /** Why the user has this status. */
  public static final UserField<String> STATUS_REASON =
      add("status_reason", line(200), Option.NULLABLE);

  public static final UserField<String> EMAIL = add("email", EMAIL_ADDRESS, Option.NULLABLE);
  public static final UserField<String> PHONE = add("phone", PHONE_NUMBER, Option.NULLABLE);

  /** Where the subscriber lives. */
  public static final UserField<String> ADDRESS = add("address", lines(500), Option.NULLABLE);

  public static final UserField<String> NOTES = add("notes", lines(2000), Option.NULLABLE);

  /** The client's own data. */
  public static final UserField<Map<String, String>> METADATA =
      add("metadata", MAP, Option.NULLABLE);

  /** Since when the password, which is stored elsewhere, is what it is. */
  public static final UserField<Instant> PASSWORD_SET_AT =
      add("password_set_at", TIME, Option.NULLABLE, Option.READ_ONLY);

  /** Every field of the API, in the order of responses. */
  public static final List<UserField<?>> ALL = List.copyOf(FIELDS);

  /**
   * Ends the tokens that the user got in this second or earlier. The API shows it only as the
   * revocation of these tokens.
   */
  static final UserField<Instant> TOKENS_REVOKED_AT =
      add("tokens_revoked_at", TIME, Option.NULLABLE);

  /**
   * When a request made the user active, or left the user active, and sent an expiration that had
   * passed too. Such a user does not expire until the status or the expiration changes.
   */
  static final UserField<Instant> KEPT_ACTIVE_AT = add("kept_active_at", TIME, Option.NULLABLE);

  /** Every field that is stored. */
  static final List<UserField<?>> STORED = List.copyOf(FIELDS);

  /** The fields that lists show, in their order. */
  public static final List<UserField<?>> IN_LISTS =
      List.of(
          ID,
          NAME,
          STATUS,
          ROLE,
          USERNAME,
          CUSTOMER_ID,
          EMAIL,
          PHONE,
          MAC_ADDRESS,
          PROFILE_ID,
          EXPIRATION,
          UPDATED_AT);

  private final String name;
  private final FieldType<T> type;
  private final List<Option> options;

  private UserField(String name, FieldType<T> type, List<Option> options) {
    this.name = name;
    this.type = type;
    this.options = options;
  }

  private static <T> UserField<T> add(String name, FieldType<T> type, Option... options) {
    UserField<T> field = new UserField<>(name, type, Arrays.asList(options));
    FIELDS.add(field);
    return field;
  }

  /** What is wrong with each of these fields if other users have their values. */
  public static Map<String, String> inUse(Set<UserField<?>> fields) {
    Map<String, String> errors = new LinkedHashMap<>();
    fields.forEach(field -> errors.put(field.toString(), "already in use"));
    return errors;
  }

  /** The field's name in JSON, and of its attribute in DynamoDB. */
  @Override
  public String toString() {
    return name;
  }

  /** Whether the system alone sets the field. */
  public boolean isReadOnly() {
    return options.contains(Option.READ_ONLY);
  }

  /** Whether the field may have no value. */
  public boolean isNullable() {
    return options.contains(Option.NULLABLE);
  }

  /**
   * Reads a value that a client sent.
   *
   * @param json as {@link java.util.Map} based JSON has it: text, a number, a boolean or null
   * @return null if the client sent null and the field may have no value
   * @throws InvalidValueException if the value breaks the field's rule, which the message states
   */
  public T parse(Object json) throws InvalidValueException {
    if (json == null && isNullable()) {
      return null;
    }
    return type.parse(json)
        .orElseThrow(
            () -> new InvalidValueException(type.rule() + (isNullable() ? ", or null" : "")));
  }

  /**
   * Reads a value that a client wrote as text, such as a query parameter. There is no text for
   * null.
   *
   * @throws InvalidValueException as for {@link #parse}
   */
  public T parseText(String text) throws InvalidValueException {
    return type.parseText(text).orElseThrow(() -> new InvalidValueException(type.rule()));
  }

  /** Writes a value as it is stored, see {@link FieldType}; null if it is null. */
  Object format(T value) {
    return value == null ? null : type.format(value);
  }

  /** Writes a value as it is shown. */
  Object show(T value) {
    return value == null ? type.none() : type.format(value);
  }

  /** Reads a stored value. */
  T restore(Object stored) {
    return type.restore(stored);
  }

  /** The form in which values that are found alike are equal; null if the value is null. */
  Object key(T value) {
    return value == null ? null : type.key(value);
  }

  /** Reads a value that a client wrote as text, as {@link #parseText} does, and returns its key. */
  Object parseKey(String text) throws InvalidValueException {
    return key(parseText(text));
  }
}
