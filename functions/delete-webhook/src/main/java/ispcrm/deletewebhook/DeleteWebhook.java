package ispcrm.deletewebhook;

import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.values.Timestamps;
import ispcrm.webhooks.Webhook;
import ispcrm.webhooks.Webhooks;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** {@code DELETE /api/v1/webhooks/{id}}: deletes a webhook with its secret. */
public final class DeleteWebhook implements Function<ApiRequest, ApiResponse> {
  private final Webhooks webhooks;
  private final InstantSource clock;

  public DeleteWebhook(Webhooks webhooks, InstantSource clock) {
    this.webhooks = webhooks;
    this.clock = clock;
  }

  /**
   * @throws ApiException 404 if no webhook has the id
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    Webhook webhook = webhooks.of(request);
    if (!webhooks.delete(webhook.id())) {
      throw ApiException.notFound("webhook");
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("id", webhook.id());
    data.put("deleted_at", Timestamps.format(clock.instant()));
    return ApiResponse.single(200, data, Map.of("root", request.links().root()));
  }
}
