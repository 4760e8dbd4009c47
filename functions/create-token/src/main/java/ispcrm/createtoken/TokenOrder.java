package ispcrm.createtoken;

import ispcrm.tokens.Scope;
import ispcrm.users.UserRules;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A token as a client asks for it: read from the JSON of a request, every fault noted. */
final class TokenOrder {
  private static final List<String> FIELDS =
      List.of("user", "description", "scopes", "expires_in_days");
  private static final int MOST_CHARACTERS = 200;

  private final Map<String, Object> body;
  private final Map<String, String> faults = new LinkedHashMap<>();

  private final String user;
  private final String description;
  private final List<String> scopes;
  private final int days;

  TokenOrder(Map<String, Object> body, int usualDays, int mostDays) {
    this.body = body;
    user = user();
    description = description();
    scopes = scopes();
    days = days(usualDays, mostDays);
    for (String field : body.keySet()) {
      if (!FIELDS.contains(field)) {
        faults.put(field, "is not a field of a new token; these are: " + FIELDS);
      }
    }
  }

  Map<String, String> faults() {
    return Collections.unmodifiableMap(faults);
  }

  /** The id of the user that the token is for. */
  String userId() {
    return user;
  }

  /** What the token is for, or null. */
  String purpose() {
    return description;
  }

  /** The scopes asked for, or null where the client leaves them to the user's role. */
  List<String> askedScopes() {
    return scopes;
  }

  int lifeInDays() {
    return days;
  }

  private String user() {
    if (body.get("user") instanceof String id && !id.isEmpty()) {
      return id;
    }
    faults.put("user", "must be given: the id of the user that the token is for");
    return null;
  }

  private String description() {
    Object value = body.get("description");
    if (value == null) {
      return null;
    }
    if (!(value instanceof String text)
        || text.codePointCount(0, text.length()) > MOST_CHARACTERS
        || !UserRules.isPlain(text)) {
      faults.put(
          "description",
          "must be text of up to " + MOST_CHARACTERS + " characters without control characters");
      return null;
    }
    return text.isBlank() ? null : text;
  }

  private List<String> scopes() {
    Object value = body.get("scopes");
    if (value == null) {
      return null;
    }
    List<String> asked = new ArrayList<>();
    boolean wrong = !(value instanceof List<?> list) || list.isEmpty();
    if (!wrong) {
      for (Object scope : (List<?>) value) {
        wrong |= !Scope.ALL.contains(scope) || asked.contains(scope);
        asked.add(String.valueOf(scope));
      }
    }
    if (wrong) {
      faults.put("scopes", "must be one or more of " + Scope.ALL + ", each once");
    }
    return asked;
  }

  private int days(int usual, int most) {
    Object value = body.get("expires_in_days");
    if (value == null) {
      return usual;
    }
    if (value instanceof Integer days && days >= 1 && days <= most) {
      return days;
    }
    faults.put("expires_in_days", "must be an integer from 1 to " + most);
    return usual;
  }
}
