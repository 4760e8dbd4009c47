package ispcrm.createuser;

import ispcrm.gateway.ApiException;
import ispcrm.gateway.ApiRequest;
import ispcrm.gateway.ApiResponse;
import ispcrm.users.GeneratedIds;
import ispcrm.users.NewUser;
import ispcrm.users.Timestamps;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** {@code POST /api/v1/users}: a new user, whole or not at all. */
public final class CreateUser implements Function<ApiRequest, ApiResponse> {
  private static final int MOST_DRAWS = 5;

  private final Users users;
  private final InstantSource clock;

  public CreateUser(Users users, InstantSource clock) {
    this.users = users;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 for a body at fault, every field named; 403 where one who is no
   *     administrator asks for staff or an administrator; 409 where id, username or customer id are
   *     another user's
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    NewUser wanted = new NewUser(fields(request.json()));
    if (!wanted.faults().isEmpty()) {
      throw new ApiException(
          400, "invalid_fields", "The user was not created - see errors.", wanted.faults());
    }
    // Only an administrator's token can hold this scope, so that no second read is needed.
    if (!wanted.role().equals("customer") && !request.caller().scopes().contains("tokens:write")) {
      throw new ApiException(
          403,
          "forbidden",
          "Forbidden - only an administrator's token with the scope tokens:write creates staff or"
              + " administrators.");
    }
    User user = create(wanted);
    String self = request.links().user(user.id());
    return ApiResponse.one(201, user.toMap(), Map.of("self", self)).with("Location", self);
  }

  private User create(NewUser wanted) {
    for (int draw = 1; ; draw++) {
      User user =
          wanted.user(
              GeneratedIds.id(clock.instant()),
              GeneratedIds.customerId(),
              Timestamps.format(clock.instant()));
      Set<String> taken = users.create(user);
      if (taken.isEmpty()) {
        return user;
      }
      boolean drawnByUs = wanted.customerId() == null && taken.equals(Set.of("customer_id"));
      if (!drawnByUs || draw == MOST_DRAWS) {
        Map<String, String> faults = new LinkedHashMap<>();
        taken.forEach(field -> faults.put(field, "is another user's"));
        throw new ApiException(
            409, "already_exists", "The user was not created - it exists already.", faults);
      }
    }
  }

  /** The source of this API writes the id as {@code ID}: it is the same field. */
  private static Map<String, Object> fields(Map<String, Object> body) {
    Map<String, Object> fields = new LinkedHashMap<>(body);
    if (fields.containsKey("ID")) {
      if (fields.containsKey("id")) {
        throw ApiException.duplicateKey("ID");
      }
      fields.put("id", fields.remove("ID"));
    }
    return fields;
  }
}
