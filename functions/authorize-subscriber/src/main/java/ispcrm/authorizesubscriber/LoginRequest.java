package ispcrm.authorizesubscriber;

import ispcrm.http.ApiException;
import ispcrm.http.ErrorCode;
import ispcrm.users.UserField;
import ispcrm.values.InvalidValueException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a RADIUS server knows about a login. Any text is accepted, because a subscriber's router
 * chooses it: a login that cannot be anybody's is rejected, and not a failed call.
 *
 * @param username empty if there is none
 * @param protocol as FreeRADIUS writes Framed-Protocol, such as PPP; empty if there is none
 * @param mac the address of the router or device; empty if there is none
 */
record LoginRequest(String username, String protocol, String mac) {
  private static final String USERNAME = "username";
  private static final String PROTOCOL = "protocol";
  private static final String MAC = "mac";
  private static final List<String> FIELDS = List.of(USERNAME, PROTOCOL, MAC, "nas", "nas_port_id");

  /** An attribute of a packet has at most 253 bytes (RFC 2865, section 5). */
  private static final int MAX_LENGTH = 253;

  private static final String PPP = "PPP";

  /**
   * Reads a request's JSON.
   *
   * @throws ApiException 400 if a field is unknown, or is not text of at most 253 characters
   */
  static LoginRequest of(Map<String, Object> body) {
    Map<String, String> errors = new LinkedHashMap<>();
    body.forEach(
        (key, value) -> {
          if (!FIELDS.contains(key)) {
            errors.put(
                key, "is not a known field; the known fields are " + String.join(", ", FIELDS));
          } else if (!(value instanceof String text) || text.length() > MAX_LENGTH) {
            errors.put(key, "must be text of at most " + MAX_LENGTH + " characters");
          }
        });
    if (!errors.isEmpty()) {
      throw new ApiException(
          ErrorCode.INVALID_FIELDS, "Nothing was decided about the login - see errors.", errors);
    }
    return new LoginRequest(text(body, USERNAME), text(body, PROTOCOL), text(body, MAC));
  }

  private static String text(Map<String, Object> body, String name) {
    return (String) body.getOrDefault(name, "");
  }

  /**
   * The MAC address that takes the place of a username and a password; empty if this is a login by
   * username. With PPP, it always is: a MAC address is no secret.
   */
  Optional<String> loginByMac() {
    return protocol.equalsIgnoreCase(PPP)
        ? Optional.empty()
        : parsed(UserField.MAC_ADDRESS, username.isEmpty() ? mac : username);
  }

  /** The username, if it can be one. */
  Optional<String> loginByUsername() {
    return parsed(UserField.USERNAME, username);
  }

  private static Optional<String> parsed(UserField<String> field, String text) {
    try {
      return Optional.of(field.parseText(text));
    } catch (InvalidValueException e) {
      return Optional.empty();
    }
  }
}
