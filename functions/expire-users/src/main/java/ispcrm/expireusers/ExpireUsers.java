package ispcrm.expireusers;

import ispcrm.access.Actor;
import ispcrm.gateway.CallLog;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.users.Status;
import ispcrm.users.UpdateUserRequest;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Sets active users to expired when their expiration passes, and erases the history of deleted
 * users if delete-user was interrupted. A schedule invokes it. Its cost depends on how much there
 * is to do, and not on the number of users. Each user is one transaction, after which there is
 * nothing left to do for this user, so a run that is interrupted is continued by the next one.
 */
public final class ExpireUsers implements Function<Instant, ExpireUsers.Run> {
  private static final UpdateUserRequest EXPIRY =
      new UpdateUserRequest(Map.of("status", Status.EXPIRED.toString()));

  private static final int BATCH = 100;

  private final Users users;
  private final History history;
  private final boolean isExpiring;
  private final InstantSource clock;

  /**
   * @param isExpiring whether users expire; if not, deletions are completed nevertheless
   */
  public ExpireUsers(Users users, History history, boolean isExpiring, InstantSource clock) {
    this.users = users;
    this.history = history;
    this.isExpiring = isExpiring;
    this.clock = clock;
  }

  /** What a run has done. */
  public record Run(int expired, int erased) {}

  /**
   * Does what is to be done, and leaves the rest to the next run. A fault with one user is logged
   * and does not keep the others waiting.
   *
   * @param deadline when the run ends at the latest
   * @throws IllegalStateException if there was something to do, and nothing succeeded
   */
  @Override
  public Run apply(Instant deadline) {
    Faults faults = new Faults();
    int expired = isExpiring ? expire(deadline, faults) : 0;
    int erased = erase(deadline, faults);
    if (faults.count > 0 && expired + erased == 0) {
      throw new IllegalStateException(
          "nothing succeeded for the %d users who are due".formatted(faults.count));
    }
    return new Run(expired, erased);
  }

  private int expire(Instant deadline, Faults faults) {
    int expired = 0;
    String after = null;
    do {
      Users.DuePage page = users.due(clock.instant(), after, BATCH);
      for (User user : page.users()) {
        if (!clock.instant().isBefore(deadline)) {
          return expired;
        }
        // A user who was changed meanwhile is left to the next run.
        if (faults.succeeds(user.id(), () -> expire(user))) {
          expired++;
        }
      }
      after = page.next();
    } while (after != null);
    return expired;
  }

  private boolean expire(User user) {
    // The time of each write, because a list of changes holds back only the last seconds.
    Instant now = clock.instant();
    if (user.status() != Status.ACTIVE) {
      return false; // Somebody has changed the item by hand, which leaves the keys of the index.
    }
    User expired = EXPIRY.apply(user, now.truncatedTo(ChronoUnit.SECONDS));
    Entry entry =
        Entry.of(
            user.id(),
            Action.EXPIRED,
            now,
            Actor.SCHEDULE,
            user.settableFields(),
            expired.settableFields());
    return users.update(user, expired, history.add(entry)).isEmpty();
  }

  private int erase(Instant deadline, Faults faults) {
    Set<String> tried = new HashSet<>();
    int erased = 0;
    List<String> pending;
    do {
      // The index may lag, and a failed erasure stays at the front.
      pending = users.pendingErasures(BATCH + tried.size()).stream().filter(tried::add).toList();
      for (String id : pending) {
        if (!clock.instant().isBefore(deadline)) {
          return erased;
        }
        if (faults.succeeds(id, () -> erase(id, deadline))) {
          erased++;
        }
      }
    } while (!pending.isEmpty());
    return erased;
  }

  private boolean erase(String id, Instant deadline) {
    boolean isComplete = history.erase(id, Duration.between(clock.instant(), deadline));
    if (isComplete) {
      users.completeErasure(id);
    }
    return isComplete;
  }

  /** Counts and logs the faults of single users. */
  private static final class Faults {
    private int count;

    private interface Step {
      boolean isDone();
    }

    boolean succeeds(String user, Step step) {
      try {
        return step.isDone();
      } catch (RuntimeException e) {
        count++;
        CallLog.current().fault("expire-users failed for the user " + user, e);
        return false;
      }
    }
  }
}
