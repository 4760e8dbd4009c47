package ispcrm.deleteprofile;

import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.ErrorCode;
import ispcrm.profiles.Profile;
import ispcrm.profiles.Profiles;
import ispcrm.users.Users;
import ispcrm.values.Timestamps;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** {@code DELETE /api/v1/profiles/{id}}: deletes a profile that no user has. */
public final class DeleteProfile implements Function<ApiRequest, ApiResponse> {
  private static final int MAX_ATTEMPTS = 8;
  private static final String NOT_DELETED = "The profile was not deleted";

  private final Profiles profiles;
  private final Users users;
  private final History history;
  private final InstantSource clock;

  public DeleteProfile(Profiles profiles, Users users, History history, InstantSource clock) {
    this.profiles = profiles;
    this.users = users;
    this.history = history;
    this.clock = clock;
  }

  /**
   * @throws ApiException 404 if no profile has the id; 412 if the profile is not as If-Match says;
   *     409 if a user has it, or if it is changed by others all the time
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      Profile profile =
          profiles
              .find(request.pathParameters().getOrDefault("id", ""))
              .orElseThrow(() -> ApiException.notFound("profile"));
      request
          .preconditions()
          .check(
              () ->
                  ApiResponse.tagged(200, profile.toMap(), request.links().profile(profile.id())));
      if (users.haveProfile(profile.id())) {
        throw new ApiException(
            ErrorCode.IN_USE,
            NOT_DELETED
                + " - users have it; GET /api/v1/users?profile_id="
                + profile.id()
                + " lists them.");
      }
      Instant now = clock.instant();
      Entry entry =
          Entry.of(
              Entry.profileKey(profile.id()),
              Action.DELETED,
              now,
              request.actor(),
              profile.settableFields(),
              Map.of());
      if (profiles.delete(profile, history.add(entry))) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("id", profile.id());
        data.put("deleted_at", Timestamps.format(now));
        return ApiResponse.single(200, data, Map.of("root", request.links().root()));
      }
    }
    throw new ApiException(
        ErrorCode.CONFLICT, NOT_DELETED + " - others are changing it at the same time; try again.");
  }
}
