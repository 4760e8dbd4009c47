package ispcrm.listdeliveries;

import ispcrm.access.Endpoint;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.ListQuery;
import ispcrm.webhooks.Deliveries;
import ispcrm.webhooks.Delivery;
import ispcrm.webhooks.Webhook;
import ispcrm.webhooks.Webhooks;
import java.util.function.Function;

/**
 * {@code GET /api/v1/webhooks/{id}/deliveries}: the attempts to deliver something to a webhook,
 * newest first, in pages.
 */
public final class ListDeliveries implements Function<ApiRequest, ApiResponse> {
  private final Webhooks webhooks;
  private final Deliveries deliveries;

  public ListDeliveries(Webhooks webhooks, Deliveries deliveries) {
    this.webhooks = webhooks;
    this.deliveries = deliveries;
  }

  /**
   * @throws ApiException 400 if a parameter is unknown, repeated or malformed, or if the cursor
   *     does not come from this list; 404 if no webhook has the id
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    ListQuery query = new ListQuery(request, Endpoint.LIST_DELIVERIES);
    query.check();
    Webhook webhook = webhooks.of(request);
    Deliveries.Page page =
        deliveries.list(
            webhook.id(), query.after(webhook.id(), Deliveries.Page.NEXT), query.limit());
    return query.page(
        "deliveries",
        page.deliveries().stream().map(Delivery::toMap).toList(),
        request.links().deliveries(webhook.id()),
        webhook.id(),
        page.next());
  }
}
