package ispcrm.checks;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.access.Endpoint;
import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.http.ApiRequest;
import ispcrm.http.Caller;
import ispcrm.template.Template;
import ispcrm.tokens.IssuedToken;
import ispcrm.tokens.Tokens;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.Status;
import ispcrm.users.UpdateUserRequest;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What each token may do, for each role and status of its user: not narrowed, narrowed to each
 * scope, and issued before the user got the role. infra/docs/access.md is the table; the system
 * property {@code access.write} writes it anew. Except in a thorough run, two statuses are alike if
 * they are for a token that is not narrowed, and a token that may not even discover the root may do
 * nothing.
 */
class AccessTableTest {
  private static final Template TEMPLATE = Template.load(Map.of());
  private static final String DOCUMENT = "infra/docs/access.md";
  private static final String NOTHING = "nothing (401)";

  private static LocalDynamoDb dynamoDb;
  private static LocalLambda lambda;
  private static Users users;
  private static Tokens tokens;
  private static int names;

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    dynamoDb.useInThisProcess();
    lambda = new LocalLambda(TEMPLATE);
    users = new Users(dynamoDb.client(), "UsersTable");
    tokens = new Tokens(dynamoDb.client(), "TokensTable");
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void everyRoleStatusScopeAndRoute_isAsTheTableSays() throws IOException {
    StringBuilder table = new StringBuilder("\n| role | status | token | may |\n");
    table.append("| --- | --- | --- | --- |\n");
    for (Role role : Role.values()) {
      Map<String, Map<String, String>> alike = new HashMap<>();
      Map<Map<String, String>, List<Status>> statuses = new LinkedHashMap<>();
      for (Status status : Status.values()) {
        String may = may(issue(role, status, null, role));
        Map<String, String> rows =
            alike.computeIfAbsent(
                Checkout.IS_THOROUGH ? status.toString() : may, any -> rows(role, status, may));
        statuses.computeIfAbsent(rows, same -> new ArrayList<>()).add(status);
      }
      statuses.forEach(
          (rows, same) ->
              rows.forEach(
                  (token, may) ->
                      table.append(
                          "| %s | %s | %s | %s |\n"
                              .formatted(
                                  role,
                                  same.stream()
                                      .map(Status::toString)
                                      .collect(Collectors.joining(", ")),
                                  token,
                                  may))));
    }
    String introduction = Checkout.read(DOCUMENT);
    introduction = introduction.substring(0, introduction.indexOf("\n| "));
    if (Boolean.getBoolean("access.write")) {
      Files.writeString(Checkout.ROOT.resolve(DOCUMENT), introduction + table);
    }
    assertThat(Checkout.read(DOCUMENT)).isEqualTo(introduction + table);
  }

  /**
   * What each kind of token may do; kinds that may do the same are one row.
   *
   * @param notNarrowed what a token may do that is not narrowed
   */
  private static Map<String, String> rows(Role role, Status status, String notNarrowed) {
    Map<String, List<String>> kinds = new LinkedHashMap<>();
    merge(kinds, "not narrowed", notNarrowed);
    for (Scope scope : Scope.values()) {
      merge(kinds, "`" + scope + "`", may(issue(role, status, List.of(scope), role)));
    }
    for (Role former : Role.values()) {
      if (former != role) {
        merge(kinds, "issued as " + former, may(issue(role, status, null, former)));
      }
    }
    Map<String, String> rows = new LinkedHashMap<>();
    kinds.forEach((may, names) -> rows.put(String.join(", ", names), may));
    return rows;
  }

  private static void merge(Map<String, List<String>> kinds, String kind, String may) {
    kinds.computeIfAbsent(may, same -> new ArrayList<>()).add(kind);
  }

