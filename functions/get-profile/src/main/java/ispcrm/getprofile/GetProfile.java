package ispcrm.getprofile;

import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.profiles.Profile;
import ispcrm.profiles.Profiles;
import java.util.function.Function;

/** {@code GET /api/v1/profiles/{id}}: one profile. */
public final class GetProfile implements Function<ApiRequest, ApiResponse> {
  private final Profiles profiles;

  public GetProfile(Profiles profiles) {
    this.profiles = profiles;
  }

  /**
   * @throws ApiException 404 if no profile has the id
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    Profile profile =
        profiles
            .find(request.pathParameters().getOrDefault("id", ""))
            .orElseThrow(() -> ApiException.notFound("profile"));
    return request
        .preconditions()
        .unlessKnown(
            ApiResponse.tagged(200, profile.toMap(), request.links().profile(profile.id())));
  }
}
