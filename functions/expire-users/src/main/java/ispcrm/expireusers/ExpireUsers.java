package ispcrm.expireusers;

import ispcrm.access.Actor;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.idempotency.Idempotency;
import ispcrm.runtime.CallLog;
import ispcrm.runtime.Deadline;
import ispcrm.tokens.Tokens;
import ispcrm.users.Status;
import ispcrm.users.UpdateUserRequest;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Completes the erasure of deleted users, and sets active customers to expired when their
 * expiration passes. A schedule invokes it. Its cost depends on how much there is to do, and not on
 * the number of users. Each user is one step, after which there is nothing left to do for this
 * user, so a run that is interrupted is continued by the next one.
 */
public final class ExpireUsers implements Function<Duration, ExpireUsers.Run> {
  private static final UpdateUserRequest EXPIRY =
      new UpdateUserRequest(Map.of("status", Status.EXPIRED.toString()));

  private static final int BATCH = 100;

  /** How many users are changed at the same time, because a step mostly waits for DynamoDB. */
  private static final int THREADS = 8;

  /**
   * How long after a deletion its erasure is completed. By then, the indexes show every copy, also
   * one that was made right before the deletion.
   */
  private static final Duration INDEX_LAG = Duration.ofMinutes(1);

  private final Users users;
  private final Tokens tokens;
  private final History history;
  private final Idempotency idempotency;
  private final boolean isExpiring;
  private final InstantSource clock;

  /** Users who were changed meanwhile, perhaps in an earlier run. */
  private final Set<String> refused = ConcurrentHashMap.newKeySet();

  /**
   * @param isExpiring whether customers expire; if not, deletions are completed nevertheless
   */
  public ExpireUsers(
      Users users,
      Tokens tokens,
      History history,
      Idempotency idempotency,
      boolean isExpiring,
      InstantSource clock) {
    this.users = users;
    this.tokens = tokens;
    this.history = history;
    this.idempotency = idempotency;
    this.isExpiring = isExpiring;
    this.clock = clock;
  }

  /** What a run has done. */
  public record Run(int expired, int erased) {}

  /**
   * Does what is to be done, and leaves the rest to the next run. Erasures come first, but take at
   * most half of the time, so that neither kind delays the other for long. A fault with one user is
   * logged and does not keep the others waiting.
   *
   * @param limit how long the run takes at most
   * @throws IllegalStateException if there was something to do, and nothing succeeded
   */
  @Override
  public Run apply(Duration limit) {
    Instant begin = clock.instant();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      Steps steps = new Steps(threads, CallLog.current());
      int erased = erase(begin.plus(limit.dividedBy(2)), steps);
      int expired = isExpiring ? expire(begin.plus(limit), steps) : 0;
      if (steps.faults.get() > 0 && expired + erased == 0) {
        throw new IllegalStateException(
            "nothing succeeded for the %d users who are due".formatted(steps.faults.get()));
      }
      return new Run(expired, erased);
    } finally {
      threads.shutdownNow();
    }
  }

  private int expire(Instant deadline, Steps steps) {
    int expired = 0;
    String after = null;
    do {
      Users.DuePage page = users.due(clock.instant(), after, BATCH);
      expired +=
          steps.count(
              page.ids(),
              id ->
                  isBefore(deadline)
                      // A list of changes holds back only the last 15 seconds.
                      && Deadline.within(Deadline.OF_ENDPOINTS, () -> expire(id, steps.log())));
      after = page.next();
    } while (after != null && isBefore(deadline));
    return expired;
  }

  /** A user who is changed meanwhile is left to the next run. */
  private boolean expire(String id, CallLog log) {
    Instant now = clock.instant();
    Optional<User> due =
        users
            .findDue(id, now)
            // Somebody has changed the item by hand, which leaves the keys of the index.
            .filter(user -> user.status() == Status.ACTIVE);
    if (due.isEmpty()) {
      return false;
    }
    User expired = EXPIRY.apply(due.get(), now.truncatedTo(ChronoUnit.SECONDS));
    Entry entry =
        Entry.of(
            id,
            Action.EXPIRED,
            now,
            Actor.SCHEDULE,
            due.get().settableFields(),
            expired.settableFields());
    boolean isExpired = users.update(due.get(), expired, history.add(entry)).isEmpty();
    if (isExpired) {
      refused.remove(id);
    } else if (!refused.add(id)) {
      log.error("The user " + id + " is due, but was not as it was read in two runs.");
    }
    return isExpired;
  }

  private int erase(Instant deadline, Steps steps) {
    Set<String> tried = new HashSet<>();
    int erased = 0;
    List<String> pending;
    do {
      // The index may lag, and a failed erasure stays at the front.
      pending =
          users.pendingErasures(clock.instant().minus(INDEX_LAG), BATCH + tried.size()).stream()
              .filter(tried::add)
              .toList();
      erased += steps.count(pending, id -> isBefore(deadline) && erase(id, deadline));
    } while (!pending.isEmpty() && isBefore(deadline));
    return erased;
  }

  private boolean erase(String id, Instant deadline) {
    tokens.erase(id, clock.instant());
    idempotency.erase(id);
    boolean isComplete = history.erase(id, Duration.between(clock.instant(), deadline));
    if (isComplete) {
      users.completeErasure(id);
    }
    return isComplete;
  }

  private boolean isBefore(Instant deadline) {
    return clock.instant().isBefore(deadline);
  }

  /** Takes steps for several users at a time, and counts and logs the faults of single users. */
  private record Steps(ExecutorService threads, CallLog log, AtomicInteger faults) {
    Steps(ExecutorService threads, CallLog log) {
      this(threads, log, new AtomicInteger());
    }

    /** For how many of the users a step was successful. */
    int count(List<String> ids, Predicate<String> step) {
      List<Future<Boolean>> results = new ArrayList<>();
      ids.forEach(id -> results.add(threads.submit(() -> succeeds(id, step))));
      int count = 0;
      for (Future<Boolean> result : results) {
        count += get(result) ? 1 : 0;
      }
      return count;
    }

    private boolean succeeds(String id, Predicate<String> step) {
      try {
        return step.test(id);
      } catch (RuntimeException e) {
        faults.incrementAndGet();
        log.fault("expire-users failed for the user " + id, e);
        return false;
      }
    }

    private static boolean get(Future<Boolean> result) {
      try {
        return result.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted during a run", e);
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
  }
}
