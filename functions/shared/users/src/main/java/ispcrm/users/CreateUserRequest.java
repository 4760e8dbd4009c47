package ispcrm.users;

import ispcrm.access.Role;
import java.time.Instant;
import java.util.Map;

/** A client's request to create a user: every field checked, and every error noted. */
public final class CreateUserRequest extends UserRequest {

  /**
   * @param body the request's JSON, with the id under the key {@code id}
   */
  public CreateUserRequest(Map<String, Object> body) {
    super(body, readOnly());
    if (!body.containsKey("id") && !body.containsKey("username")) {
      errors.put("id", "id or username is required");
    }
    errors.putAll(metadataErrors(null));
  }

  /** The client's own id; null if one is to be generated. */
  public String id() {
    return value(UserField.ID);
  }

  /** The client's own customer number; null if one is to be generated. */
  public String customerId() {
    return value(UserField.CUSTOMER_ID);
  }

  public Role role() {
    return sets(UserField.ROLE) ? value(UserField.ROLE) : Role.CUSTOMER;
  }

  /**
   * The complete user. A customer whose expiration has passed is expired, unless the request says
   * otherwise.
   *
   * @param generatedId the id if the client gave none; not used otherwise
   * @param generatedCustomerId the customer number if the client gave none; not used otherwise
   * @param now the time of creation
   */
  public User toUser(String generatedId, String generatedCustomerId, Instant now) {
    User.Builder user = User.builder();
    applyTo(user);
    user.setDefault(UserField.USERNAME, value(UserField.ID));
    user.setDefault(UserField.NAME, user.get(UserField.USERNAME));
    user.setDefault(UserField.ID, generatedId);
    user.setDefault(UserField.CUSTOMER_ID, generatedCustomerId);
    user.setDefault(UserField.STATUS, Status.ACTIVE);
    user.setDefault(UserField.ROLE, Role.CUSTOMER);
    alignStatus(null, user, now);
    return user.setCreated(now).build();
  }
}
