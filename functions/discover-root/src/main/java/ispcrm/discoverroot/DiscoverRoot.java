package ispcrm.discoverroot;

import ispcrm.access.Endpoint;
import ispcrm.access.Scope;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.Links;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * {@code GET /api/v1}: the links that the caller's token may follow, as URLs and URI templates (RFC
 * 6570).
 */
public final class DiscoverRoot implements Function<ApiRequest, ApiResponse> {
  @Override
  public ApiResponse apply(ApiRequest request) {
    Links links = request.links();
    Set<Scope> scopes = request.caller().scopes();
    Map<String, String> root = new LinkedHashMap<>();
    for (Endpoint endpoint : Endpoint.values()) {
      if (endpoint != Endpoint.DISCOVER_ROOT
          && !endpoint.isPublic()
          && endpoint.isOpenTo(scopes, request.caller().userId(), null)) {
        root.put(
            endpoint.linkName(),
            links.to(endpoint) + (endpoint == Endpoint.LIST_USERS ? "" : endpoint.query()));
      }
      if (endpoint == Endpoint.LIST_USERS && scopes.contains(Scope.USERS_READ)) {
        root.put("find_users", links.users() + endpoint.query());
      }
      if (endpoint == Endpoint.GET_TOKEN) {
        root.put("get_own_token", links.token(Endpoint.SELF));
      }
      if (endpoint == Endpoint.GET_USER && scopes.contains(Scope.SELF_READ)) {
        root.put("get_self", links.user(request.caller().userId()));
      }
    }
    root.put("describedby", links.contract());
    return ApiResponse.json(200, root);
  }
}
