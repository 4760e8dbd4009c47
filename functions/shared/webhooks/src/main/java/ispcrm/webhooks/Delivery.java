package ispcrm.webhooks;

import ispcrm.values.Timestamps;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An attempt to deliver a message.
 *
 * @param event the id of the message
 * @param type the type of the message
 * @param attempt 1 for the first one
 * @param status the status of the response; null if there was none
 * @param reason why it failed; null if the status says it, or if it succeeded
 * @param milliseconds how long it took
 * @param nextAttempt when it is tried again; null if it is not
 */
public record Delivery(
    Instant at,
    String event,
    String type,
    int attempt,
    Integer status,
    String reason,
    long milliseconds,
    Instant nextAttempt) {
  private static final int OK = 200;
  private static final int AFTER_OK = 300;

  /** Whether the receiver has the message. */
  public boolean isSuccess() {
    return status != null && status >= OK && status < AFTER_OK;
  }

  /** The same with another attempt that follows. */
  public Delivery next(Instant time) {
    return new Delivery(at, event, type, attempt, status, reason, milliseconds, time);
  }

  /** Every field as the API shows it, in the API's order, including nulls. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("event", event);
    map.put("type", type);
    map.put("at", Timestamps.format(at));
    map.put("attempt", attempt);
    map.put("result", isSuccess() ? "delivered" : "failed");
    map.put("status", status);
    map.put("reason", reason);
    map.put("duration_ms", milliseconds);
    map.put("next_attempt_at", nextAttempt == null ? null : Timestamps.format(nextAttempt));
    return map;
  }
}
