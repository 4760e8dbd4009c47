package ispcrm.rotatewebhooksecret;

import ispcrm.access.Endpoint;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.idempotency.Idempotency;
import ispcrm.webhooks.Secret;
import ispcrm.webhooks.Webhook;
import ispcrm.webhooks.Webhooks;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * {@code POST /api/v1/webhooks/{id}/rotate-secret}: replaces the secret, and shows the new one
 * once.
 */
public final class RotateWebhookSecret implements Function<ApiRequest, ApiResponse> {
  private final Webhooks webhooks;
  private final Idempotency idempotency;

  public RotateWebhookSecret(Webhooks webhooks, Idempotency idempotency) {
    this.webhooks = webhooks;
    this.idempotency = idempotency;
  }

  /**
   * @throws ApiException 400 if the Idempotency-Key is invalid; 404 if no webhook has the id
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    Webhook webhook = webhooks.of(request);
    return idempotency.once(
        Endpoint.ROTATE_WEBHOOK_SECRET,
        request,
        writes -> {
          String secret = Secret.generate();
          if (!webhooks.rotate(
              webhook.id(),
              secret,
              writes.with(webhook.id(), () -> response(webhook.id(), null, request)))) {
            throw ApiException.notFound("webhook");
          }
          return response(webhook.id(), secret, request);
        });
  }

  /**
   * @param secret null if it is not shown
   */
  private static ApiResponse response(String webhook, String secret, ApiRequest request) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("id", webhook);
    if (secret != null) {
      data.put("secret", secret);
    }
    return ApiResponse.single(200, data, Map.of("webhook", request.links().webhook(webhook)));
  }
}
