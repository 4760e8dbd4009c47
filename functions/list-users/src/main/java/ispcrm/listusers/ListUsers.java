package ispcrm.listusers;

import ispcrm.access.Endpoint;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.Links;
import ispcrm.http.ListQuery;
import ispcrm.users.UserField;
import ispcrm.users.UserFilter;
import ispcrm.users.Users;
import ispcrm.values.InvalidValueException;
import ispcrm.values.Timestamps;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code GET /api/v1/users}: users in pages, filtered, in the order of the filter. */
public final class ListUsers implements Function<ApiRequest, ApiResponse> {
  private static final String FIELDS = "fields";
  private static final String LINKS = "_links";

  /** What an entry consists of, and so what {@value #FIELDS} can name. */
  private static final List<String> ENTRY_FIELDS =
      Stream.concat(UserField.IN_LISTS.stream().map(UserField::toString), Stream.of(LINKS))
          .toList();

  private final Users users;
  private final InstantSource clock;

  public ListUsers(Users users, InstantSource clock) {
    this.users = users;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 if a parameter is unknown, repeated or malformed, if a list of changes
   *     is filtered, or if the cursor does not come from this list
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    ListQuery query = new ListQuery(request, Endpoint.LIST_USERS);
    Users.Filter filter = filter(query);
    List<String> fields = fields(query);
    query.check();
    String filterText = text(filter);
    Users.Page page = users.list(filter, query.after(filterText, Users.Page.NEXT), query.limit());
    Links links = request.links();
    boolean isComplete = page.next() == null;
    return query.page(
        "users",
        page.users().stream().map(user -> entry(user, fields, links)).toList(),
        isComplete && filter.conditions().containsKey(UserFilter.UPDATED_SINCE)
            ? Map.of("updated_until", Timestamps.format(filter.until()))
            : Map.of(),
        links.users(),
        filterText,
        page.next());
  }

  /** The filter that the parameters describe, without those that have an error in the query. */
  private Users.Filter filter(ListQuery query) {
    SortedMap<UserFilter, Object> conditions = new TreeMap<>();
    for (UserFilter filter : UserFilter.values()) {
      String value = query.value(filter.toString());
      if (value == null) {
        continue;
      }
      try {
        conditions.put(filter, filter.parse(value));
      } catch (InvalidValueException e) {
        query.addError(
            filter.toString(),
            e.getMessage()
                + (isWithPlus(value, filter) ? "; in a query, write a plus sign as %2B" : ""));
      }
    }
    if (conditions.containsKey(UserFilter.UPDATED_SINCE) && conditions.size() > 1) {
      query.addError(
          UserFilter.UPDATED_SINCE.toString(),
          "cannot be combined with other filters, because a user who no longer matches them would"
              + " disappear without notice");
    }
    return new Users.Filter(conditions, clock.instant().minus(ListQuery.HELD_BACK));
  }

  /**
   * Whether the value would be valid if its last space were the plus sign that it may stand for.
   */
  private static boolean isWithPlus(String value, UserFilter filter) {
    int space = value.lastIndexOf(' ');
    if (space < 0) {
      return false;
    }
    try {
      filter.parse(value.substring(0, space) + "+" + value.substring(space + 1));
      return true;
    } catch (InvalidValueException e) {
      return false;
    }
  }

  /** The fields that entries are to have; all of them if the client does not choose. */
  private static List<String> fields(ListQuery query) {
    String value = query.value(FIELDS);
    if (value == null) {
      return ENTRY_FIELDS;
    }
    List<String> names = List.of(value.split(",", -1));
    if (!ENTRY_FIELDS.containsAll(names)) {
      query.addError(
          FIELDS,
          "must be one or more of "
              + String.join(", ", ENTRY_FIELDS)
              + ", separated by commas without spaces");
    }
    return names;
  }

  /**
   * The same text for equal filters, which changes neither as time passes nor with a release,
   * because cursors depend on it.
   */
  private static String text(Users.Filter filter) {
    return filter.conditions().entrySet().stream()
        .map(condition -> condition.getKey() + "=" + condition.getValue())
        .collect(Collectors.joining("&"));
  }

  /** A deleted user is always shown whole, because a client could not recognize it otherwise. */
  private static Map<String, Object> entry(Users.Summary user, List<String> fields, Links links) {
    if (user.isDeleted()) {
      return user.fields();
    }
    Map<String, Object> entry = user.fields();
    entry.put(LINKS, Map.of("self", links.user(user.id())));
    entry.keySet().retainAll(fields);
    return entry;
  }
}
