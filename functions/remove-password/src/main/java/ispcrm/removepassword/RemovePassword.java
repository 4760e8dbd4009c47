package ispcrm.removepassword;

import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.ErrorCode;
import ispcrm.passwords.Passwords;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Function;

/**
 * {@code DELETE /api/v1/users/{id}/password}: removes the password with which a subscriber logs in
 * to the network. Nothing is changed if there is none.
 */
public final class RemovePassword implements Function<ApiRequest, ApiResponse> {
  private static final int MAX_ATTEMPTS = 8;

  private final Users users;
  private final Passwords passwords;
  private final History history;
  private final InstantSource clock;

  public RemovePassword(Users users, Passwords passwords, History history, InstantSource clock) {
    this.users = users;
    this.passwords = passwords;
    this.history = history;
    this.clock = clock;
  }

  /**
   * @throws ApiException 404 if no user has the id; 403 if the user is not a customer, and the
   *     token lacks {@link ispcrm.access.Scope#STAFF_WRITE}; 409 if the user is changed by others
   *     all the time; 412 if the user is not as If-Match says
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      User before =
          users
              .find(request.pathParameters().getOrDefault("id", ""))
              .orElseThrow(() -> ApiException.notFound("user"));
      request.caller().requireAuthorityOver(before.role());
      request
          .preconditions()
          .check(() -> ApiResponse.tagged(200, before.toMap(), request.links().user(before.id())));
      if (!before.hasPassword() || remove(before, request)) {
        return ApiResponse.noContent();
      }
    }
    throw new ApiException(
        ErrorCode.CONFLICT,
        "The password was not removed - others are changing the user at the same time; try again.");
  }

  private boolean remove(User before, ApiRequest request) {
    Instant now = clock.instant();
    Entry entry =
        Entry.of(before.id(), Action.PASSWORD_REMOVED, now, request.actor(), Map.of(), Map.of());
    return users
        .update(
            before,
            before.withPassword(null, now.truncatedTo(ChronoUnit.SECONDS)),
            history.add(entry),
            passwords.remove(before.id()))
        .isEmpty();
  }
}
