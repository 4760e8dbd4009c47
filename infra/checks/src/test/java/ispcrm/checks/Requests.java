package ispcrm.checks;

import ispcrm.access.Role;
import ispcrm.emulation.CallingToken;
import ispcrm.emulation.LocalLambda;
import ispcrm.http.Caller;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.JsonNode;

/** Calls the functions, as API Gateway does after the authorizer. */
record Requests(LocalLambda lambda, Caller caller) {
  /** The id of the administrator who calls unless a test says otherwise. */
  static final String CALLER = "admin";

  private static final Caller ADMINISTRATOR =
      administrator(CALLER, CallingToken.ID, CallingToken.KEY, CallingToken.CREATED_AT);

  Requests(LocalLambda lambda) {
    this(lambda, ADMINISTRATOR);
  }

  /** An administrator whose token is not narrowed. */
  static Caller administrator(String user, String token, String tokenKey, String tokenCreatedAt) {
    return administrator(user, token, tokenKey, tokenCreatedAt, "192.0.2.1");
  }

  /** The same from another address. */
  static Caller administrator(
      String user, String token, String tokenKey, String tokenCreatedAt, String address) {
    return new Caller(
        token,
        tokenKey,
        user,
        Role.ADMIN,
        Set.copyOf(Role.ADMIN.scopes()),
        false,
        List.of(),
        Instant.parse(tokenCreatedAt),
        Instant.parse("2100-01-01T00:00:00Z"),
        address);
  }

  /** Stores the administrator and the token, which changes that grant access check. */
  static void storeCaller(DynamoDbClient client) {
    User caller =
        new CreateUserRequest(Map.of("id", CALLER, "role", "admin"))
            .toUser("", "C-" + CALLER, Instant.now());
    new Users(client, "UsersTable").create(caller);
    CallingToken.store(client, CALLER);
  }

  /**
   * A response.
   *
   * @param body null if there is none
   */
  record Response(int status, JsonNode headers, JsonNode body) {}

  /** The event with which API Gateway asks the authorizer. */
  static String authorizerEvent(
      String method, String resource, String id, String token, String address) {
    return Checkout.JSON.writeValueAsString(
        Map.of(
            "methodArn",
            "arn",
            "httpMethod",
            method,
            "resource",
            resource,
            "pathParameters",
            Map.of("id", id),
            "multiValueHeaders",
            Map.of("X-Auth-Token", List.of(token)),
            "requestContext",
            Map.of("requestId", "request", "identity", Map.of("sourceIp", address))));
  }

  Response createUser(String body) {
    return call("create-user", "POST", null, Map.of(), body);
  }

  Response createUser(String body, String idempotencyKey) {
    return call("create-user", "POST", null, Map.of(), body, idempotencyKey);
  }

  Response createToken(String body, String idempotencyKey) {
    return call("create-token", "POST", null, Map.of(), body, idempotencyKey);
  }

  Response revokeToken(String id) {
    return call("revoke-token", "DELETE", id, Map.of(), "");
  }

  Response revokeTokensOfUser(String user) {
    return call("revoke-tokens-of-user", "DELETE", null, Map.of("user", List.of(user)), "");
  }

  Response updateUser(String id, String body) {
    return call("update-user", "PATCH", id, Map.of(), body);
  }

  Response setPassword(String id, String body) {
    return call("set-password", "PUT", id, Map.of(), body);
  }

  Response deleteUser(String id) {
    return call("delete-user", "DELETE", id, Map.of(), "");
  }

  Response getUser(String id) {
    return call("get-user", "GET", id, Map.of(), "");
  }

  /** The history of a user on one page, newest first. */
  List<JsonNode> history(String id) {
    Response page = call("list-user-history", "GET", id, Map.of("limit", List.of("200")), "");
    return page.status() == 404 ? List.of() : page.body().get("history").valueStream().toList();
  }

  Response listUsers(Map<String, List<String>> query) {
    return call("list-users", "GET", null, query, "");
  }

  Response call(
      String function, String method, String id, Map<String, List<String>> query, String body) {
    return call(function, method, id, query, body, null);
  }

  private Response call(
      String function,
      String method,
      String id,
      Map<String, List<String>> query,
      String body,
      String idempotencyKey) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("httpMethod", method);
    event.put("path", "/api/v1/users");
    event.put("body", body);
    event.put("multiValueQueryStringParameters", query);
    if (idempotencyKey != null) {
      event.put("multiValueHeaders", Map.of("Idempotency-Key", List.of(idempotencyKey)));
    }
    if (id != null) {
      event.put("pathParameters", Map.of("id", id));
    }
    event.put("requestContext", Map.of("requestId", "request", "authorizer", caller.toContext()));
    JsonNode response =
        Checkout.JSON.readTree(lambda.invoke(function, Checkout.JSON.writeValueAsString(event)));
    String text = response.get("body").asString();
    return new Response(
        response.get("statusCode").asInt(),
        response.get("headers"),
        text.isEmpty() ? null : Checkout.JSON.readTree(text));
  }
}
