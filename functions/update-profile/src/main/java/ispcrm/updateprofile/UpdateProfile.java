package ispcrm.updateprofile;

import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.ErrorCode;
import ispcrm.profiles.Profile;
import ispcrm.profiles.ProfileRequest;
import ispcrm.profiles.Profiles;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Function;

/** {@code PATCH /api/v1/profiles/{id}}: changes a profile, all or nothing. */
public final class UpdateProfile implements Function<ApiRequest, ApiResponse> {
  private static final int MAX_ATTEMPTS = 8;
  private static final String NOT_CHANGED = "The profile was not changed";

  private final Profiles profiles;
  private final History history;
  private final InstantSource clock;

  public UpdateProfile(Profiles profiles, History history, InstantSource clock) {
    this.profiles = profiles;
    this.history = history;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 if the patch is invalid, naming every field at fault; 404 if no
   *     profile has the id; 412 if the profile is not as If-Match says; 409 if it is changed by
   *     others all the time
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    Map<String, Object> patch = request.mergePatch();
    for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      Profile before =
          profiles
              .find(request.pathParameters().getOrDefault("id", ""))
              .orElseThrow(() -> ApiException.notFound("profile"));
      ProfileRequest update = new ProfileRequest(patch, before);
      if (!update.errors().isEmpty()) {
        throw new ApiException(
            ErrorCode.INVALID_FIELDS, NOT_CHANGED + " - see errors.", update.errors());
      }
      Instant now = clock.instant();
      Profile after = update.apply(now.truncatedTo(ChronoUnit.SECONDS));
      request.preconditions().check(() -> response(before, request));
      if (after.equals(before) || write(before, after, now, request)) {
        return response(after, request);
      }
    }
    throw new ApiException(
        ErrorCode.CONFLICT, NOT_CHANGED + " - others are changing it at the same time; try again.");
  }

  private boolean write(Profile before, Profile after, Instant now, ApiRequest request) {
    return profiles.update(
        before,
        after,
        history.add(
            Entry.of(
                Entry.profileKey(before.id()),
                Action.UPDATED,
                now,
                request.actor(),
                before.settableFields(),
                after.settableFields())));
  }

  private static ApiResponse response(Profile profile, ApiRequest request) {
    return ApiResponse.tagged(200, profile.toMap(), request.links().profile(profile.id()));
  }
}
