package ispcrm.createprofile;

import ispcrm.access.Endpoint;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.ErrorCode;
import ispcrm.idempotency.Idempotency;
import ispcrm.profiles.Profile;
import ispcrm.profiles.ProfileRequest;
import ispcrm.profiles.Profiles;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Function;

/** {@code POST /api/v1/profiles}: creates a profile. */
public final class CreateProfile implements Function<ApiRequest, ApiResponse> {
  private static final String NOT_CREATED = "The profile was not created";

  private final Profiles profiles;
  private final History history;
  private final Idempotency idempotency;
  private final InstantSource clock;

  public CreateProfile(
      Profiles profiles, History history, Idempotency idempotency, InstantSource clock) {
    this.profiles = profiles;
    this.history = history;
    this.idempotency = idempotency;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 if the body is invalid, naming every invalid field, or the
   *     Idempotency-Key is; 422 if that was used with another body; 409 if another profile has the
   *     id
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    ProfileRequest create = new ProfileRequest(request.json(), null);
    if (!create.errors().isEmpty()) {
      throw new ApiException(
          ErrorCode.INVALID_FIELDS, NOT_CREATED + " - see errors.", create.errors());
    }
    return idempotency.once(
        Endpoint.CREATE_PROFILE, request, writes -> create(create, request, writes));
  }

  private ApiResponse create(ProfileRequest create, ApiRequest request, Idempotency.Writes writes) {
    Instant now = clock.instant();
    Profile profile = create.apply(now.truncatedTo(ChronoUnit.SECONDS));
    String self = request.links().profile(profile.id());
    ApiResponse response = ApiResponse.tagged(201, profile.toMap(), self).with("Location", self);
    Entry entry =
        Entry.of(
            Entry.profileKey(profile.id()),
            Action.CREATED,
            now,
            request.actor(),
            Map.of(),
            profile.settableFields());
    boolean isCreated =
        profiles.create(
            profile,
            writes.with(Entry.profileKey(profile.id()), () -> response, history.add(entry)));
    if (!isCreated) {
      throw new ApiException(
          ErrorCode.ALREADY_EXISTS,
          NOT_CREATED + " - it already exists.",
          Map.of("id", "already in use"));
    }
    return response;
  }
}
