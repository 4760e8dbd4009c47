package ispcrm.senddeliveries;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** When an attempt that failed is repeated. */
final class Backoff {
  private static final List<Duration> PAUSES =
      List.of(
          Duration.ofSeconds(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          Duration.ofHours(2),
          Duration.ofHours(5),
          Duration.ofHours(10),
          Duration.ofHours(10));

  /** The longest pause that a receiver can ask for. */
  private static final Duration MAX_ASKED = Duration.ofHours(24);

  /** By how much a pause differs at most, so that receivers do not get everything at once. */
  private static final double JITTER = 0.2;

  private Backoff() {}

  /**
   * The time of the next attempt; empty if there is none.
   *
   * @param failed how many attempts have failed, at least 1
   * @param asked the pause that the receiver asks for; null if it does not
   */
  static Optional<Instant> next(int failed, Instant now, Duration asked) {
    if (failed > PAUSES.size()) {
      return Optional.empty();
    }
    double factor = ThreadLocalRandom.current().nextDouble(1 - JITTER, 1 + JITTER);
    Instant next = now.plusMillis(Math.round(PAUSES.get(failed - 1).toMillis() * factor));
    if (asked == null) {
      return Optional.of(next);
    }
    Instant later = now.plus(asked.compareTo(MAX_ASKED) > 0 ? MAX_ASKED : asked);
    return Optional.of(later.isAfter(next) ? later : next);
  }
}
