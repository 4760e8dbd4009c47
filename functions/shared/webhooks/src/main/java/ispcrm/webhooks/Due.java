package ispcrm.webhooks;

import ispcrm.history.Event;
import ispcrm.history.EventType;
import ispcrm.history.History;
import java.time.Instant;
import java.util.Set;

/**
 * Work for the sender of a webhook's messages.
 *
 * @param at when it is due
 * @param id the id of the message
 * @param type the type of the message, such as {@code user.created}
 * @param place where the event is; null if the message is a test, or if this is a replay
 * @param replay null if this is a message
 * @param attempts how many have failed
 */
public record Due(
    Instant at, String id, String type, History.Place place, Replay replay, int attempts) {
  /** The type of a test. */
  public static final String TEST = "webhook.test";

  /**
   * Events to be delivered again.
   *
   * @param after the end of the page of the history that was read last; null before the first one
   */
  public record Replay(Set<EventType> types, Instant since, Instant until, String after) {}

  /** An event, due at a time. */
  public static Due event(Instant at, Event event) {
    return new Due(at, event.id(), event.type().toString(), event.place(), null, 0);
  }

  /** A replay, due at once. */
  public static Due replay(Instant now, String id, Replay replay) {
    return new Due(now, id, "replay", null, replay, 0);
  }

  /** A test, due at once. */
  public static Due test(Instant now, String id) {
    return new Due(now, id, TEST, null, null, 0);
  }

  /** Since when it waits: of an event, since it happened. */
  public Instant since() {
    return place == null ? at : Event.time(id);
  }

  /** The next attempt. */
  public Due again(Instant next) {
    return new Due(next, id, type, place, replay, attempts + 1);
  }

  /** What remains of a replay. */
  public Due from(String after) {
    return new Due(
        at,
        id,
        type,
        null,
        new Replay(replay.types(), replay.since(), replay.until(), after),
        attempts);
  }
}
