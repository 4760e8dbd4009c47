package ispcrm.testwebhook;

import ispcrm.access.Endpoint;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.idempotency.Idempotency;
import ispcrm.senders.Senders;
import ispcrm.webhooks.Deliveries;
import ispcrm.webhooks.Due;
import ispcrm.webhooks.Webhook;
import ispcrm.webhooks.Webhooks;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** {@code POST /api/v1/webhooks/{id}/test}: sends a {@value Due#TEST}, and does not wait for it. */
public final class TestWebhook implements Function<ApiRequest, ApiResponse> {
  private final Webhooks webhooks;
  private final Deliveries deliveries;
  private final Senders senders;
  private final Idempotency idempotency;
  private final InstantSource clock;

  public TestWebhook(
      Webhooks webhooks,
      Deliveries deliveries,
      Senders senders,
      Idempotency idempotency,
      InstantSource clock) {
    this.webhooks = webhooks;
    this.deliveries = deliveries;
    this.senders = senders;
    this.idempotency = idempotency;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 if the Idempotency-Key is invalid; 404 if no webhook has the id; 409
   *     if the webhook is disabled
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    Webhook webhook = webhooks.of(request).requireActive();
    return idempotency.once(
        Endpoint.TEST_WEBHOOK, request, writes -> send(webhook, request, writes));
  }

  private ApiResponse send(Webhook webhook, ApiRequest request, Idempotency.Writes writes) {
    Due test = Due.test(clock.instant(), "test-" + Webhooks.newId());
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("event", test.id());
    data.put("type", test.type());
    ApiResponse response =
        ApiResponse.single(
            202, data, Map.of("deliveries", request.links().deliveries(webhook.id())));
    deliveries.writeNew(
        writes.with(webhook.id(), () -> response, deliveries.add(webhook.id(), List.of(test))));
    senders.start(webhook.id());
    return response;
  }
}
