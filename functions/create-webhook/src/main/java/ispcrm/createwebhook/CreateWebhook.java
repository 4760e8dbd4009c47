package ispcrm.createwebhook;

import ispcrm.access.Endpoint;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.ErrorCode;
import ispcrm.idempotency.Idempotency;
import ispcrm.webhooks.Destinations;
import ispcrm.webhooks.Secret;
import ispcrm.webhooks.Webhook;
import ispcrm.webhooks.WebhookRequest;
import ispcrm.webhooks.Webhooks;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** {@code POST /api/v1/webhooks}: creates a webhook, and shows its secret once. */
public final class CreateWebhook implements Function<ApiRequest, ApiResponse> {
  private static final String NOT_CREATED = "The webhook was not created";

  private final Webhooks webhooks;
  private final Destinations destinations;
  private final Idempotency idempotency;
  private final InstantSource clock;

  public CreateWebhook(
      Webhooks webhooks, Destinations destinations, Idempotency idempotency, InstantSource clock) {
    this.webhooks = webhooks;
    this.destinations = destinations;
    this.idempotency = idempotency;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 if the body is invalid, naming every invalid field, or the
   *     Idempotency-Key is; 422 if that was used with another body; 409 if there are as many
   *     webhooks as there can be
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    WebhookRequest create = new WebhookRequest(request.json(), null, destinations);
    if (!create.errors().isEmpty()) {
      throw new ApiException(
          ErrorCode.INVALID_FIELDS, NOT_CREATED + " - see errors.", create.errors());
    }
    return idempotency.once(
        Endpoint.CREATE_WEBHOOK, request, writes -> create(create, request, writes));
  }

  private ApiResponse create(WebhookRequest create, ApiRequest request, Idempotency.Writes writes) {
    Webhook webhook =
        create.create(
            Webhooks.newId(),
            request.links().base(),
            clock.instant().truncatedTo(ChronoUnit.SECONDS));
    String secret = Secret.generate();
    boolean isCreated =
        webhooks.create(
            webhook, secret, writes.with(webhook.id(), () -> response(webhook, null, request)));
    if (!isCreated) {
      throw new ApiException(
          ErrorCode.TOO_MANY_WEBHOOKS,
          NOT_CREATED + " - there are %d, the most there can be.".formatted(Webhooks.MAX));
    }
    return response(webhook, secret, request);
  }

  /**
   * @param secret null if it is not shown
   */
  private static ApiResponse response(Webhook webhook, String secret, ApiRequest request) {
    Map<String, Object> data = new LinkedHashMap<>(webhook.toMap());
    if (secret != null) {
      data.put("secret", secret);
    }
    String self = request.links().webhook(webhook.id());
    return ApiResponse.single(201, data, Map.of("self", self)).with("Location", self);
  }
}
