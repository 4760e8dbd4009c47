package ispcrm.senddeliveries;

import ispcrm.dynamodb.FilteredPage;
import ispcrm.dynamodb.Item;
import ispcrm.history.Event;
import ispcrm.history.History;
import ispcrm.runtime.CallLog;
import ispcrm.webhooks.Deliveries;
import ispcrm.webhooks.Deliveries.Task;
import ispcrm.webhooks.Delivery;
import ispcrm.webhooks.Destinations;
import ispcrm.webhooks.Due;
import ispcrm.webhooks.Webhook;
import ispcrm.webhooks.Webhooks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Sends what is due to one webhook, until nothing is. It is the only one that does so for this
 * webhook, so a receiver gets few requests at a time. Every attempt is noted in the transaction
 * that ends or postpones the work, so whatever stops it, nothing is lost, and at most what was
 * being sent is sent again.
 */
public final class SendDeliveries implements Function<String, SendDeliveries.Run> {
  /** How long a run takes at most, and an attempt longer. */
  static final Duration LIMIT = Duration.ofSeconds(45);

  /** How many requests a receiver gets at the same time. */
  private static final int PARALLEL = 10;

  /** Longer than a round of attempts takes. If a sender dies, another one waits for so long. */
  private static final Duration LEASE = Duration.ofSeconds(20);

  /** How long a receiver may fail. */
  private static final Duration MAX_FAILING = Duration.ofDays(5);

  /** How many events of a replay become work at once. */
  private static final int PAGE = 50;

  private static final int GONE = 410;

  private final Webhooks webhooks;
  private final Deliveries deliveries;
  private final History history;
  private final Receiver receiver;
  private final InstantSource clock;
  private final Duration patience;

  /**
   * @param patience for how long it waits for the next attempt, because a schedule comes once a
   *     minute only
   */
  public SendDeliveries(
      Webhooks webhooks,
      Deliveries deliveries,
      History history,
      Destinations destinations,
      InstantSource clock,
      Duration patience) {
    this.webhooks = webhooks;
    this.deliveries = deliveries;
    this.history = history;
    this.receiver = new Receiver(destinations);
    this.clock = clock;
    this.patience = patience;
  }

  /** What a run has done. */
  public record Run(int delivered, int failed) {
    private Run plus(Run other) {
      return new Run(delivered + other.delivered, failed + other.failed);
    }
  }

  /**
   * Sends what is due, and leaves the rest to the next run.
   *
   * @param id of the webhook; nothing happens if there is none, or if another sender is at work
   */
  @Override
  public Run apply(String id) {
    String owner = Webhooks.newId();
    Instant end = clock.instant().plus(LIMIT);
    ExecutorService threads = Executors.newFixedThreadPool(PARALLEL);
    Run run = new Run(0, 0);
    try {
      // What becomes due while this sender stops may have found it at work still.
      while (clock.instant().isBefore(end)
          && waitForWork(id, owner, end)
          && deliveries.acquire(id, Task.SENDING, owner, clock.instant(), LEASE)) {
        try {
          Optional<Run> round = round(id, threads);
          if (round.isEmpty()) {
            break;
          }
          run = run.plus(round.get());
        } finally {
          deliveries.acquire(id, Task.SENDING, owner, clock.instant(), Duration.ZERO);
        }
      }
      return run;
    } finally {
      threads.shutdownNow();
    }
  }

