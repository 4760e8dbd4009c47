package ispcrm.getuser;

import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.util.function.Function;

/** {@code GET /api/v1/users/{id}}: one user with every field. */
public final class GetUser implements Function<ApiRequest, ApiResponse> {
  private final Users users;

  public GetUser(Users users) {
    this.users = users;
  }

  /**
   * @throws ApiException 404 if no user has the id
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    User user =
        users
            .find(request.pathParameters().getOrDefault("id", ""))
            .orElseThrow(() -> ApiException.notFound("user"));
    return request
        .preconditions()
        .unlessKnown(ApiResponse.tagged(200, user.toMap(), request.links().user(user.id())));
  }
}
