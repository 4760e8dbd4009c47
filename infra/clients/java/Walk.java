import java.net.URI;
import java.util.Objects;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.StartApi;
import org.openapitools.client.api.TokensApi;
import org.openapitools.client.api.UsersApi;
import org.openapitools.client.model.ApiError;
import org.openapitools.client.model.CreateTokenRequest;
import org.openapitools.client.model.CreateUserRequest;
import org.openapitools.client.model.Status;
import org.openapitools.client.model.UpdateUserRequest;

/** Walks the API with the client that openapi-generator's java generator writes (library native). */
final class Walk {
  interface Call {
    void run() throws ApiException;
  }

  static ApiClient client(String token) {
    var client = new ApiClient();
    client.updateBaseUri(System.getenv("ISPCRM_URL"));
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
    return client;
  }

  static void same(Object expected, Object actual) {
    if (!Objects.equals(expected, actual)) {
      throw new AssertionError("expected " + expected + ", got " + actual);
    }
  }

  static void expect(int status, ApiError.CodeEnum code, Call call) throws Exception {
    try {
      call.run();
    } catch (ApiException e) {
      same(status, e.getCode());
      same(code, ApiClient.createDefaultObjectMapper().readValue(e.getResponseBody(), ApiError.class).getCode());
      return;
    }
    throw new AssertionError("expected " + status);
  }

  public static void main(String[] arguments) throws Exception {
    var api = client(System.getenv("ISPCRM_TOKEN"));
    var users = new UsersApi(api);
    var id = "java-" + System.currentTimeMillis();

    Objects.requireNonNull(new StartApi(api).discoverRoot().getCreateUser());

    var first = users.listUsers(null, null, null, null, null, null, null, null, null, null, null, null, null, null, 1, null);
    var cursor = URI.create(first.getLinks().getNext().toString()).getQuery().replaceFirst(".*\\bcursor=([^&]*).*", "$1");
    var second = users.listUsers(null, null, null, null, null, null, null, null, null, null, null, null, null, null, 1, cursor);
    same(false, first.getUsers().get(0).getId().equals(second.getUsers().get(0).getId()));

    var request = new CreateUserRequest().id(id).expiration("2027-03-31").activatedAt("2025-03-31T12:00:00Z").radiusId(3000000000L);
    var created = users.createUser(request, null).getData();
    same(3000000000L, created.getRadiusId());
    same("2027-03-31 00:00:00", created.getExpiration());
    same("2025-03-31 12:00:00", created.getActivatedAt());
    same(created, users.getUser(id, null).getData());

    var change = new UpdateUserRequest().status(Status.SUSPENDED).statusReason("unpaid");
    var updated = users.updateUser(id, change, null).getData();
    same(Status.SUSPENDED, updated.getStatus());
    same("unpaid", updated.getStatusReason());

    var token = new TokensApi(api).createToken(new CreateTokenRequest().user(id), null).getData();
    same(id, token.getUser());
    same(true, token.getToken().startsWith("ispcrm_"));

    var invalid = new CreateUserRequest().id(id + "-2").expiration("2027-02-31");
    expect(400, ApiError.CodeEnum.INVALID_FIELDS, () -> users.createUser(invalid, null));
    expect(401, ApiError.CodeEnum.UNAUTHORIZED, () -> new UsersApi(client("wrong")).getUser(id, null));
    expect(404, ApiError.CodeEnum.NOT_FOUND, () -> users.getUser(id + "-missing", null));
    expect(409, ApiError.CodeEnum.ALREADY_EXISTS, () -> users.createUser(new CreateUserRequest().id(id), null));
  }
}
