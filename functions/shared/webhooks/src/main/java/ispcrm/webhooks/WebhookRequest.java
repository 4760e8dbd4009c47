package ispcrm.webhooks;

import ispcrm.history.EventType;
import ispcrm.values.Characters;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A client's request to create a webhook, or to change one with a JSON Merge Patch: every field
 * checked, and every error noted.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7396">RFC 7396, JSON Merge Patch</a>
 */
public final class WebhookRequest {
  private static final List<String> FIELDS =
      List.of("description", "payload", "status", "types", "url");

  private static final int MAX_DESCRIPTION = 200;

  private final Map<String, Object> body;
  private final Webhook before;
  private final Map<String, String> errors = new LinkedHashMap<>();

  /**
   * @param body the request's JSON
   * @param before the webhook as it is; null if the request creates it
   */
  public WebhookRequest(Map<String, Object> body, Webhook before, Destinations destinations) {
    this.body = body;
    this.before = before;
    if (body.containsKey("url") || before == null) {
      note("url", destinations.fault(body.get("url")));
    }
    if (body.get("types") != null && EventType.parseList(body.get("types")).isEmpty()) {
      note("types", "must be a list of " + EventType.names() + "; or null for all");
    }
    if (body.get("description") != null
        && !(body.get("description") instanceof String text
            && Characters.areLine(text, MAX_DESCRIPTION))) {
      note("description", Characters.lineRule(MAX_DESCRIPTION) + ", or null");
    }
    if (body.containsKey("payload") && Payload.of(body.get("payload")).isEmpty()) {
      note("payload", "must be full or thin");
    }
    if (body.containsKey("status") && !isActive() && !"disabled".equals(body.get("status"))) {
      note("status", "must be active or disabled");
    }
    Map<String, Object> known = before == null ? Map.of() : before.toMap();
    body.forEach(
        (field, value) -> {
          if (!FIELDS.contains(field) && !isUnchanged(known, field, value)) {
            note(
                field,
                known.containsKey(field)
                    ? "is read-only; the system sets it"
                    : "is not a known field; the known fields are " + String.join(", ", FIELDS));
          }
        });
  }

  private static boolean isUnchanged(Map<String, Object> known, String field, Object value) {
    return known.containsKey(field) && Objects.equals(known.get(field), value);
  }

  private void note(String field, String fault) {
    if (fault != null) {
      errors.put(field, fault);
    }
  }

  /** What is wrong with each invalid field; empty if the request can be carried out. */
  public Map<String, String> errors() {
    return Collections.unmodifiableMap(errors);
  }

  /**
   * The new webhook.
   *
   * @param base what the links in events begin with
   */
  public Webhook create(String id, String base, Instant now) {
    return new Webhook(
        id,
        (String) body.get("url"),
        types(),
        (String) body.get("description"),
        body.containsKey("payload") ? payload() : Payload.FULL,
        "disabled".equals(body.get("status")) ? Webhook.BY_CLIENT : null,
        base,
        now,
        now,
        Webhook.Health.UNKNOWN);
  }

  /**
   * The webhook after the request; the same object if nothing would change. A webhook that becomes
   * active begins with a new health.
   *
   * @param base what the links in events begin with
   */
  public Webhook change(String base, Instant now) {
    boolean isStarted = isActive() && !before.isActive();
    String disabledReason = before.disabledReason();
    if (body.containsKey("status")) {
      disabledReason =
          isActive() ? null : Objects.requireNonNullElse(disabledReason, Webhook.BY_CLIENT);
    }
    Webhook after =
        new Webhook(
            before.id(),
            body.containsKey("url") ? (String) body.get("url") : before.url(),
            body.containsKey("types") ? types() : before.types(),
            body.containsKey("description")
                ? (String) body.get("description")
                : before.description(),
            body.containsKey("payload") ? payload() : before.payload(),
            disabledReason,
            base,
            before.createdAt(),
            before.updatedAt(),
            isStarted ? Webhook.Health.UNKNOWN : before.health());
    return after.equals(before) ? before : after.updated(now);
  }

  private boolean isActive() {
    return "active".equals(body.get("status"));
  }

  private Payload payload() {
    return Payload.of(body.get("payload")).orElseThrow();
  }

  private Set<EventType> types() {
    return EventType.parseList(body.get("types")).orElse(Set.of());
  }
}
