package ispcrm.createuser;

import ispcrm.access.Authorization;
import ispcrm.access.Endpoint;
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
import ispcrm.tokens.Tokens;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.GeneratedIds;
import ispcrm.users.User;
import ispcrm.users.UserField;
import ispcrm.users.Users;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** {@code POST /api/v1/users}: creates a user, all or nothing. */
public final class CreateUser implements Function<ApiRequest, ApiResponse> {
  private static final int MAX_ATTEMPTS = 5;
  private static final String NOT_CREATED = "The user was not created";

  private final Users users;
  private final Tokens tokens;
  private final History history;
  private final Idempotency idempotency;
  private final InstantSource clock;

  public CreateUser(
      Users users, Tokens tokens, History history, Idempotency idempotency, InstantSource clock) {
    this.users = users;
    this.tokens = tokens;
    this.history = history;
    this.idempotency = idempotency;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 if the body is invalid, naming every invalid field, or the
   *     Idempotency-Key is; 422 if that was used with another body; 403 if the role is not customer
   *     and the token lacks {@link Scope#STAFF_WRITE}; 409 if another user has the id, username or
   *     customer number, or if a deleted user had the id
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    CreateUserRequest create = new CreateUserRequest(request.json("ID", "id"));
    if (!create.errors().isEmpty()) {
      throw new ApiException(
          ErrorCode.INVALID_FIELDS, NOT_CREATED + " - see errors.", create.errors());
    }
    request.caller().requireAuthorityOver(create.role());
    return idempotency.once(
        Endpoint.CREATE_USER, request, writes -> create(create, request, writes));
  }

  private ApiResponse create(
      CreateUserRequest create, ApiRequest request, Idempotency.Writes writes) {
    for (int attempt = 1; ; attempt++) {
      Instant now = clock.instant();
      User user =
          create.toUser(
              create.id() == null ? GeneratedIds.id(now) : null,
              create.customerId() == null ? GeneratedIds.customerId() : null,
              now.truncatedTo(ChronoUnit.SECONDS));
      refuseReservedName(user);
      Entry entry =
          Entry.of(
              user.id(), Action.CREATED, now, request.actor(), Map.of(), user.settableFields());
      ApiResponse response = created(user, request.links());
      Set<UserField<?>> conflicts = store(user, request, writes, entry, response);
      if (conflicts.isEmpty()) {
        return response;
      }
      boolean isGenerated =
          create.customerId() == null && conflicts.equals(Set.of(UserField.CUSTOMER_ID));
      if (conflicts.contains(UserField.ID) && users.isRetired(user.id())) {
        throw new ApiException(
            ErrorCode.ID_RETIRED,
            NOT_CREATED + " - a deleted user had this id, and ids are never assigned again.",
            Map.of("id", "was the id of a deleted user; use another one"));
      }
      if (!isGenerated || attempt == MAX_ATTEMPTS) {
        throw new ApiException(
            ErrorCode.ALREADY_EXISTS,
            NOT_CREATED + " - it already exists.",
            UserField.inUse(conflicts));
      }
    }
  }

  private Set<UserField<?>> store(
      User user, ApiRequest request, Idempotency.Writes writes, Entry entry, ApiResponse response) {
    Authorization caller = request.caller().authorization();
    try {
      return users.create(
          user,
          user.role() == Role.CUSTOMER
              ? writes.with(user.id(), () -> response, history.add(entry))
              : writes.with(
                  user.id(),
                  () -> response,
                  history.add(entry),
                  users.stillAuthorized(caller),
                  tokens.stillAuthorized(caller)));
    } catch (FurtherWriteException e) {
      throw ApiException.callerChanged(NOT_CREATED);
    }
  }

  private static ApiResponse created(User user, Links links) {
    String self = links.user(user.id());
    return ApiResponse.tagged(201, user.toMap(), self).with("Location", self);
  }

  private static void refuseReservedName(User user) {
    Map<String, String> errors = user.reservedNames();
    if (!errors.isEmpty()) {
      throw new ApiException(ErrorCode.ALREADY_EXISTS, NOT_CREATED + " - see errors.", errors);
    }
  }
}
