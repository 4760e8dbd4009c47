package ispcrm.replaywebhook;

import ispcrm.history.EventType;
import ispcrm.history.History;
import ispcrm.values.Timestamps;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A client's request to deliver events again: every field checked, and every error noted. */
final class ReplayRequest {
  private static final int MAX_EVENTS = 50;
  private static final String SINCE = "since";
  private static final String TYPES = "types";
  private static final String EVENTS = "events";

  private final Map<String, Object> body;
  private final Map<String, String> errors = new LinkedHashMap<>();

  ReplayRequest(Map<String, Object> body, Instant now) {
    this.body = body;
    if (body.containsKey(EVENTS) == body.containsKey(SINCE)) {
      errors.put(EVENTS, "must be set, or since must be, and not both");
    } else if (body.containsKey(EVENTS)) {
      checkEvents(body.get(EVENTS));
    } else if (since().isEmpty() || since().get().isAfter(now)) {
      errors.put(SINCE, "must be a time in the past such as 2026-01-31 13:00:00");
    }
    if (body.get(TYPES) != null && EventType.parseList(body.get(TYPES)).isEmpty()) {
      errors.putIfAbsent(
          TYPES, "must be a list of types of events, or null for those of the webhook");
    }
    body.keySet().stream()
        .filter(field -> !Set.of(EVENTS, SINCE, TYPES).contains(field))
        .forEach(
            field ->
                errors.put(
                    field, "is not a known field; the known fields are events, since, types"));
  }

  private void checkEvents(Object events) {
    if (!(events instanceof List<?> list)
        || list.isEmpty()
        || list.size() > MAX_EVENTS
        || !list.stream().allMatch(ReplayRequest::isId)) {
      errors.put(EVENTS, "must be a list of 1 to %d ids of events".formatted(MAX_EVENTS));
    }
    if (body.get(TYPES) != null) {
      errors.put(TYPES, "can be set together with since only");
    }
  }

  private static boolean isId(Object id) {
    return id instanceof String text && History.Page.NEXT.matcher(text).matches();
  }

  /** What is wrong with each invalid field; empty if the request can be carried out. */
  Map<String, String> errors() {
    return Collections.unmodifiableMap(errors);
  }

  /** The ids of the events; empty if {@link #since} is set. */
  List<String> events() {
    return body.get(EVENTS) instanceof List<?> list
        ? list.stream().map(String.class::cast).distinct().toList()
        : List.of();
  }

  /** Since when events are delivered again. */
  Optional<Instant> since() {
    return body.get(SINCE) instanceof String text ? Timestamps.parse(text) : Optional.empty();
  }

  /** The types of the events; empty for those of the webhook. */
  Set<EventType> types() {
    return EventType.parseList(body.get(TYPES)).orElse(Set.of());
  }
}
