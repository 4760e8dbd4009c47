package ispcrm.getwebhook;

import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.webhooks.Webhook;
import ispcrm.webhooks.Webhooks;
import java.util.Map;
import java.util.function.Function;

/** {@code GET /api/v1/webhooks/{id}}: one webhook, with its health. */
public final class GetWebhook implements Function<ApiRequest, ApiResponse> {
  private final Webhooks webhooks;

  public GetWebhook(Webhooks webhooks) {
    this.webhooks = webhooks;
  }

  /**
   * @throws ApiException 404 if no webhook has the id
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    Webhook webhook = webhooks.of(request);
    return ApiResponse.single(
        200, webhook.toMap(), Map.of("self", request.links().webhook(webhook.id())));
  }
}
