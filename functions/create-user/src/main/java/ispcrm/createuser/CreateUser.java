package ispcrm.createuser;

import ispcrm.access.Role;
import ispcrm.gateway.ApiException;
import ispcrm.gateway.ApiRequest;
import ispcrm.gateway.ApiResponse;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.GeneratedIds;
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

/** {@code POST /api/v1/users}: creates a user, all or nothing. */
public final class CreateUser implements Function<ApiRequest, ApiResponse> {
  private static final int MAX_ATTEMPTS = 5;

  private final Users users;
  private final InstantSource clock;

  public CreateUser(Users users, InstantSource clock) {
    this.users = users;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 if the body is invalid, naming every invalid field; 403 if the caller
   *     is not an administrator and asks for staff or an administrator; 409 if another user has the
   *     id, username or customer number
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    CreateUserRequest create = new CreateUserRequest(withLowerCaseId(request.json()));
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
    User user = create(create);
    String self = request.links().user(user.id());
    return ApiResponse.single(201, user.toMap(), Map.of("self", self)).with("Location", self);
  }

  private User create(CreateUserRequest create) {
    for (int attempt = 1; ; attempt++) {
      Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
      User user = create.toUser(GeneratedIds.id(clock.instant()), GeneratedIds.customerId(), now);
      refuseReservedName(user);
      Set<UserField<?>> conflicts = users.create(user);
      if (conflicts.isEmpty()) {
        return user;
      }
      boolean isGenerated =
          create.customerId() == null && conflicts.equals(Set.of(UserField.CUSTOMER_ID));
      if (!isGenerated || attempt == MAX_ATTEMPTS) {
        Map<String, String> errors = new LinkedHashMap<>();
        conflicts.forEach(field -> errors.put(field.toString(), "already in use"));
        throw new ApiException(
            409, "already_exists", "The user was not created - it already exists.", errors);
      }
    }
  }

  /** Keeps the first administrator's id and username, in any case, for bootstrap-admin. */
  private static void refuseReservedName(User user) {
    Map<String, String> errors = new LinkedHashMap<>();
    for (UserField<String> field : List.of(UserField.ID, UserField.USERNAME)) {
      if (User.FIRST_ADMIN.equalsIgnoreCase(user.get(field))) {
        errors.put(field.toString(), "is reserved for the first administrator");
      }
    }
    if (!errors.isEmpty()) {
      throw new ApiException(
          409, "already_exists", "The user was not created - see errors.", errors);
    }
  }

  /** The documentation of this API's source writes the id as {@code ID}: it is the same field. */
  private static Map<String, Object> withLowerCaseId(Map<String, Object> body) {
    if (!body.containsKey("ID")) {
      return body;
    }
    if (body.containsKey("id")) {
      throw ApiException.duplicateKey("ID");
    }
    Map<String, Object> fields = new LinkedHashMap<>(body);
    fields.put("id", fields.remove("ID"));
    return fields;
  }
}
