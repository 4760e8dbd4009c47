package ispcrm.listwebhooks;

import ispcrm.access.Endpoint;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.Links;
import ispcrm.http.ListQuery;
import ispcrm.webhooks.Webhook;
import ispcrm.webhooks.Webhooks;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** {@code GET /api/v1/webhooks}: webhooks in pages, in the order of their ids. */
public final class ListWebhooks implements Function<ApiRequest, ApiResponse> {
  private final Webhooks webhooks;

  public ListWebhooks(Webhooks webhooks) {
    this.webhooks = webhooks;
  }

  /**
   * @throws ApiException 400 if a parameter is unknown, repeated or malformed, or if the cursor
   *     does not come from this list
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    ListQuery query = new ListQuery(request, Endpoint.LIST_WEBHOOKS);
    query.check();
    String after = query.after("", Webhooks.ID);
    List<Webhook> following =
        webhooks.list().stream()
            .filter(webhook -> after == null || webhook.id().compareTo(after) > 0)
            .toList();
    List<Webhook> page = following.subList(0, Math.min(query.limit(), following.size()));
    return query.page(
        "webhooks",
        page.stream().map(webhook -> entry(webhook, request.links())).toList(),
        request.links().to(Endpoint.LIST_WEBHOOKS),
        "",
        page.size() < following.size() ? page.get(page.size() - 1).id() : null);
  }

  private static Map<String, Object> entry(Webhook webhook, Links links) {
    Map<String, Object> entry = webhook.toMap();
    entry.put("_links", Map.of("self", links.webhook(webhook.id())));
    return entry;
  }
}
