package ispcrm.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * The time by which the event that this thread handles must have its result. No caller waits longer
 * than the limits of the authorizer and of a function together, whatever happens to DynamoDB, and
 * Lambda never ends a function before it has responded.
 */
public final class Deadline {
  /** How long an endpoint takes at most. */
  public static final Duration OF_ENDPOINTS = Duration.ofMillis(3500);

  /** How long the authorizer takes at most, before an endpoint begins. */
  public static final Duration OF_AUTHORIZER = Duration.ofSeconds(2);

  /** What is left to write the result, of the time that Lambda grants. */
  private static final Duration RESERVE = Duration.ofSeconds(1);

  private static final ThreadLocal<Long> END = new ThreadLocal<>();

  private Deadline() {}

  /** Begins with an event: it has this time, or less if Lambda grants less. */
  static void begin(Duration limit, Context context) {
    Duration granted = Duration.ofMillis(context.getRemainingTimeInMillis()).minus(RESERVE);
    END.set(System.nanoTime() + (granted.compareTo(limit) < 0 ? granted : limit).toNanos());
  }

  static void end() {
    END.remove();
  }

  /** Does a part of a longer event's work, with this time of its own, in a thread without any. */
  public static <T> T within(Duration limit, Supplier<T> work) {
    END.set(System.nanoTime() + limit.toNanos());
    try {
      return work.get();
    } finally {
      END.remove();
    }
  }

  /**
   * The time that is left, which is negative after the deadline. Outside of an event, such as while
   * a function is primed, it is the whole time of an endpoint.
   */
  public static Duration remaining() {
    Long end = END.get();
    return end == null ? OF_ENDPOINTS : Duration.ofNanos(end - System.nanoTime());
  }
}
