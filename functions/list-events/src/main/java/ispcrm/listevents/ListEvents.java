package ispcrm.listevents;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.FilteredPage;
import ispcrm.history.Event;
import ispcrm.history.EventType;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.ListQuery;
import ispcrm.users.UserField;
import ispcrm.users.Users;
import ispcrm.values.InvalidValueException;
import ispcrm.values.Timestamps;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** {@code GET /api/v1/events}: what happened to all users and profiles, oldest first, in pages. */
public final class ListEvents implements Function<ApiRequest, ApiResponse> {
  private static final String TYPE = "type";
  private static final String USER = "user";
  private static final String SINCE = "since";

  private final History history;
  private final Users users;
  private final InstantSource clock;

  public ListEvents(History history, Users users, InstantSource clock) {
    this.history = history;
    this.users = users;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 if a parameter is unknown, repeated or malformed, or if the cursor
   *     does not come from this list; 404 if there are no events of the user, and no user has the
   *     id
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    ListQuery query = new ListQuery(request, Endpoint.LIST_EVENTS);
    Instant until = clock.instant().minus(ListQuery.HELD_BACK);
    History.EventFilter filter =
        new History.EventFilter(
            types(query),
            value(query, USER, UserField.ID),
            value(query, SINCE, UserField.UPDATED_AT),
            until);
    query.check();
    String filterText = text(filter);
    FilteredPage<Event> page =
        history.events(filter, query.after(filterText, History.Page.NEXT), query.limit());
    boolean isComplete = page.next() == null;
    if (isComplete && page.matches().isEmpty() && filter.user() != null) {
      requireKnown(filter.user());
    }
    return query.page(
        "events",
        page.matches().stream().map(event -> event.toMap(request.links())).toList(),
        isComplete ? Map.of("updated_until", Timestamps.format(until)) : Map.of(),
        request.links().to(Endpoint.LIST_EVENTS),
        filterText,
        page.next());
  }

  private void requireKnown(String user) {
    if (users.find(user).isEmpty() && history.list(user, null, 1).entries().isEmpty()) {
      throw ApiException.notFound(USER);
    }
  }

  private static Set<EventType> types(ListQuery query) {
    Set<EventType> types = EnumSet.noneOf(EventType.class);
    String value = query.value(TYPE);
    if (value == null) {
      return types;
    }
    for (String name : value.split(",", -1)) {
      Optional<EventType> type = EventType.of(name);
      if (type.isEmpty()) {
        query.addError(
            TYPE,
            "must be one or more of " + EventType.names() + ", separated by commas without spaces");
        return types;
      }
      types.add(type.get());
    }
    return types;
  }

  private static <T> T value(ListQuery query, String name, UserField<T> rule) {
    String value = query.value(name);
    if (value == null) {
      return null;
    }
    try {
      return rule.parseText(value);
    } catch (InvalidValueException e) {
      query.addError(name, e.getMessage());
      return null;
    }
  }

  /** The same text for equal filters, because cursors depend on it. */
  private static String text(History.EventFilter filter) {
    return "type=%s&user=%s&since=%s".formatted(filter.types(), filter.user(), filter.since());
  }
}
