package ispcrm.listprofiles;

import ispcrm.access.Endpoint;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.Links;
import ispcrm.http.ListQuery;
import ispcrm.profiles.Profile;
import ispcrm.profiles.Profiles;
import java.util.Map;
import java.util.function.Function;

/** {@code GET /api/v1/profiles}: profiles in pages, in the order of their ids. */
public final class ListProfiles implements Function<ApiRequest, ApiResponse> {
  private final Profiles profiles;

  public ListProfiles(Profiles profiles) {
    this.profiles = profiles;
  }

  /**
   * @throws ApiException 400 if a parameter is unknown, repeated or malformed, or if the cursor
   *     does not come from this list
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    ListQuery query = new ListQuery(request, Endpoint.LIST_PROFILES);
    query.check();
    Profiles.Page page = profiles.list(query.after("", Profiles.Page.NEXT), query.limit());
    Links links = request.links();
    return query.page(
        "profiles",
        page.profiles().stream().map(profile -> entry(profile, links)).toList(),
        links.to(Endpoint.LIST_PROFILES),
        "",
        page.next());
  }

  private static Map<String, Object> entry(Profile profile, Links links) {
    Map<String, Object> entry = profile.toMap();
    entry.put("_links", Map.of("self", links.profile(profile.id())));
    return entry;
  }
}
