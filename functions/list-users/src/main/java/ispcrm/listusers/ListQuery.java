package ispcrm.listusers;

import ispcrm.gateway.ApiException;
import ispcrm.users.InvalidValueException;
import ispcrm.users.UserField;
import ispcrm.users.Users;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What the query string of a list asks for.
 *
 * @param after the key of the last user of the previous page; null for the first page
 * @param limit the maximum number of users on the page, 1 to 200
 */
record ListQuery(Users.Filter filter, String after, int limit) {
  private static final List<String> PARAMETERS =
      List.of("status", "username", "customer_id", "q", "limit", "cursor");
  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 200;
  private static final Pattern POSITIVE_INTEGER = Pattern.compile("0*[1-9][0-9]*");

  /**
   * @throws ApiException 400 naming every invalid parameter: a mistyped filter must never return
   *     every user
   */
  static ListQuery parse(Map<String, List<String>> query) {
    Map<String, String> errors = new LinkedHashMap<>();
    query.forEach(
        (name, values) -> {
          if (!PARAMETERS.contains(name)) {
            errors.put(
                name,
                "is not a known parameter; the known parameters are "
                    + String.join(", ", PARAMETERS));
          } else if (values.size() > 1) {
            errors.put(name, "is repeated");
          }
        });
    Users.Filter filter =
        new Users.Filter(
            parse(query, "status", UserField.STATUS, errors),
            parse(query, "username", UserField.USERNAME, errors),
            parse(query, "customer_id", UserField.CUSTOMER_ID, errors),
            parse(query, "q", UserField.USERNAME, errors));
    String limit = value(query, "limit");
    if (limit != null && !POSITIVE_INTEGER.matcher(limit).matches()) {
      errors.putIfAbsent(
          "limit",
          "must be an integer of at least 1; a value above " + MAX_LIMIT + " means " + MAX_LIMIT);
    }
    if (!errors.isEmpty()) {
      throw new ApiException(
          400, "invalid_parameter", "Invalid query parameters: see errors.", errors);
    }
    String cursor = value(query, "cursor");
    return new ListQuery(
        filter, cursor == null ? null : Cursor.decode(filter, cursor), limit(limit));
  }

  private static <T> T parse(
      Map<String, List<String>> query,
      String name,
      UserField<T> field,
      Map<String, String> errors) {
    String value = value(query, name);
    try {
      return value == null ? null : field.parse(value);
    } catch (InvalidValueException e) {
      errors.putIfAbsent(name, e.getMessage());
      return null;
    }
  }

  private static String value(Map<String, List<String>> query, String name) {
    return query.containsKey(name) ? query.get(name).get(0) : null;
  }

  private static int limit(String text) {
    if (text == null) {
      return DEFAULT_LIMIT;
    }
    String digits = text.replaceFirst("^0+", "");
    return digits.length() > 3 ? MAX_LIMIT : Math.min(Integer.parseInt(digits), MAX_LIMIT);
  }
}
