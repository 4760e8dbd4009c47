package ispcrm.webhooks;

import ispcrm.history.EventType;
import ispcrm.http.ApiException;
import ispcrm.http.ErrorCode;
import ispcrm.values.Timestamps;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Where events are sent, and how that goes.
 *
 * @param types what is sent; empty for everything
 * @param description null if there is none
 * @param disabledReason why nothing is sent; null if something is
 * @param base what the links in events begin with
 */
public record Webhook(
    String id,
    String url,
    Set<EventType> types,
    String description,
    Payload payload,
    String disabledReason,
    String base,
    Instant createdAt,
    Instant updatedAt,
    Health health) {

  /** What its client wants. */
  static final String BY_CLIENT = "a client disabled it";

  /**
   * How the deliveries go.
   *
   * @param lastSuccess when one succeeded; null if none has
   * @param failingSince when the first one failed after the last success; null if none has
   * @param nextAttempt when something is tried again; null if nothing is
   */
  public record Health(Instant lastSuccess, Instant failingSince, Instant nextAttempt) {
    static final Health UNKNOWN = new Health(null, null, null);
  }

  /** Whether events are sent to it. */
  public boolean isActive() {
    return disabledReason == null;
  }

  /**
   * Returns this webhook.
   *
   * @throws ApiException 409 if nothing is sent to it
   */
  public Webhook requireActive() {
    if (!isActive()) {
      throw new ApiException(
          ErrorCode.WEBHOOK_DISABLED,
          "Nothing was sent - the webhook is disabled; set its status to active first.");
    }
    return this;
  }

  /** Whether events of this type are sent to it. */
  public boolean wants(EventType type) {
    return isActive() && (types.isEmpty() || types.contains(type));
  }

  /** The same at the time of a change. */
  Webhook updated(Instant now) {
    return new Webhook(
        id, url, types, description, payload, disabledReason, base, createdAt, now, health);
  }

  /** Every field as the API shows it, in the API's order, including nulls. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", id);
    map.put("url", url);
    map.put("types", types.isEmpty() ? null : types.stream().map(EventType::toString).toList());
    map.put("description", description);
    map.put("payload", payload.toString());
    map.put("status", isActive() ? "active" : "disabled");
    map.put("disabled_reason", disabledReason);
    map.put("last_success_at", format(health.lastSuccess));
    map.put("failing_since", format(health.failingSince));
    map.put("next_attempt_at", format(health.nextAttempt));
    map.put("created_at", format(createdAt));
    map.put("updated_at", format(updatedAt));
    return map;
  }

  private static String format(Instant time) {
    return time == null ? null : Timestamps.format(time);
  }
}
