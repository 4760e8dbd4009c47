package ispcrm.updatewebhook;

import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.ErrorCode;
import ispcrm.webhooks.Destinations;
import ispcrm.webhooks.Webhook;
import ispcrm.webhooks.WebhookRequest;
import ispcrm.webhooks.Webhooks;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Function;

/** {@code PATCH /api/v1/webhooks/{id}}: changes a webhook, all or nothing. */
public final class UpdateWebhook implements Function<ApiRequest, ApiResponse> {
  private final Webhooks webhooks;
  private final Destinations destinations;
  private final InstantSource clock;

  public UpdateWebhook(Webhooks webhooks, Destinations destinations, InstantSource clock) {
    this.webhooks = webhooks;
    this.destinations = destinations;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 if the patch is invalid, naming every field at fault; 404 if no
   *     webhook has the id
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    Map<String, Object> patch = request.mergePatch();
    Webhook before = webhooks.of(request);
    WebhookRequest update = new WebhookRequest(patch, before, destinations);
    if (!update.errors().isEmpty()) {
      throw new ApiException(
          ErrorCode.INVALID_FIELDS, "The webhook was not changed - see errors.", update.errors());
    }
    Webhook after =
        update.change(request.links().base(), clock.instant().truncatedTo(ChronoUnit.SECONDS));
    if (!webhooks.update(before, after)) {
      throw ApiException.notFound("webhook");
    }
    return ApiResponse.single(
        200, after.toMap(), Map.of("self", request.links().webhook(after.id())));
  }
}
