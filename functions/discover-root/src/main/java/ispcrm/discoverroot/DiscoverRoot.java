package ispcrm.discoverroot;

import ispcrm.gateway.ApiRequest;
import ispcrm.gateway.ApiResponse;
import ispcrm.gateway.Links;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * {@code GET /api/v1}: the links that the caller's token may follow, as addresses and as URI
 * templates (RFC 6570).
 */
public final class DiscoverRoot implements Function<ApiRequest, ApiResponse> {

  @Override
  public ApiResponse apply(ApiRequest request) {
    Links links = request.links();
    Set<String> scopes = request.caller().scopes();
    Map<String, String> root = new LinkedHashMap<>();
    if (scopes.contains("users:read")) {
      root.put("list_users", links.users());
      root.put("find_users", links.users() + "{?status,username,customer_id,q,limit,cursor}");
      root.put("get_user", links.user("{id}"));
    }
    if (scopes.contains("self:read")) {
      root.put("get_self", links.user(request.caller().userId()));
    }
    if (scopes.contains("users:write")) {
      root.put("create_user", links.users());
    }
    if (scopes.contains("tokens:write")) {
      root.put("create_token", links.tokens());
    }
    return ApiResponse.json(200, root);
  }
}
