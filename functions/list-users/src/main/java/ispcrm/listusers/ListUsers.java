package ispcrm.listusers;

import ispcrm.access.Endpoint;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.Links;
import ispcrm.http.ListQuery;
import ispcrm.runtime.Deadline;
import ispcrm.users.Status;
import ispcrm.users.UserField;
import ispcrm.users.Users;
import ispcrm.values.InvalidValueException;
import ispcrm.values.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code GET /api/v1/users}: users in pages, filtered, in the order of the filter. */
public final class ListUsers implements Function<ApiRequest, ApiResponse> {
  private static final String STATUS = "status";
  private static final String USERNAME = "username";
  private static final String CUSTOMER_ID = "customer_id";
  private static final String PREFIX = "q";
  private static final String NAME = "name";
  private static final String MAC_ADDRESS = "mac";
  private static final String PROFILE_ID = "profile_id";
  private static final String RADIUS_ID = "radius_id";
  private static final String EXPIRES_BEFORE = "expires_before";
  private static final String UPDATED_SINCE = "updated_since";

  private static final String FIELDS = "fields";
  private static final String LINKS = "_links";

  private static final List<String> FILTERS =
      Endpoint.LIST_USERS.parameters().stream()
          .filter(name -> !Set.of(FIELDS, "limit", "cursor").contains(name))
          .toList();

  /** What an entry consists of, and so what {@value #FIELDS} can name. */
  private static final List<String> ENTRY_FIELDS =
      Stream.concat(UserField.IN_LISTS.stream().map(UserField::toString), Stream.of(LINKS))
          .toList();

  private static final Set<String> COMBINABLE = Set.of(STATUS, USERNAME, CUSTOMER_ID, PREFIX);

  /**
   * Changes that are more recent are held back from a list of changes. A function notes the time of
   * a change before the write, which ends by {@link Deadline#OF_ENDPOINTS}, also if the schedule
   * writes; a request that is delivered late can take some seconds more, and the index shows the
   * change a moment later. A client that has seen a later change would miss it.
   */
  private static final Duration HELD_BACK = Duration.ofSeconds(15);

  private final Users users;
  private final InstantSource clock;

  public ListUsers(Users users, InstantSource clock) {
    this.users = users;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 if a parameter is unknown, repeated or malformed, if filters cannot be
   *     combined, or if the cursor does not come from this list
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
        filter instanceof Users.UpdatedBetween changes && isComplete
            ? Map.of("updated_until", Timestamps.format(changes.to()))
            : Map.of(),
        links.users(),
        filterText,
        page.next());
  }

  /**
   * The filter that the parameters describe. If one of them is invalid, the result is arbitrary,
   * and the query has an error.
   */
  private Users.Filter filter(ListQuery query) {
    Users.ByUsername byUsername =
        new Users.ByUsername(
            parse(query, STATUS, UserField.STATUS),
            parse(query, USERNAME, UserField.USERNAME),
            parse(query, CUSTOMER_ID, UserField.CUSTOMER_ID),
            parse(query, PREFIX, UserField.USERNAME));
    String name = parse(query, NAME, UserField.NAME);
    String macAddress = parse(query, MAC_ADDRESS, UserField.MAC_ADDRESS);
    Long profileId = parse(query, PROFILE_ID, UserField.PROFILE_ID);
    Long radiusId = parse(query, RADIUS_ID, UserField.RADIUS_ID);
    Instant expiresBefore = parse(query, EXPIRES_BEFORE, UserField.EXPIRATION);
    Instant updatedSince = parse(query, UPDATED_SINCE, UserField.UPDATED_AT);
    checkCombination(query, byUsername.status());
    if (name != null) {
      return new Users.ByName(name);
    }
    if (macAddress != null) {
      return new Users.ByValue<>(UserField.MAC_ADDRESS, macAddress);
    }
    if (profileId != null) {
      return new Users.ByValue<>(UserField.PROFILE_ID, profileId);
    }
    if (radiusId != null) {
      return new Users.ByValue<>(UserField.RADIUS_ID, radiusId);
    }
    if (expiresBefore != null) {
      return new Users.ExpiresBefore(expiresBefore);
    }
    if (updatedSince != null) {
      return new Users.UpdatedBetween(updatedSince, clock.instant().minus(HELD_BACK));
    }
    return byUsername;
  }

  /**
   * @param status the value of the parameter; null if it is absent or invalid
   */
  private static void checkCombination(ListQuery query, Status status) {
    List<String> given = FILTERS.stream().filter(name -> query.value(name) != null).toList();
    boolean isExpiryOfActive =
        Set.copyOf(given).equals(Set.of(STATUS, EXPIRES_BEFORE))
            && (status == null || status == Status.ACTIVE);
    if (given.size() == 1 || COMBINABLE.containsAll(given) || isExpiryOfActive) {
      return;
    }
    for (String name : given) {
      Set<String> others = new TreeSet<>(given);
      others.remove(name);
      query.addError(
          name,
          "cannot be combined with "
              + String.join(", ", others)
              + "; only status, username, customer_id and q can be combined with each other, and"
              + " expires_before with status=active");
    }
  }

  private static <T> T parse(ListQuery query, String name, UserField<T> field) {
    String value = query.value(name);
    try {
      return value == null ? null : field.parseText(value);
    } catch (InvalidValueException e) {
      query.addError(
          name,
          e.getMessage()
              + (isWithPlus(value, field) ? "; in a query, write a plus sign as %2B" : ""));
      return null;
    }
  }

  /**
   * Whether the value would be valid if its last space were the plus sign that it may stand for.
   */
  private static boolean isWithPlus(String value, UserField<?> field) {
    int space = value.lastIndexOf(' ');
    if (space < 0) {
      return false;
    }
    try {
      field.parseText(value.substring(0, space) + "+" + value.substring(space + 1));
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
    Map<String, Object> values = new LinkedHashMap<>();
    if (filter instanceof Users.ByUsername byUsername) {
      values.put(STATUS, byUsername.status());
      values.put(USERNAME, byUsername.username());
      values.put(CUSTOMER_ID, byUsername.customerId());
      values.put(PREFIX, byUsername.usernamePrefix());
    } else if (filter instanceof Users.ByName byName) {
      values.put(NAME, byName.prefix());
    } else if (filter instanceof Users.ByValue<?> byValue) {
      values.put(byValue.field().toString(), byValue.value());
    } else if (filter instanceof Users.ExpiresBefore expiresBefore) {
      values.put(EXPIRES_BEFORE, Timestamps.format(expiresBefore.time()));
    } else {
      values.put(UPDATED_SINCE, Timestamps.format(((Users.UpdatedBetween) filter).from()));
    }
    values.values().removeIf(Objects::isNull);
    return values.entrySet().stream()
        .map(value -> value.getKey() + "=" + value.getValue())
        .collect(Collectors.joining("&"))
        // Filters are equal regardless of case.
        .toLowerCase(Locale.ROOT);
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
