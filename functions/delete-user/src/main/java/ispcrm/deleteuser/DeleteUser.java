package ispcrm.deleteuser;

import ispcrm.access.Authorization;
import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.dynamodb.FurtherWriteException;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.ErrorCode;
import ispcrm.http.Links;
import ispcrm.idempotency.Idempotency;
import ispcrm.passwords.Passwords;
import ispcrm.runtime.CallLog;
import ispcrm.tokens.Tokens;
import ispcrm.users.User;
import ispcrm.users.Users;
import ispcrm.values.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * {@code DELETE /api/v1/users/{id}}: deletes a user, all or nothing, and erases the copies of what
 * is known about the user. The scheduled function expire-users repeats the erasure, because it can
 * fail or take long, and because the indexes may not show the newest copies yet.
 */
public final class DeleteUser implements Function<ApiRequest, ApiResponse> {
  private static final int MAX_ATTEMPTS = 8;
  private static final String NOT_DELETED = "The user was not deleted";

  /** A longer history is left to expire-users, so that the client does not wait. */
  private static final Duration MAX_ERASURE = Duration.ofSeconds(3);

  private final Users users;
  private final Passwords passwords;
  private final Tokens tokens;
  private final History history;
  private final Idempotency idempotency;
  private final InstantSource clock;

  public DeleteUser(
      Users users,
      Passwords passwords,
      Tokens tokens,
      History history,
      Idempotency idempotency,
      InstantSource clock) {
    this.users = users;
    this.passwords = passwords;
    this.tokens = tokens;
    this.history = history;
    this.idempotency = idempotency;
    this.clock = clock;
  }

  /**
   * @throws ApiException 404 if no user has the id; 403 if the user is not a customer and the token
   *     lacks {@link Scope#STAFF_WRITE}; 409 if the user is the caller or the first administrator,
   *     or is changed by others all the time; 412 if the user is not as If-Match says
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      User user =
          users
              .find(request.pathParameters().getOrDefault("id", ""))
              .orElseThrow(() -> ApiException.notFound("user"));
      check(request, user);
      Instant now = clock.instant();
      Entry entry = Entry.of(user.id(), Action.DELETED, now, request.actor(), Map.of(), Map.of());
      if (delete(user, now, entry, request.caller().authorization())) {
        erase(user.id(), now);
        return response(user.id(), now, request.links());
      }
    }
    throw refused(ErrorCode.CONFLICT, "others are changing it at the same time; try again.");
  }

  private boolean delete(User user, Instant now, Entry entry, Authorization caller) {
    if (user.role() == Role.CUSTOMER) {
      return users.delete(user, now, history.add(entry), passwords.remove(user.id()));
    }
    try {
      return users.delete(
          user,
          now,
          history.add(entry),
          users.stillAuthorized(caller),
          tokens.stillAuthorized(caller));
    } catch (FurtherWriteException e) {
      throw ApiException.callerChanged(NOT_DELETED);
    }
  }

  /** The user is deleted already, so a failure must not become the response. */
  private void erase(String id, Instant now) {
    try {
      tokens.erase(id, now);
      idempotency.erase(id);
      history.erase(id, MAX_ERASURE);
    } catch (RuntimeException e) {
      CallLog.current()
          .fault(
              "Copies of the deleted user " + id + " were not erased; expire-users will repeat it",
              e);
    }
  }

  private static ApiResponse response(String id, Instant deletedAt, Links links) {
    Map<String, String> data = new LinkedHashMap<>();
    data.put("id", id);
    data.put("deleted_at", Timestamps.format(deletedAt));
    Map<String, String> related = new LinkedHashMap<>();
    related.put("self", links.user(id));
    related.put("history", links.userHistory(id));
    return ApiResponse.single(200, data, related);
  }

  private static void check(ApiRequest request, User user) {
    if (user.id().equals(request.caller().userId())) {
      throw refused(ErrorCode.OWN_ACCOUNT, "you cannot delete the user whose token you use.");
    }
    request.caller().requireAuthorityOver(user.role());
    if (user.id().equals(User.FIRST_ADMIN)) {
      throw refused(
          ErrorCode.RESERVED,
          "admin is the first administrator; another administrator can set its status to disabled"
              + " instead.");
    }
    request
        .preconditions()
        .check(() -> ApiResponse.tagged(200, user.toMap(), request.links().user(user.id())));
  }

  private static ApiException refused(ErrorCode code, String reason) {
    return new ApiException(code, NOT_DELETED + " - " + reason);
  }
}
