package ispcrm.createuser;

import ispcrm.access.Endpoint;
import ispcrm.access.Role;
import ispcrm.gateway.ApiException;
import ispcrm.gateway.ApiRequest;
import ispcrm.gateway.ApiResponse;
import ispcrm.gateway.Links;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.idempotency.Idempotency;
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

  private final Users users;
  private final History history;
  private final Idempotency idempotency;
  private final InstantSource clock;

  public CreateUser(Users users, History history, Idempotency idempotency, InstantSource clock) {
    this.users = users;
    this.history = history;
    this.idempotency = idempotency;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 if the body is invalid, naming every invalid field, or the
   *     Idempotency-Key is; 422 if that was used with another body; 403 if the caller is not an
   *     administrator and asks for staff or an administrator; 409 if another user has the id,
   *     username or customer number
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    CreateUserRequest create = new CreateUserRequest(request.json("ID", "id"));
    if (!create.errors().isEmpty()) {
      throw new ApiException(
          400, "invalid_fields", "The user was not created - see errors.", create.errors());
    }
    if (create.role() != Role.CUSTOMER && request.caller().role() != Role.ADMIN) {
      throw new ApiException(
          403,
          "forbidden",
          "Forbidden - only an administrator can create staff or administrators.");
    }
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
      Set<UserField<?>> conflicts =
          users.create(user, writes.with(() -> response, history.add(entry)));
      if (conflicts.isEmpty()) {
        return response;
      }
      boolean isGenerated =
          create.customerId() == null && conflicts.equals(Set.of(UserField.CUSTOMER_ID));
      if (!isGenerated || attempt == MAX_ATTEMPTS) {
        throw new ApiException(
            409,
            "already_exists",
            "The user was not created - it already exists.",
            UserField.inUse(conflicts));
      }
    }
  }

  private static ApiResponse created(User user, Links links) {
    String self = links.user(user.id());
    return ApiResponse.tagged(201, user.toMap(), self).with("Location", self);
  }

  private static void refuseReservedName(User user) {
    Map<String, String> errors = user.reservedNames();
    if (!errors.isEmpty()) {
      throw new ApiException(
          409, "already_exists", "The user was not created - see errors.", errors);
    }
  }
}
