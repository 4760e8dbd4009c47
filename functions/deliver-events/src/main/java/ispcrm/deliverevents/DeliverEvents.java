package ispcrm.deliverevents;

import ispcrm.dynamodb.Item;
import ispcrm.history.Event;
import ispcrm.history.History;
import ispcrm.runtime.CallLog;
import ispcrm.senders.Senders;
import ispcrm.webhooks.Deliveries;
import ispcrm.webhooks.Due;
import ispcrm.webhooks.Webhook;
import ispcrm.webhooks.Webhooks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Finds what is to be sent to webhooks: for new entries of the history, which its stream brings, it
 * writes down the work, so that nothing is lost, and then starts the senders. A schedule makes it
 * look for work whose time has come.
 */
public final class DeliverEvents
    implements Function<DeliverEvents.NewEntries, DeliverEvents.Outcome> {
  /** How much of a webhook's work is looked at to find its oldest event. */
  private static final int MAX_LOOKED_AT = 100;

  private final Webhooks webhooks;
  private final Deliveries deliveries;
  private final History history;
  private final Senders senders;
  private final InstantSource clock;

  public DeliverEvents(
      Webhooks webhooks,
      Deliveries deliveries,
      History history,
      Senders senders,
      InstantSource clock) {
    this.webhooks = webhooks;
    this.deliveries = deliveries;
    this.history = history;
    this.senders = senders;
    this.clock = clock;
  }

  /**
   * A new entry of the history.
   *
   * @param sequence its number in the stream
   */
  public record NewEntry(String sequence, History.Place place) {}

  /** New entries of the history, in the order of the stream. */
  public record NewEntries(List<NewEntry> list) {}

  /**
   * What came of new entries.
   *
   * @param failed the number of the first one that is to be tried again, with all that follow; null
   *     if there is none
   */
  public record Outcome(String failed) {}

  /**
   * What a look for work has found.
   *
   * @param started how many senders were started
   * @param oldestSeconds how old the oldest event is that was not delivered; 0 if there is none
   */
  public record Run(int started, int oldestSeconds) {}

  /**
   * Writes down what is to be sent because of new entries, and starts the senders. Doing it again
   * for an entry changes nothing, unless its event was delivered, which is then delivered again.
   */
  @Override
  public Outcome apply(NewEntries entries) {
    List<Webhook> active = webhooks.list().stream().filter(Webhook::isActive).toList();
    if (active.isEmpty()) {
      return new Outcome(null);
    }
    List<Deliveries.Work> work = new ArrayList<>();
    Set<String> written = new TreeSet<>();
    String first = null;
    try {
      for (NewEntry entry : entries.list) {
        first = first == null ? entry.sequence : first;
        Optional<Event> event = Item.unlessBroken(() -> history.find(entry.place));
        for (Webhook webhook : active) {
          if (event.filter(found -> webhook.wants(found.type())).isPresent()) {
            work.add(new Deliveries.Work(webhook.id(), due(event.get())));
            written.add(webhook.id());
          }
        }
        if (work.size() > Deliveries.MAX_WRITES - Webhooks.MAX) {
          deliveries.write(work);
          work.clear();
          first = null;
        }
      }
      if (!work.isEmpty()) {
        deliveries.write(work);
      }
      return new Outcome(null);
    } catch (RuntimeException e) {
      CallLog.current().fault("deliver-events failed", e);
      return new Outcome(first);
    } finally {
      written.forEach(senders::start);
    }
  }

  /** Due at the time of the change, so that the same entry is always the same work. */
  private static Due due(Event event) {
    return Due.event(event.time(), event);
  }

  /** Starts the senders that have work whose time has come. A fault with one delays no other. */
  public Run look() {
    Instant now = clock.instant();
    int started = 0;
    Instant oldest = now;
    for (Webhook webhook : webhooks.list()) {
      if (!webhook.isActive()) {
        continue;
      }
      try {
        List<Due> work = deliveries.next(webhook.id(), MAX_LOOKED_AT);
        if (!work.isEmpty() && !work.get(0).at().isAfter(now)) {
          senders.start(webhook.id());
          started++;
        }
        for (Due due : work) {
          Instant since = due.since();
          oldest = since.isBefore(oldest) ? since : oldest;
        }
      } catch (RuntimeException e) {
        CallLog.current().fault("deliver-events failed for the webhook " + webhook.id(), e);
      }
    }
    return new Run(started, Math.toIntExact(Duration.between(oldest, now).toSeconds()));
  }
}
