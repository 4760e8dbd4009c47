package ispcrm.listusers;

import ispcrm.gateway.ApiException;
import ispcrm.users.User;
import ispcrm.users.UserRules;
import ispcrm.users.Users;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What the query string of a list asks for.
 *
 * @param after the key of the last user of the page before, or null for the first page
 * @param limit how many users a page holds, 1 to 200
 */
record ListQuery(Users.Filter filter, String after, int limit) {
  private static final List<String> PARAMETERS =
      List.of("status", "username", "customer_id", "q", "limit", "cursor");
  private static final int USUAL_LIMIT = 50;
  private static final int MOST = 200;
  private static final Pattern POSITIVE = Pattern.compile("0*[1-9][0-9]*");

  /**
   * @throws ApiException 400 naming every parameter at fault: a mistyped filter must never return
   *     everybody
   */
  static ListQuery of(Map<String, List<String>> query) {
    Map<String, String> faults = new LinkedHashMap<>();
    query.forEach(
        (name, values) -> {
          if (!PARAMETERS.contains(name)) {
            faults.put(name, "is not a parameter of this list; these are: " + PARAMETERS);
          } else if (values.size() > 1) {
            faults.put(name, "stands more than once");
          }
        });
    String status = value(query, "status");
    if (status != null) {
      status = status.toLowerCase(Locale.ROOT);
      if (!User.STATUSES.contains(status)) {
        faults.putIfAbsent("status", "must be one of " + String.join(", ", User.STATUSES));
      }
    }
    String username = value(query, "username");
    if (username != null && !UserRules.isUsername(username)) {
      faults.putIfAbsent("username", UserRules.USERNAME_FORM);
    }
    String customerId = value(query, "customer_id");
    if (customerId != null && !UserRules.isCustomerId(customerId)) {
      faults.putIfAbsent("customer_id", UserRules.CUSTOMER_ID_FORM);
    }
    String start = value(query, "q");
    if (start != null && !UserRules.isUsername(start)) {
      faults.putIfAbsent("q", "must be the start of a username, which " + UserRules.USERNAME_FORM);
    }
    String limit = value(query, "limit");
    if (limit != null && !POSITIVE.matcher(limit).matches()) {
      faults.putIfAbsent("limit", "must be a number from 1 to " + MOST);
    }
    if (!faults.isEmpty()) {
      throw new ApiException(
          400, "invalid_parameter", "The list was not made - see errors.", faults);
    }
    Users.Filter filter = new Users.Filter(status, username, customerId, start);
    String cursor = value(query, "cursor");
    return new ListQuery(
        filter, cursor == null ? null : Cursor.decode(filter, cursor), limit(limit));
  }

  private static String value(Map<String, List<String>> query, String name) {
    return query.containsKey(name) ? query.get(name).get(0) : null;
  }

  private static int limit(String text) {
    if (text == null) {
      return USUAL_LIMIT;
    }
    String digits = text.replaceFirst("^0+", "");
    return digits.length() > 3 ? MOST : Math.min(Integer.parseInt(digits), MOST);
  }
}