  /** A token of a user with this role and status, who had another role when it was issued. */
  private static IssuedToken issue(Role role, Status status, List<Scope> scopes, Role former) {
    String id = "u" + ++names;
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    User user =
        new CreateUserRequest(Map.of("id", id, "role", former.toString()))
            .toUser("", "C-" + id, now);
    users.create(user);
    IssuedToken issued = IssuedToken.issue(id, null, scopes, "admin", now, Duration.ofDays(1));
    assertThat(tokens.add(issued, users.unchanged(user))).isTrue();
    User changed =
        new UpdateUserRequest(Map.of("role", role.toString(), "status", status.toString()))
            .apply(user, now);
    if (!changed.equals(user)) {
      assertThat(users.update(user, changed)).isEmpty();
    }
    return issued;
  }

  private static String may(IssuedToken issued) {
    if (!Checkout.IS_THOROUGH && authorize(issued, Endpoint.DISCOVER_ROOT, "another").isEmpty()) {
      return NOTHING;
    }
    List<String> allowed = new ArrayList<>();
    for (Endpoint endpoint : Endpoint.values()) {
      if (!endpoint.isPublic()) {
        for (String id : ids(endpoint)) {
          Optional<Caller> caller = authorize(issued, endpoint, id);
          if (caller.isPresent()) {
            allowed.add(
                "`%s`%s%s"
                    .formatted(
                        NamesTest.camel(endpoint.linkName().replace('_', '-')),
                        of(id),
                        staffAction(endpoint, caller.get())));
          }
        }
      }
    }
    return allowed.isEmpty() ? NOTHING : String.join(", ", allowed);
  }

  private static String of(String id) {
    return id.equals(Endpoint.SELF) ? " of itself" : id.equals("OWN") ? " of its user" : "";
  }

  /** The ids in the path for which access can differ. */
  private static List<String> ids(Endpoint endpoint) {
    if (endpoint.isOpenToSelf()) {
      return List.of("another", Endpoint.SELF);
    }
    return endpoint == Endpoint.GET_USER ? List.of("another", "OWN") : List.of("another");
  }

  private static Optional<Caller> authorize(IssuedToken issued, Endpoint endpoint, String id) {
    String event =
        Requests.authorizerEvent(
            endpoint.methods().get(0),
            endpoint.path(),
            id.equals("OWN") ? issued.token().user() : id,
            issued.secret().secret(),
            "192.0.2.1");
    try {
      Map<String, Object> policy =
          Checkout.map(
              Checkout.JSON.readValue(lambda.invoke("authorizer", event), LinkedHashMap.class));
      return policy.toString().contains("Effect=Allow")
          ? Optional.of(
              ApiRequest.of(
                      Map.of("requestContext", Map.of("authorizer", policy.get("context"))), "")
                  .caller())
          : Optional.empty();
    } catch (RuntimeException e) {
      assertThat(e).hasMessage("Unauthorized");
      return Optional.empty();
    }
  }

  /** What a function decides by itself: whether the request may concern staff. */
  private static String staffAction(Endpoint endpoint, Caller caller) {
    Requests requests = new Requests(lambda, caller);
    String name = "s" + ++names;
    Requests.Response response =
        switch (endpoint) {
          case CREATE_USER ->
              requests.createUser("{\"id\":\"%s\",\"role\":\"staff\"}".formatted(name));
          case UPDATE_USER -> requests.updateUser(staff(name), "{\"role\":\"admin\"}");
          case DELETE_USER -> requests.deleteUser(staff(name));
          case CREATE_TOKEN ->
              requests.createToken("{\"user\":\"%s\"}".formatted(staff(name)), null);
          default -> null;
        };
    if (response == null || response.status() == 403) {
      return "";
    }
    assertThat(response.status()).as(endpoint + " " + caller).isIn(200, 201);
    return " (also of staff)";
  }

  private static String staff(String name) {
    users.create(
        new CreateUserRequest(Map.of("id", name, "role", "staff"))
            .toUser("", "C-" + name, Instant.now()));
    return name;
  }
}
