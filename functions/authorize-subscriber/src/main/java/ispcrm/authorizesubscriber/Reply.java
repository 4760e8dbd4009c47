package ispcrm.authorizesubscriber;

import ispcrm.http.ApiResponse;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The response to a RADIUS server, in the form that FreeRADIUS's module rlm_rest applies: an object
 * with the attributes to set in the lists {@code control} and {@code reply}.
 *
 * @see <a href="https://www.freeradius.org/documentation/freeradius-server/3.2.9/">FreeRADIUS 3.2,
 *     rlm_rest</a>
 */
final class Reply {
  private static final String AUTH_TYPE = "control:Auth-Type";

  private final Decision decision;
  private final Map<String, Object> attributes = new LinkedHashMap<>();

  private Reply(Decision decision) {
    this.decision = decision;
    set("control:CRM-Decision", decision.toString());
  }

  /** The response for a subscriber whose router has to prove that it knows the password. */
  static Reply withPassword(Decision decision, String password) {
    return new Reply(decision).set("control:Cleartext-Password", password);
  }

  /** The response for a subscriber who needs no password. */
  static Reply withoutPassword(Decision decision) {
    return new Reply(decision).set(AUTH_TYPE, "Accept");
  }

  /** The response for a login that is rejected. */
  static Reply rejection(Decision decision) {
    return new Reply(decision).set(AUTH_TYPE, "Reject");
  }

  Decision decision() {
    return decision;
  }

  /** Names the subscriber in the accounting records of the session. */
  Reply ofUser(String id) {
    String hex = HexFormat.of().formatHex(id.getBytes(StandardCharsets.UTF_8));
    return reply("Class", "0x" + hex);
  }

  /** What the subscriber may read. */
  Reply message(String text) {
    return reply("Reply-Message", text);
  }

  Reply sessionTimeout(long seconds) {
    return reply("Session-Timeout", Long.toString(seconds));
  }

  /**
   * Adds what the router is told.
   *
   * @param value a text or a list of texts
   */
  Reply reply(String attribute, Object value) {
    return set("reply:" + attribute, value);
  }

  /**
   * rlm_rest would execute %{…} in a value that it may expand, and it takes a backslash for the
   * beginning of an escape in any value.
   */
  private Reply set(String attribute, Object value) {
    List<?> values = value instanceof List<?> list ? list : List.of(value);
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("op", ":=");
    form.put("do_xlat", false);
    form.put("value", values.stream().map(text -> ((String) text).replace("\\", "\\\\")).toList());
    attributes.put(attribute, form);
    return this;
  }

  ApiResponse toResponse() {
    return ApiResponse.json(200, attributes);
  }
}
