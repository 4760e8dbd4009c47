package ispcrm.users;

import ispcrm.access.Role;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A subscriber, or someone who works for the provider: a value for each {@link UserField}. */
public final class User {
  /** The id and username of the first administrator, whom bootstrap-admin creates. */
  public static final String FIRST_ADMIN = "admin";

  private final Map<UserField<?>, Object> values;
  private final Map<String, AttributeValue> attributes;

  private User(Map<UserField<?>, Object> values, Map<String, AttributeValue> attributes) {
    this.values = values;
    this.attributes = attributes;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The value of a field; null if it has none. */
  @SuppressWarnings("unchecked") // Builder.set accepts only values of the field's type
  public <T> T get(UserField<T> field) {
    return (T) values.get(field);
  }

  public String id() {
    return get(UserField.ID);
  }

  public String username() {
    return get(UserField.USERNAME);
  }

  public String customerId() {
    return get(UserField.CUSTOMER_ID);
  }

  public Status status() {
    return get(UserField.STATUS);
  }

  public Role role() {
    return get(UserField.ROLE);
  }

  /**
   * Whether tokens of this user work. A customer who is inactive, suspended or expired can still
   * read their own record; staff and administrators have access only while they are active.
   */
  public boolean hasAccess() {
    return role() == Role.CUSTOMER ? status() != Status.DISABLED : status() == Status.ACTIVE;
  }

  /**
   * The second in which all tokens that the user had were revoked at once; null if that has never
   * happened.
   */
  public Instant tokensRevokedAt() {
    return get(UserField.TOKENS_REVOKED_AT);
  }

  /** Whether a token of this user that was created at this time has not been revoked with all. */
  public boolean acceptsTokenOf(Instant createdAt) {
    return tokensRevokedAt() == null || createdAt.isAfter(tokensRevokedAt());
  }

  /** This user without the tokens that the user has now. Tokens that are created later work. */
  public User withTokensRevoked(Instant now) {
    // Later than the last one, because a token can have been created since in the same second.
    return toBuilder().set(UserField.TOKENS_REVOKED_AT, dateOfNewToken(now)).build();
  }

  /** The time of creation of a token that this user gets now: after all that have been revoked. */
  public Instant dateOfNewToken(Instant now) {
    Instant second = now.truncatedTo(ChronoUnit.SECONDS);
    return acceptsTokenOf(second) ? second : tokensRevokedAt().plusSeconds(1);
  }

  /**
   * What is wrong with the id and the username if they are, in any case, those of {@value
   * #FIRST_ADMIN}, which only bootstrap-admin gives; empty if they are not.
   */
  public Map<String, String> reservedNames() {
    Map<String, String> errors = new LinkedHashMap<>();
    for (UserField<String> field : List.of(UserField.ID, UserField.USERNAME)) {
      if (FIRST_ADMIN.equalsIgnoreCase(get(field))) {
        errors.put(field.toString(), "is reserved for the first administrator");
      }
    }
    return errors;
  }

  /**
   * This user with a new password.
   *
   * @param setAt when it was set; null if there is no longer one
   */
  public User withPassword(Instant setAt, Instant now) {
    return toBuilder().set(UserField.PASSWORD_SET_AT, setAt).set(UserField.UPDATED_AT, now).build();
  }

  public boolean hasPassword() {
    return get(UserField.PASSWORD_SET_AT) != null;
  }

  /**
   * The status that counts at this time: a customer whose expiration has passed is expired before
   * the schedule says so, unless a request kept the customer active.
   */
  public Status statusAt(Instant now) {
    boolean isDue = role() == Role.CUSTOMER && status() == Status.ACTIVE && !isKeptActive();
    return isDue && UserRequest.hasPassed(get(UserField.EXPIRATION), now)
        ? Status.EXPIRED
        : status();
  }

  /** Whether the expiration does not end the service, because a request said so. */
  public boolean isKeptActive() {
    return get(UserField.KEPT_ACTIVE_AT) != null;
  }

  /** The attributes as they were read; empty if the user was not read from the table. */
  Map<String, AttributeValue> attributes() {
    return attributes;
  }

  /** Every field as the API shows it, in the API's order, including nulls. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    UserField.ALL.forEach(field -> map.put(field.toString(), show(field)));
    return map;
  }

  private <T> Object show(UserField<T> field) {
    return field.show(get(field));
  }

  /** The fields that a client can set, as they are stored, including nulls. */
  public Map<String, Object> settableFields() {
    Map<String, Object> map = new LinkedHashMap<>();
    UserField.ALL.stream()
        .filter(field -> !field.isReadOnly())
        .forEach(field -> map.put(field.toString(), format(field)));
    return map;
  }

  /** A builder that begins with this user's values. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.values.putAll(values);
    return builder;
  }

  /** A field's value as it is stored; null if it has none. */
  <T> Object format(UserField<T> field) {
    return field.format(get(field));
  }

  /** See {@link UserField#key}. */
  <T> Object key(UserField<T> field) {
    return field.key(get(field));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof User user && user.values.equals(values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return toMap().toString();
  }

  /** Collects the values of a user. */
  public static final class Builder {
    private final Map<UserField<?>, Object> values = new HashMap<>();
    private Map<String, AttributeValue> attributes = Map.of();

    private Builder() {}

    Builder setAttributes(Map<String, AttributeValue> read) {
      attributes = read;
      return this;
    }

    /** Sets a field; null leaves it without a value. */
    public <T> Builder set(UserField<T> field, T value) {
      if (value == null) {
        values.remove(field);
      } else {
        values.put(field, value);
      }
      return this;
    }

    /** Sets a field that has no value yet. */
    <T> void setDefault(UserField<T> field, T value) {
      if (!values.containsKey(field)) {
        set(field, value);
      }
    }

    /** The value of a field so far; null if it has none. */
    @SuppressWarnings("unchecked") // set accepts only values of the field's type
    <T> T get(UserField<T> field) {
      return (T) values.get(field);
    }

    /** Sets both times that the system keeps. */
    public Builder setCreated(Instant now) {
      return set(UserField.CREATED_AT, now).set(UserField.UPDATED_AT, now);
    }

    /**
     * Builds the user.
     *
     * @throws NullPointerException naming the field, if a field that needs a value has none
     */
    public User build() {
      for (UserField<?> field : UserField.STORED) {
        if (!field.isNullable()) {
          Objects.requireNonNull(values.get(field), field.toString());
        }
      }
      return new User(Map.copyOf(values), attributes);
    }
  }
}
