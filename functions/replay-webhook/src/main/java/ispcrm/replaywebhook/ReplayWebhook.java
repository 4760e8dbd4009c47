package ispcrm.replaywebhook;

import ispcrm.access.Endpoint;
import ispcrm.history.Event;
import ispcrm.history.EventType;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.ErrorCode;
import ispcrm.idempotency.Idempotency;
import ispcrm.senders.Senders;
import ispcrm.webhooks.Deliveries;
import ispcrm.webhooks.Due;
import ispcrm.webhooks.Webhook;
import ispcrm.webhooks.Webhooks;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * {@code POST /api/v1/webhooks/{id}/replay}: delivers events again, either some or all since a
 * time, and does not wait for it.
 */
public final class ReplayWebhook implements Function<ApiRequest, ApiResponse> {
  private static final String NOT_REPLAYED = "Nothing is delivered again";

  private final Webhooks webhooks;
  private final Deliveries deliveries;
  private final History history;
  private final Senders senders;
  private final Idempotency idempotency;
  private final InstantSource clock;

  public ReplayWebhook(
      Webhooks webhooks,
      Deliveries deliveries,
      History history,
      Senders senders,
      Idempotency idempotency,
      InstantSource clock) {
    this.webhooks = webhooks;
    this.deliveries = deliveries;
    this.history = history;
    this.senders = senders;
    this.idempotency = idempotency;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 if the body is invalid, naming every invalid field, if there is no
   *     event with one of the ids, or if the Idempotency-Key is invalid; 422 if that was used with
   *     another body; 404 if no webhook has the id; 409 if the webhook is disabled
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    Instant now = clock.instant();
    ReplayRequest replay = new ReplayRequest(request.json(), now);
    refuse(replay.errors());
    Webhook webhook = webhooks.of(request).requireActive();
    List<Due> work =
        replay.events().isEmpty() ? List.of(since(replay, webhook, now)) : events(replay, now);
    return idempotency.once(
        Endpoint.REPLAY_WEBHOOK, request, writes -> deliver(webhook, work, request, writes));
  }

  private static void refuse(Map<String, String> errors) {
    if (!errors.isEmpty()) {
      throw new ApiException(ErrorCode.INVALID_FIELDS, NOT_REPLAYED + " - see errors.", errors);
    }
  }

  private static Due since(ReplayRequest replay, Webhook webhook, Instant now) {
    Set<EventType> types = replay.types().isEmpty() ? webhook.types() : replay.types();
    return Due.replay(
        now,
        "replay-" + Webhooks.newId(),
        new Due.Replay(types, replay.since().orElseThrow(), now, null));
  }

  private List<Due> events(ReplayRequest replay, Instant now) {
    List<Due> work = new ArrayList<>();
    Map<String, String> errors = new LinkedHashMap<>();
    for (String id : replay.events()) {
      Optional<Event> event = history.find(id);
      if (event.isEmpty()) {
        errors.put("events", "there is no event " + id);
      } else {
        work.add(Due.event(now, event.get()));
      }
    }
    refuse(errors);
    return work;
  }

  private ApiResponse deliver(
      Webhook webhook, List<Due> work, ApiRequest request, Idempotency.Writes writes) {
    ApiResponse response =
        ApiResponse.single(
            202,
            Map.of("id", webhook.id()),
            Map.of("deliveries", request.links().deliveries(webhook.id())));
    deliveries.writeNew(
        writes.with(webhook.id(), () -> response, deliveries.add(webhook.id(), work)));
    senders.start(webhook.id());
    return response;
  }
}