  /**
   * Waits until something is due, if that is soon. Only one sender does, so a receiver that fails
   * occupies no more, however much there is to send to it.
   */
  private boolean waitForWork(String id, String owner, Instant end) {
    List<Due> next = deliveries.next(id, 1);
    Instant now = clock.instant();
    if (next.isEmpty()) {
      return false;
    }
    Instant due = next.get(0).at();
    if (due.isAfter(now.plus(patience)) || due.isAfter(end)) {
      return false;
    }
    Duration pause = Duration.between(now, due);
    if (pause.toMillis() <= 0) {
      return true;
    }
    if (!deliveries.acquire(id, Task.WAITING, owner, now, pause)) {
      return false;
    }
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for work", e);
    }
    return true;
  }

  /** Does some work; empty if nothing is sent to the webhook. */
  private Optional<Run> round(String id, ExecutorService threads) {
    Webhook webhook = webhooks.find(id).filter(Webhook::isActive).orElse(null);
    List<String> secrets = webhooks.secrets(id);
    if (webhook == null || secrets.isEmpty()) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    List<Due> work =
        deliveries.next(id, PARALLEL).stream().filter(due -> !due.at().isAfter(now)).toList();
    CallLog log = CallLog.current();
    List<Future<Optional<Delivery>>> attempts = new ArrayList<>();
    for (Due due : work) {
      attempts.add(threads.submit(() -> attempt(webhook, secrets, due, log)));
    }
    List<Delivery> done = new ArrayList<>();
    for (Future<Optional<Delivery>> attempt : attempts) {
      get(attempt).ifPresent(done::add);
    }
    note(webhook, done);
    int delivered = (int) done.stream().filter(Delivery::isSuccess).count();
    return Optional.of(new Run(delivered, done.size() - delivered));
  }

  private static <T> T get(Future<T> result) {
    try {
      return result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during a round", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Does one piece of work; empty if there was nothing to send. */
  private Optional<Delivery> attempt(Webhook webhook, List<String> secrets, Due due, CallLog log) {
    if (due.replay() != null) {
      replay(webhook, due);
      return Optional.empty();
    }
    Instant begin = clock.instant();
    Receiver.Result result;
    try {
      Optional<Message> message =
          due.place() == null
              ? Optional.of(Message.test(due, webhook))
              : Item.unlessBroken(() -> history.find(due.place()))
                  .map(event -> Message.of(event, webhook));
      result =
          message.isEmpty()
              ? new Receiver.Result(null, "the event is no longer kept", null)
              : receiver.send(
                  webhook.url(),
                  message.get().body(),
                  message.get().headers(secrets, clock.instant()));
    } catch (RuntimeException e) {
      log.fault("send-deliveries failed for the event " + due.id(), e);
      result = new Receiver.Result(null, "an internal error", null);
    }
    Instant end = clock.instant();
    Delivery delivery = delivery(due, result, begin, end);
    deliveries.note(webhook.id(), due, delivery);
    return Optional.of(delivery);
  }

  private static Delivery delivery(Due due, Receiver.Result result, Instant begin, Instant end) {
    int attempt = due.attempts() + 1;
    Delivery delivery =
        new Delivery(
            begin,
            due.id(),
            due.type(),
            attempt,
            result.status(),
            result.reason(),
            Duration.between(begin, end).toMillis(),
            null);
    return delivery.isSuccess()
        ? delivery
        : delivery.next(Backoff.next(attempt, end, result.pause()).orElse(null));
  }

  /** Turns a page of the history into work. */
  private void replay(Webhook webhook, Due due) {
    Due.Replay replay = due.replay();
    FilteredPage<Event> page =
        history.events(
            new History.EventFilter(replay.types(), null, replay.since(), replay.until()),
            replay.after(),
            PAGE);
    Instant now = clock.instant();
    deliveries.continueReplay(
        webhook.id(),
        due,
        page.next(),
        page.matches().stream().map(event -> Due.event(now, event)).toList());
  }

  /** Notes how it goes, and stops if that is what the receiver wants, or if it fails for long. */
  private void note(Webhook webhook, List<Delivery> done) {
    if (done.isEmpty()) {
      return;
    }
    Instant now = clock.instant();
    boolean hasSuccess = done.stream().anyMatch(Delivery::isSuccess);
    Instant failingSince =
        hasSuccess
            ? null
            : webhook.health().failingSince() == null ? now : webhook.health().failingSince();
    List<Due> next = deliveries.next(webhook.id(), 1);
    webhooks.note(
        webhook.id(),
        new Webhook.Health(
            hasSuccess ? now : webhook.health().lastSuccess(),
            failingSince,
            next.isEmpty() ? null : next.get(0).at()));
    if (done.stream().anyMatch(delivery -> Integer.valueOf(GONE).equals(delivery.status()))) {
      disable(webhook, "the receiver responded 410 Gone");
    } else if (failingSince != null && failingSince.plus(MAX_FAILING).isBefore(now)) {
      disable(webhook, "nothing was delivered for five days");
    }
  }

  /** The template counts this message, and its alarm goes off. */
  private void disable(Webhook webhook, String reason) {
    webhooks.disable(webhook.id(), reason);
    CallLog.current()
        .warn("A webhook was disabled: %s, because %s".formatted(webhook.id(), reason));
  }
}
