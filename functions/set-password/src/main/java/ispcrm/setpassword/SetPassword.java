package ispcrm.setpassword;

import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.ErrorCode;
import ispcrm.passwords.Password;
import ispcrm.passwords.Passwords;
import ispcrm.users.User;
import ispcrm.users.Users;
import ispcrm.values.InvalidValueException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * {@code PUT /api/v1/users/{id}/password}: stores the password with which a subscriber logs in to
 * the network. It is in no response, and neither in the history nor in the log.
 */
public final class SetPassword implements Function<ApiRequest, ApiResponse> {
  private static final int MAX_ATTEMPTS = 8;
  private static final String NOT_SET = "The password was not set";
  private static final String PASSWORD = "password";

  private final Users users;
  private final Passwords passwords;
  private final History history;
  private final InstantSource clock;

  public SetPassword(Users users, Passwords passwords, History history, InstantSource clock) {
    this.users = users;
    this.passwords = passwords;
    this.history = history;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 if the body is invalid; 404 if no user has the id; 403 if the user is
   *     not a customer, and the token lacks {@link Scope#STAFF_WRITE}; 409 if the user is not a
   *     customer, or is changed by others all the time; 412 if the user is not as If-Match says
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    String password = password(request.json());
    for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      User before =
          users
              .find(request.pathParameters().getOrDefault("id", ""))
              .orElseThrow(() -> ApiException.notFound("user"));
      check(request, before);
      Instant now = clock.instant();
      Instant second = now.truncatedTo(ChronoUnit.SECONDS);
      Entry entry =
          Entry.of(before.id(), Action.PASSWORD_SET, now, request.actor(), Map.of(), Map.of());
      if (users
          .update(
              before,
              before.withPassword(second, second),
              history.add(entry),
              passwords.set(before.id(), password))
          .isEmpty()) {
        return ApiResponse.noContent();
      }
    }
    throw new ApiException(
        ErrorCode.CONFLICT,
        NOT_SET + " - others are changing the user at the same time; try again.");
  }

  private static String password(Map<String, Object> body) {
    Map<String, String> errors = new LinkedHashMap<>();
    String password = null;
    try {
      password = Password.parse(body.get(PASSWORD));
    } catch (InvalidValueException e) {
      errors.put(PASSWORD, e.getMessage());
    }
    body.keySet().stream()
        .filter(key -> !key.equals(PASSWORD))
        .forEach(key -> errors.put(key, "is not a known field; the only one is " + PASSWORD));
    if (!errors.isEmpty()) {
      throw new ApiException(ErrorCode.INVALID_FIELDS, NOT_SET + " - see errors.", errors);
    }
    return password;
  }

  private static void check(ApiRequest request, User user) {
    request.caller().requireAuthorityOver(user.role());
    if (user.role() != Role.CUSTOMER) {
      throw new ApiException(
          ErrorCode.NOT_A_CUSTOMER,
          NOT_SET
              + " - only customers log in to the network; this user's role is %s."
                  .formatted(user.role()));
    }
    request
        .preconditions()
        .check(() -> ApiResponse.tagged(200, user.toMap(), request.links().user(user.id())));
  }
}
