package ispcrm.updateuser;

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
import ispcrm.http.Caller;
import ispcrm.http.ErrorCode;
import ispcrm.http.Links;
import ispcrm.tokens.Tokens;
import ispcrm.users.UpdateUserRequest;
import ispcrm.users.User;
import ispcrm.users.UserField;
import ispcrm.users.Users;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** {@code PATCH /api/v1/users/{id}}: changes a user, all or nothing. */
public final class UpdateUser implements Function<ApiRequest, ApiResponse> {
  private static final int MAX_ATTEMPTS = 8;
  private static final String NOT_CHANGED = "The user was not changed";

  private final Users users;
  private final Tokens tokens;
  private final History history;
  private final InstantSource clock;

  public UpdateUser(Users users, Tokens tokens, History history, InstantSource clock) {
    this.users = users;
    this.tokens = tokens;
    this.history = history;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 if the patch is invalid or contradicts the user, naming every field at
   *     fault; 404 if no user has the id; 403 if the user is, or would be, something other than a
   *     customer, and the token lacks {@link Scope#STAFF_WRITE}; 412 if the user is not as If-Match
   *     says; 409 if another user has the username or customer number, if the change is not allowed
   *     for this user, or if the user is changed by others all the time
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    UpdateUserRequest update = new UpdateUserRequest(request.mergePatch("ID", "id"));
    for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      User before =
          users
              .find(request.pathParameters().getOrDefault("id", ""))
              .orElseThrow(() -> ApiException.notFound("user"));
      Instant now = clock.instant();
      Instant second = now.truncatedTo(ChronoUnit.SECONDS);
      refuse(update.errors(before));
      User after = update.apply(before, second);
      check(request, before, after);
      refuse(update.contradictions(before, second));
      Set<UserField<?>> conflicts =
          after.equals(before) ? Set.of() : write(request, before, after, now);
      if (conflicts.isEmpty()) {
        return response(after, request.links());
      }
      if (!conflicts.contains(UserField.ID)) {
        throw conflict(ErrorCode.ALREADY_EXISTS, "see errors.", UserField.inUse(conflicts));
      }
    }
    throw conflict(
        ErrorCode.CONFLICT, "others are changing it at the same time; try again.", Map.of());
  }

  private static void refuse(Map<String, String> errors) {
    if (!errors.isEmpty()) {
      throw new ApiException(ErrorCode.INVALID_FIELDS, NOT_CHANGED + " - see errors.", errors);
    }
  }

  private Set<UserField<?>> write(ApiRequest request, User before, User after, Instant now) {
    Entry entry =
        Entry.of(
            before.id(),
            Action.UPDATED,
            now,
            request.actor(),
            before.settableFields(),
            after.settableFields());
    boolean grantsAccess = after.hasAccess() && !before.hasAccess();
    if (isOfCustomer(before, after) && !grantsAccess) {
      return users.update(before, after, history.add(entry));
    }
    Authorization caller = request.caller().authorization();
    try {
      // A transaction can name an item only once, and nobody changes their own access.
      return caller.user().equals(before.id())
          ? users.update(before, after, history.add(entry), tokens.stillAuthorized(caller))
          : users.update(
              before,
              after,
              history.add(entry),
              tokens.stillAuthorized(caller),
              users.stillAuthorized(caller));
    } catch (FurtherWriteException e) {
      throw ApiException.callerChanged(NOT_CHANGED);
    }
  }

  private static boolean isOfCustomer(User before, User after) {
    return before.role() == Role.CUSTOMER && after.role() == Role.CUSTOMER;
  }

  private static ApiResponse response(User user, Links links) {
    return ApiResponse.tagged(200, user.toMap(), links.user(user.id()));
  }

  private static void check(ApiRequest request, User before, User after) {
    request.caller().requireAuthorityOver(before.role());
    request.caller().requireAuthorityOver(after.role());
    request.preconditions().check(() -> response(before, request.links()));
    protectOwnAccount(request.caller(), before, after);
    protectFirstAdmin(before, after);
  }

  private static void protectOwnAccount(Caller caller, User before, User after) {
    boolean losesAccess = !after.hasAccess() || after.role() != before.role();
    if (losesAccess && caller.userId().equals(before.id())) {
      throw conflict(
          ErrorCode.OWN_ACCOUNT,
          "you cannot bar the user whose token you use, or change that user's role.",
          Map.of());
    }
  }

  /** Keeps the name and the role of the first administrator, and the name from others. */
  private static void protectFirstAdmin(User before, User after) {
    if (before.id().equals(User.FIRST_ADMIN)) {
      Map<String, String> errors = new LinkedHashMap<>();
      for (UserField<?> field : List.of(UserField.USERNAME, UserField.ROLE)) {
        if (!before.get(field).equals(after.get(field))) {
          errors.put(field.toString(), "cannot be changed");
        }
      }
      if (!errors.isEmpty()) {
        throw conflict(
            ErrorCode.RESERVED,
            "admin is the first administrator, whose username and role cannot be changed.",
            errors);
      }
    } else if (!before.username().equals(after.username()) && !after.reservedNames().isEmpty()) {
      throw conflict(ErrorCode.ALREADY_EXISTS, "see errors.", after.reservedNames());
    }
  }

  private static ApiException conflict(ErrorCode code, String reason, Map<String, String> errors) {
    return new ApiException(code, NOT_CHANGED + " - " + reason, errors);
  }
}
