package ispcrm.users;

import ispcrm.access.Role;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A client's request to create a user: every field checked, and every error noted. */
public final class CreateUserRequest {
  private static final String VERSION = "version";
  private static final Set<String> VERSIONS = Set.of("v1", "v0");

  private final User.Builder values = User.builder();
  private final Map<String, Object> body;
  private final Map<String, String> errors = new LinkedHashMap<>();
  private final String id;
  private final String customerId;
  private final Role role;

  /**
   * @param body the request's JSON, with the id under the key {@code id}
   */
  public CreateUserRequest(Map<String, Object> body) {
    this.body = body;
    if (!body.containsKey("id") && !body.containsKey("username")) {
      errors.put("id", "id or username is required");
    }
    UserField.ALL.forEach(this::read);
    id = values.setDefault(UserField.ID, null);
    String username = values.setDefault(UserField.USERNAME, id);
    values.setDefault(UserField.NAME, username);
    customerId = values.setDefault(UserField.CUSTOMER_ID, null);
    values.setDefault(UserField.STATUS, Status.ACTIVE);
    role = values.setDefault(UserField.ROLE, Role.CUSTOMER);
    readVersion();
    for (String key : body.keySet()) {
      if (!key.equals(VERSION) && UserField.ALL.stream().noneMatch(f -> f.toString().equals(key))) {
        errors.put(key, "is not a known field; the known fields are " + knownFields());
      }
    }
  }

  /** What is wrong with each invalid field; empty if the user can be created. */
  public Map<String, String> errors() {
    return Collections.unmodifiableMap(errors);
  }

  /** The client's own customer number; null if one is to be generated. */
  public String customerId() {
    return customerId;
  }

  public Role role() {
    return role;
  }

  /**
   * The complete user.
   *
   * @param generatedId the id if the client gave none
   * @param generatedCustomerId the customer number if the client gave none
   * @param now the time of creation
   */
  public User toUser(String generatedId, String generatedCustomerId, Instant now) {
    return values
        .set(UserField.ID, id == null ? generatedId : id)
        .set(UserField.CUSTOMER_ID, customerId == null ? generatedCustomerId : customerId)
        .setCreated(now)
        .build();
  }

  private <T> void read(UserField<T> field) {
    String key = field.toString();
    if (!body.containsKey(key)) {
      return;
    }
    if (field.isReadOnly()) {
      errors.put(key, "is read-only; the system sets it");
      return;
    }
    try {
      values.set(field, field.parse(body.get(key)));
    } catch (InvalidValueException e) {
      errors.put(key, e.getMessage());
    }
  }

  private void readVersion() {
    if (body.containsKey(VERSION) && !VERSIONS.contains(String.valueOf(body.get(VERSION)))) {
      errors.put(VERSION, "must be \"v1\" or \"v0\" if present");
    }
  }

  private static String knownFields() {
    return Stream.concat(
            UserField.ALL.stream().filter(f -> !f.isReadOnly()).map(UserField::toString),
            Stream.of(VERSION))
        .sorted()
        .collect(Collectors.joining(", "));
  }
}
