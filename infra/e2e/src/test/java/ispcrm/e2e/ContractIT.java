package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ispcrm.e2e.Api.Response;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Checks the contract over HTTP, on any {@link Target}. The suite relies only on the administrator
 * being in the table, does not delete all that it creates, and can be repeated. A check without
 * {@link Writes} changes nothing even if the API is faulty, because it never posts a valid user or
 * token, except for the example in the documentation.
 */
@ExtendWith(Results.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ContractIT {
  private static Target target;
  private static Api api;
  private static JsonNode subscriber;

  @BeforeAll
  static void start() {
    target = Target.of(System.getenv());
    api = target.api();
  }

  @AfterAll
  static void close() {
    if (target != null) {
      target.close();
    }
  }

  /** A user to read: one created by this run, or an existing one if the run is read-only. */
  private static JsonNode subscriber() {
    if (subscriber == null && Target.isReadOnly()) {
      subscriber = listedUser();
    } else if (subscriber == null) {
      subscriber = createSubscriber();
      awaitListed(target.own("jonewe"), 1);
    }
    return subscriber;
  }

  private static JsonNode listedUser() {
    JsonNode users = api.get("/api/v1/users").expect(200).json().get("users");
    JsonNode last = users.get(users.size() - 1);
    return api.get(last.at("/_links/self").asString()).expect(200).json().get("data");
  }

  private static JsonNode createSubscriber() {
    return api.post(
            "/api/v1/users",
            """
            {"id":"%s","username":"%s","name":"Jon Ewe","customer_id":"%s","status":"active",
             "expiration":"2025-03-31 00:00:00","activated_at":"2023-12-13 00:00:00",
             "profile_id":10,"profile_name":"100 Mbps","radius_id":20}
            """
                .formatted(target.own("1"), target.own("jonewe"), target.own("IZ")))
        .expect(201)
        .json()
        .get("data");
  }

  /** Waits until the list contains at least this many users whose usernames start like this. */
  private static void awaitListed(String usernameStart, int users) {
    api.getUntil(
        "/api/v1/users?limit=200&q=" + usernameStart,
        list -> list.json().path("users").size() >= users);
  }

  private static List<String> usernames(String query) {
    return usernames(api.get("/api/v1/users?" + query).expect(200));
  }

  private static List<String> usernames(Response list) {
    return list.json().get("users").findValuesAsString("username");
  }

  private static String field(JsonNode user, String name) {
    return user.get(name).asString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String otherCase(String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    return upper.equals(text) ? text.toLowerCase(Locale.ROOT) : upper;
  }

  private static String tokenInAnotherCase() {
    String prefix = "ispcrm_";
    return prefix + otherCase(target.token().substring(prefix.length()));
  }

  private static String mistypedToken() {
    char other = target.token().charAt(20) == 'x' ? 'y' : 'x';
    return target.token().substring(0, 20) + other + target.token().substring(21);
  }

  // The examples in the documentation

  @Test
  void rootLeadsToTheUsers() {
    Response root = api.as(null).send("GET", "/api/v1", null, "X-Auth-Token", target.token());
    root.expect(200);
    String users = root.json().path("list_users").asString("none");
    assertThat(users).isEqualTo(target.base() + "/api/v1/users");
    api.get(users).expect(200);
  }

  @Test
  void administratorsRootShowsEverything() {
    assertThat(api.get("/api/v1").expect(200).json().propertyNames())
        .containsExactlyElementsOf(Contract.members("Root"));
  }

  @Test
  void userHasEveryFieldInTheOrderOfTheDocumentation() {
    Response user = api.get("/api/v0/Users/" + field(subscriber(), "id")).expect(200);
    assertThat(user.body()).startsWith("{\"success\":\"true\",\"data\":{\"username\":\"");
    assertThat(user.json().get("data").propertyNames())
        .containsExactlyElementsOf(Contract.members("User"));
    assertThat(user.json().at("/_links/self").asString())
        .isEqualTo(target.base() + "/api/v1/users/" + field(subscriber(), "id"));
  }

  @Test
  @Writes
  void userIsReturnedAsInTheDocumentation() {
    Response user = api.get("/api/v0/Users/" + field(subscriber(), "id")).expect(200);
    assertThat(user.body().replaceFirst("(\"created_at\":\")[-0-9]{10} [:0-9]{8}", "$1NOW"))
        .startsWith(
            "{\"success\":\"true\",\"data\":{\"username\":\"%s\",\"customer_id\":\"%s\","
                    .formatted(target.own("jonewe"), target.own("IZ"))
                + "\"status\":\"active\",\"expiration\":\"2025-03-31 00:00:00\","
                + "\"created_at\":\"NOW\",\"activated_at\":\"2023-12-13 00:00:00\","
                + "\"mac\":null,\"profile_id\":10,\"profile_name\":\"100 Mbps\",\"radius_id\":20,");
  }

  @Test
  void activeUsersAreListedAsInTheDocumentation() {
    Response list = api.get("/api/v0/users?status=active").expect(200);
    assertThat(list.json().propertyNames()).startsWith("users", "_links");
    assertThat(list.json().at("/_links/self").asString())
        .isEqualTo(target.base() + "/api/v1/users?status=active");
    for (JsonNode user : list.json().get("users")) {
      assertThat(user.propertyNames())
          .containsExactly(
              "id",
              "name",
              "status",
              "role",
              "username",
              "customer_id",
              "email",
              "phone",
              "mac",
              "profile_id",
              "expiration",
              "updated_at",
              "_links");
      assertThat(field(user, "status")).isEqualTo("active");
      assertThat(user.at("/_links/self").asString())
          .isEqualTo(target.base() + "/api/v1/users/" + field(user, "id"));
    }
  }

  @Test
  void postInTheDocumentationRepeatsAKey() {
    int before = api.get("/api/v1/users/jonmt").status();
    Response refused =
        api.send(
            "POST",
            "/api/v1/users",
            "{\"ID\":\"jonmt\", \"version\":\"v1\", \"ID\":\"zt7633df\"}",
            "Content-Type",
            "application/x-www-form-urlencoded");
    refused.expect(400, "duplicate_key");
    assertThat(refused.json().at("/errors/0/field").asString()).isEqualTo("ID");
    api.get("/api/v1/users/jonmt").expect(before);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"/api/v1/users,a", "/api/v1/Users,b", "/api/v0/users,c", "/api/v0/Users,d"})
  @Writes
  void postInTheDocumentationWithOneIdCreatesAUser(String path, String suffix) {
    String id = target.own("zt7633df" + suffix);
    Response created =
        api.send(
            "POST",
            path,
            "{\"ID\":\"%s\", \"version\":\"v1\"}".formatted(id),
            "Content-Type",
            "application/x-www-form-urlencoded");
    created.expect(201);
    assertThat(created.header("Location")).isEqualTo(target.base() + "/api/v1/users/" + id);
    assertThat(api.get(created.header("Location")).expect(200).json().get("data"))
        .isEqualTo(created.json().get("data"));
  }

  // Every response

  @Test
  void everyResponseIsJsonWithItsRequestId() {
    List<Response> responses =
        List.of(
            api.get("/api/v1").expect(200),
            api.get("/api/v1/users").expect(200),
            api.get("/api/v1/users?limit=0").expect(400),
            api.get("/api/v1/users/" + target.own("nobody")).expect(404),
            api.get("/api/v7").expect(404),
            api.as(null).get("/api/v7").expect(404),
            api.as(null).get("/api/v1").expect(401));
    Set<String> ids = new TreeSet<>();
    for (Response response : responses) {
      assertThat(response.header("Content-Type"))
          .as("Content-Type of " + response.request())
          .startsWith("application/json");
      String id = response.header("X-Request-Id");
      assertThat(id).as("X-Request-Id of " + response.request()).isNotBlank();
      ids.add(id);
      assertThat(response.header("X-Content-Type-Options"))
          .as("X-Content-Type-Options of " + response.request())
          .isEqualTo("nosniff");
      assertThat(response.header("Strict-Transport-Security"))
          .as("Strict-Transport-Security of " + response.request())
          .startsWith("max-age=");
      assertThat(response.header("Cache-Control"))
          .as("Cache-Control of " + response.request())
          .isEqualTo("no-store");
      if (response.status() != 200) {
        assertThat(response.json().propertyNames())
            .as("members of " + response.request())
            .contains("status", "message", "code", "request_id", "_links");
        assertThat(response.json().get("request_id").asString())
            .as("request_id of " + response.request())
            .isEqualTo(id);
        assertThat(response.json().at("/_links/root").asString())
            .as("root link of " + response.request())
            .isEqualTo(target.base() + "/api/v1");
      }
    }
    assertThat(ids).hasSameSizeAs(responses);
  }

  @Test
  void responsesOfFunctionsAreNotCached() {
    for (String path : List.of("/api/v1", "/api/v1/users", "/api/v1/users?limit=0")) {
      assertThat(api.get(path).header("Cache-Control")).as(path).isEqualTo("no-store");
    }
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void onlyTheResponseThatIssuesATokenContainsIt() {
    SecretScan.assertNoToken("the API's responses", api.transcript());
  }

  // Authentication and permission

  @Test
  void badTokensLookTheSame() {
    api.get("/api/v1/users").expect(200);
    List<Response> responses =
        List.of(
            api.as(null).get("/api/v1/users"),
            api.as("nonsense").get("/api/v1/users"),
            api.as(mistypedToken()).get("/api/v1/users"),
            api.as(tokenInAnotherCase()).get("/api/v1/users"),
            api.as(null).send("GET", "/api/v1/users", null, "Authorization", target.token()),
            api.as(null).send("GET", "/api/v1/users", null, "Authorization", "Basic YTpi"),
            api.as(null).get("/api/v1/users?access_token=secret"),
            api.send("GET", "/api/v1/users", null, "X-Auth-Token", mistypedToken()));
    for (Response response : responses) {
      response.expect(401);
      assertThat(response.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"ISPCRM\"");
      assertThat(response.header("X-Request-Id")).as("X-Request-Id").isNotBlank();
      assertThat(response.body().replace(response.header("X-Request-Id"), "ID"))
          .isEqualTo(
              "{\"status\":\"error\",\"message\":\"Unauthorized access - invalid token provided.\","
                  + "\"code\":\"unauthorized\",\"request_id\":\"ID\",\"_links\":{\"root\":\""
                  + target.base()
                  + "/api/v1\"}}");
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "GET,/api/v1",
    "GET,/api/v0",
    "GET,/api/v1/users",
    "GET,/api/v1/users/admin",
    "POST,/api/v1/users",
    "POST,/api/v1/tokens",
    "GET,/api/v1/tokens",
    "DELETE,/api/v1/tokens",
    "PATCH,/api/v1/users/nobody",
    "DELETE,/api/v1/users/nobody",
    "GET,/api/v1/users/nobody/history",
    "GET,/api/v1/tokens/self",
    "DELETE,/api/v1/tokens/self"
  })
  void nothingIsOpenWithoutAToken(String method, String path) {
    api.as(null).send(method, path, method.startsWith("P") ? "{}" : null).expect(401);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "Authorization,'Bearer '",
    "authorization,'bearer '",
    "AUTHORIZATION,'BEARER '",
    "X-Auth-Token,''",
    "x-auth-token,''"
  })
  void tokenIsAcceptedInEitherHeader(String header, String scheme) {
    api.as(null).send("GET", "/api/v1", null, header, scheme + target.token()).expect(200);
  }

  @Test
  void theSameTokenInBothHeadersIsAccepted() {
    api.send("GET", "/api/v1", null, "X-Auth-Token", target.token()).expect(200);
  }

  @Test
  @Writes
  void customersReadTheirOwnRecordAndNothingElse() {
    String id = field(subscriber(), "id");
    Api customer = api.as(api.createToken(id));
    customer.get("/api/v1/users/" + id).expect(200);
    assertThat(customer.get("/api/v1").body())
        .isEqualTo(
            "{\"get_self\":\"%1$s/users/%2$s\",\"get_own_token\":\"%1$s/tokens/self\",\"describedby\":\"%1$s/openapi.json\"}"
                .formatted(target.base() + "/api/v1", id));
    List<Response> refused =
        List.of(
            customer.get("/api/v1/users"),
            customer.get("/api/v1/users/admin"),
            customer.get("/api/v1/users/" + target.own("nobody")),
            customer.post("/api/v1/users", "{\"id\":\"" + target.own("by-customer") + "\"}"),
            customer.send("PATCH", "/api/v1/users/" + id, "{\"profile_id\":99}"),
            customer.send("DELETE", "/api/v1/users/" + id, null),
            customer.get("/api/v1/users/" + id + "/history"),
            customer.get("/api/v1/tokens?user=" + id),
            customer.get("/api/v1/tokens/another"),
            customer.send("DELETE", "/api/v1/tokens/another", null),
            customer.post("/api/v1/tokens", "{\"user\":\"" + id + "\",\"expires_in_days\":1}"));
    for (Response response : refused) {
      response.expect(403, "forbidden");
      assertThat(response.header("WWW-Authenticate"))
          .isEqualTo("Bearer realm=\"ISPCRM\", error=\"insufficient_scope\"");
      assertThat(response.header("X-Request-Id"))
          .isEqualTo(response.json().get("request_id").asString());
    }
  }

  @Test
  @Writes
  void staffWorkWithSubscribersAlone() {
    String clerk = target.own("clerk");
    String user = "{\"id\":\"%s\",\"role\":\"%s\"}";
    api.post("/api/v1/users", user.formatted(clerk, "staff")).expect(201);
    Api staff = api.as(api.createToken(clerk));
    staff.get("/api/v1/users").expect(200);
    staff.post("/api/v1/users", user.formatted(target.own("by-clerk"), "customer")).expect(201);
    staff.post("/api/v1/tokens", "{\"user\":\"" + clerk + "\",\"expires_in_days\":1}").expect(403);
    for (String role : List.of("staff", "admin", "ADMIN")) {
      staff.post("/api/v1/users", user.formatted(target.own("friend"), role)).expect(403);
    }
    api.get("/api/v1/users/" + target.own("friend")).expect(404);

    String subscriber = "/api/v1/users/" + target.own("by-clerk");
    staff.send("PATCH", subscriber, "{\"status\":\"suspended\"}").expect(200);
    staff.send("PATCH", subscriber, "{\"role\":\"staff\"}").expect(403, "forbidden");
    staff.send("DELETE", subscriber, null).expect(403, "forbidden");
    staff.get(subscriber + "/history").expect(403, "forbidden");
    staff.send("PATCH", "/api/v1/users/" + clerk, "{\"name\":\"Clerk\"}").expect(403, "forbidden");
  }

  @Test
  @Writes
  void narrowedTokenHasOnlyTheRequestedScopes() {
    String order = "{\"user\":\"admin\",\"expires_in_days\":1,\"scopes\":[%s]}";
    Response narrow = api.post("/api/v1/tokens", order.formatted("\"users:read\"")).expect(201);
    Api reader = api.as(narrow.json().at("/data/token").asString());
    reader.get("/api/v1/users").expect(200);
    reader.post("/api/v1/users", "{\"id\":\"" + target.own("by-reader") + "\"}").expect(403);
    String mint = "\"tokens:write\",\"users:read\"";
    Api minter = api.as(token(order.formatted(mint)));
    minter.post("/api/v1/tokens", order.formatted("\"users:read\"")).expect(403, "forbidden");
    minter = api.as(token(order.formatted(mint + ",\"staff:write\"")));
    minter.post("/api/v1/tokens", order.formatted("\"users:write\"")).expect(403, "forbidden");
    Response minted =
        minter.post("/api/v1/tokens", "{\"user\":\"admin\",\"expires_in_days\":1}").expect(201);
    assertThat(minted.json().at("/data/scopes"))
        .hasToString("[\"users:read\",\"staff:write\",\"tokens:write\"]");
    assertThat(minted.json().at("/data/narrowed").asBoolean()).isTrue();
  }

  private static String token(String order) {
    return api.post("/api/v1/tokens", order).expect(201).json().at("/data/token").asString();
  }

  // Routes

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "/api/v1/users",
        "/api/v1/Users",
        "/api/v0/users",
        "/api/v0/Users",
        "/api/v1/users/"
      })
  void versionsAndCasesAreTheSame(String path) {
    Response list = api.get(path + "?username=" + encoded(field(subscriber(), "username")));
    assertThat(list.expect(200).json().at("/users/0/_links/self").asString())
        .isEqualTo(target.base() + "/api/v1/users/" + field(subscriber(), "id"));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "GET,/",
    "GET,/api",
    "GET,/api/v7",
    "GET,/api/v7/users",
    "POST,/api/v7/users",
    "GET,/api/v1/invoices",
    "GET,/api/v1/users/nobody/tokens",
    "GET,/api/v0/users/nobody/history",
    "GET,/api/v1/Users/nobody/history",
    "GET,/api/v0/health",
    "GET,/admin/gettoken",
    "HEAD,/api/v7"
  })
  void unknownRouteIsNotFoundAndNamesTheVersion(String method, String path) {
    for (Api caller : List.of(api, api.as(null))) {
      Response response = caller.send(method, path, null).expect(404);
      assertThat(response.header("Content-Type")).startsWith("application/json");
      assertThat(response.header("X-Request-Id")).isNotBlank();
      assertThat(response.header("Allow")).isNull();
      if (method.equals("HEAD")) {
        assertThat(response.body()).isEmpty();
      } else {
        response.expect(404, "not_found");
        assertThat(response.json().get("message").asString()).contains("v1");
        assertThat(response.json().at("/_links/root").asString())
            .isEqualTo(target.base() + "/api/v1");
      }
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "DELETE,/api/v1/users,'GET, HEAD, POST'",
    "PATCH,/api/v0/Users,'GET, HEAD, POST'",
    "OPTIONS,/api/v1/users,'GET, HEAD, POST'",
    "PUT,/api/v1/users/nobody,'DELETE, GET, HEAD, PATCH'",
    "PATCH,/api/v0/users/nobody,'GET, HEAD'",
    "DELETE,/api/v1/users/nobody/history,'GET, HEAD'",
    "DELETE,/api/v0/Users/no%62ody,'GET, HEAD'",
    "PUT,/api/v1/tokens,'DELETE, GET, HEAD, POST'",
    "PATCH,/api/v1/tokens/self,'DELETE, GET, HEAD'",
    "GET,/api/v0/tokens,POST",
    "POST,/api/v1,'GET, HEAD'",
    "POST,/api/v1/health,'GET, HEAD'",
    "POST,/Admin/getToken,'GET, HEAD'",
    "HEAD,/api/v0/tokens,POST"
  })
  void methodThatAKnownPathLacksIsNotAllowed(String method, String path, String allow) {
    for (Api caller : List.of(api, api.as(null))) {
      Response response = caller.send(method, path, null).expect(405);
      assertThat(response.header("Allow")).isEqualTo(allow);
      assertThat(response.header("Content-Type")).startsWith("application/json");
      assertThat(response.header("X-Request-Id")).isNotBlank();
      if (method.equals("HEAD")) {
        assertThat(response.body()).isEmpty();
      } else {
        response.expect(405, "method_not_allowed");
        assertThat(response.json().get("message").asString())
            .isEqualTo(
                "Method not allowed - this path supports "
                    + allow.replaceFirst(", (?!.*, )", " and ")
                    + ".");
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"/api/v1/health", "/Admin/getToken"})
  void headHasTheHeadersOfGetAndNoBody(String path) {
    Response get = api.as(null).get(path).expect(200);
    Response head = api.as(null).send("HEAD", path, null).expect(200);
    assertThat(head.body()).isEmpty();
    for (String header :
        List.of("Content-Type", "Cache-Control", "X-Release", "Content-Security-Policy")) {
      assertThat(head.header(header)).as(header).isEqualTo(get.header(header));
    }
  }

  @Test
  void healthIsPublicAndNamesTheRelease() {
    for (Api caller : List.of(api, api.as(null), api.as("nonsense"))) {
      Response health = caller.get("/api/v1/health").expect(200);
      assertThat(health.json().propertyNames()).containsExactly("status", "release");
      assertThat(field(health.json(), "status")).isEqualTo("ok");
      assertThat(field(health.json(), "release")).matches("[0-9a-z]{4,10}");
      assertThat(health.header("X-Release")).isEqualTo(field(health.json(), "release"));
      assertThat(health.header("Cache-Control")).isEqualTo("no-store");
    }
  }

  @Test
  void encodedIdMeansTheSame() {
    String id = field(subscriber(), "id");
    String user = "/api/v1/users/";
    String body = api.get(user + id).expect(200).body();
    assertThat(api.get(user + percentEncoded(id)).expect(200).body()).isEqualTo(body);
    api.get(user + percentEncoded(id) + "/").expect(200);
    api.get(user + "+" + id).expect(404, "not_found");
  }

  @Test
  void idIsDecodedOnlyOnce() {
    api.get("/api/v1/users/" + percentEncoded(field(subscriber(), "id")).replace("%", "%25"))
        .expect(404, "not_found");
  }

  @Test
  @Writes
  void encodedIdIsTheOwnRecordToo() {
    String id = field(subscriber(), "id");
    Api customer = api.as(api.createToken(id));
    customer.get("/api/v1/users/" + percentEncoded(id)).expect(200);
    customer.get("/api/v1/users/" + percentEncoded(id + "x")).expect(403, "forbidden");
    customer.get("/api/v1/users/" + id + "%ff").expect(403, "forbidden");
  }

  private static String percentEncoded(String id) {
    StringBuilder encoded = new StringBuilder();
    id.chars().forEach(character -> encoded.append("%%%02x".formatted(character)));
    return encoded.toString();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"nobody", "..%2f..", "a%20b", "user%23nobody", "%C3%BF%ff"})
  void unknownUserIsNotFound(String id) {
    api.get("/api/v1/users/" + id.replace("nobody", target.own("nobody"))).expect(404, "not_found");
  }

  @Test
  void linksIgnoreWhatAClientWrites() {
    Response response =
        api.send(
            "GET", "/api/v1", null, "X-Forwarded-Host", "evil.example", "Forwarded", "host=evil");
    assertThat(response.expect(200).body()).doesNotContain("evil");
  }

  // Creation

  @Test
  void allInvalidFieldsAreNamedAtOnce() {
    Response response =
        api.post(
                "/api/v1/users",
                """
                {"id":"-x","username":"a b","name":"","customer_id":"ü","status":"gone",
                 "expiration":"2025-02-30","activated_at":5,"mac":"AA:BB","profile_id":-1,
                 "profile_name":7,"radius_id":1.5,"role":"root","version":"v9","color":"red",
                 "created_at":"2020-01-01"}
                """)
            .expect(400);
    Set<String> fields = new TreeSet<>();
    response.json().get("errors").forEach(error -> fields.add(error.get("field").asString()));
    assertThat(fields)
        .containsExactlyInAnyOrder(
            "id",
            "username",
            "name",
            "customer_id",
            "status",
            "expiration",
            "activated_at",
            "mac",
            "profile_id",
            "profile_name",
            "radius_id",
            "role",
            "version",
            "color",
            "created_at");
  }

  @ParameterizedTest(name = "body {0}")
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "\"id\"",
        "{",
        "{\"id\":\"-\"",
        "{\"id\":NaN}",
        "{\"id\":\"-\"} {}",
        "{'id':'-'}",
        "id=-",
        "{\"id\":\"-\",}",
        "{\"id\":\"\u0001\"}"
      })
  void bodyThatIsNotASingleJsonObjectIsRefused(String body) {
    api.post("/api/v1/users", body).expect(400, "invalid_json");
  }

  /**
   * Exceeds the limits of the contract, of Lambda and of API Gateway. A gateway may close the
   * connection during the upload, in which case its response is lost.
   *
   * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-15.5.14">RFC 9110, 413 Content Too
   *     Large</a>
   */
  @ParameterizedTest(name = "{0} and a byte")
  @CsvSource({"64 KiB,65536", "6 MiB,6291456", "10 MiB,10485760"})
  void bodyOverTheLimitIsRefused(String limit, int bytes) {
    Response response;
    try {
      response = api.post("/api/v1/users", " ".repeat(bytes + 1));
    } catch (AssertionError noResponse) {
      assertThat(noResponse)
          .hasCauseInstanceOf(IOException.class)
          .cause()
          .isNotInstanceOf(HttpTimeoutException.class);
      api.get("/api/v1").expect(200);
      return;
    }
    response.expect(413, "body_too_large");
  }

  @Test
  @Writes
  void bodyOfExactlyTheLimitIsAccepted() {
    String user = "{\"id\":\"" + target.own("big") + "\"}";
    api.post("/api/v1/users", user + " ".repeat(64 * 1024 - user.length())).expect(201);
  }

  @Test
  @Writes
  void nameOfAnyScriptComesBackAsItWas() {
    String name = "Łukasz Öztürk – 李小龍 😀";
    String user = "{\"id\":\"%s\",\"name\":\"%s\"}".formatted(target.own("script"), name);
    Response created = api.post("/api/v1/users", user).expect(201);
    assertThat(field(created.json().get("data"), "name")).isEqualTo(name);
    Response read = api.get("/api/v1/users/" + target.own("script")).expect(200);
    assertThat(field(read.json().get("data"), "name")).isEqualTo(name);
  }

  @Test
  @Writes
  void conflictingFieldsAreNamed() {
    String user = "{\"id\":\"%s\",\"username\":\"%s\",\"customer_id\":\"%s\"}";
    String username = target.own("First.Name");
    String customer = target.own("C1");
    api.post("/api/v1/users", user.formatted(target.own("first"), username, customer)).expect(201);
    Response response =
        api.post(
            "/api/v1/users",
            user.formatted(target.own("second"), otherCase(username), otherCase(customer)));
    response.expect(409, "already_exists");
    assertThat(response.json().get("errors").findValuesAsString("field"))
        .containsExactly("username", "customer_id");
    api.get("/api/v1/users/" + target.own("second")).expect(404);
  }

  @Test
  @Writes
  void onlyOneOfManyEqualConcurrentRequestsSucceeds() throws Exception {
    String user = "{\"username\":\"" + target.own("the-one") + "\"}";
    // An emulator starts a process or a container for each concurrent request.
    ExecutorService clients = Executors.newFixedThreadPool(4);
    try {
      List<Future<Integer>> responses = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        responses.add(clients.submit(() -> api.post("/api/v1/users", user).status()));
      }
      List<Integer> statuses = new ArrayList<>();
      for (Future<Integer> response : responses) {
        statuses.add(response.get());
      }
      assertThat(statuses).filteredOn(status -> status == 201).hasSize(1);
      assertThat(statuses).filteredOn(status -> status == 409).hasSize(23);
      assertThat(usernames("username=" + target.own("the-one"))).hasSize(1);
    } finally {
      clients.shutdownNow();
    }
  }

  // Reading, updating and deleting a user

  @Test
  void userWhoIsTheSameIsNotSentAgain() {
    String path = "/api/v1/users/" + field(subscriber(), "id");
    String etag = api.get(path).expect(200).header("ETag");
    assertThat(etag).matches("\"[A-Za-z0-9_-]+\"");
    for (String known : List.of(etag, "W/" + etag, "\"other\", " + etag, "*")) {
      Response same = api.send("GET", path, null, "If-None-Match", known).expect(304);
      assertThat(same.body()).isEmpty();
      assertThat(same.header("ETag")).isEqualTo(etag);
    }
    Response other = api.send("GET", path, null, "If-None-Match", "\"other\"").expect(200);
    assertThat(other.header("ETag")).isEqualTo(etag);
  }

  @Test
  @Writes
  void subscriberIsSuspendedAndRenewed() {
    String id = target.own("debtor");
    String path = "/api/v1/users/" + id;
    Response created =
        api.post(
                "/api/v1/users",
                "{\"id\":\"%s\",\"name\":\"Jon Ewe\",\"mac\":\"001a2b3c4d5e\"}".formatted(id))
            .expect(201);
    Response suspended =
        patch(path, "{\"status\":\"Suspended\",\"status_reason\":\"Unpaid invoice\"}").expect(200);
    JsonNode data = suspended.json().get("data");
    assertThat(field(data, "status")).isEqualTo("suspended");
    assertThat(field(data, "status_reason")).isEqualTo("Unpaid invoice");
    assertThat(field(data, "name")).isEqualTo("Jon Ewe");
    assertThat(field(data, "mac")).isEqualTo("00:1A:2B:3C:4D:5E");
    assertThat(suspended.header("ETag")).isNotEqualTo(created.header("ETag"));
    Response read = api.get(path).expect(200);
    assertThat(read.body()).isEqualTo(suspended.body());
    assertThat(read.header("ETag")).isEqualTo(suspended.header("ETag"));

    Response renewed =
        patch(path, "{\"status\":\"active\",\"expiration\":\"2099-12-31\",\"mac\":null}")
            .expect(200);
    assertThat(renewed.json().at("/data/status_reason").isNull()).isTrue();
    assertThat(renewed.json().at("/data/mac").isNull()).isTrue();
    assertThat(renewed.json().at("/data/expiration").asString()).isEqualTo("2099-12-31 00:00:00");

    Response same = patch(path, "{\"status\":\"ACTIVE\",\"version\":\"v1\"}").expect(200);
    assertThat(same.body()).isEqualTo(renewed.body());

    JsonNode history = api.get(path + "/history").expect(200).json().get("history");
    assertThat(history.findValuesAsString("action"))
        .containsExactly("updated", "updated", "created");
    assertThat(history.get(0).get("changes").propertyNames())
        .containsExactlyInAnyOrder("status", "status_reason", "expiration", "mac");
    assertThat(history.at("/1/changes/status_reason"))
        .hasToString("{\"old\":null,\"new\":\"Unpaid invoice\"}");
    assertThat(history.at("/2/changes/name")).hasToString("{\"old\":null,\"new\":\"Jon Ewe\"}");
    assertThat(history.at("/1/request_id").asString()).isEqualTo(suspended.header("X-Request-Id"));
    assertThat(history.at("/1/by_user").asString()).isEqualTo("admin");
    assertThat(history.at("/1/by_token").asString()).isNotBlank();
    assertThat(history.at("/1/address").asString()).isNotBlank();
  }

  @Test
  @Writes
  void historyComesInPages() {
    String id = target.own("changing");
    createUser(id);
    for (int i = 0; i < 4; i++) {
      patch("/api/v1/users/" + id, "{\"radius_id\":" + i + "}").expect(200);
    }
    List<String> seen = new ArrayList<>();
    String next = target.base() + "/api/v1/users/" + id + "/history?limit=2";
    while (next != null) {
      Response page = api.get(next).expect(200);
      page.json()
          .get("history")
          .forEach(entry -> seen.add(entry.at("/changes/radius_id/new").asString("none")));
      next = nextLink(page);
    }
    assertThat(seen).containsExactly("3", "2", "1", "0", "none");
    api.get("/api/v1/users/" + id + "/history?limit=0").expect(400, "invalid_parameter");
    api.get("/api/v1/users/" + target.own("nobody") + "/history").expect(404, "not_found");
  }

  @Test
  @Writes
  void tokensAreInTheHistory() {
    String id = target.own("portal");
    createUser(id);
    Api customer = api.as(api.createToken(id));
    JsonNode token = customer.send("DELETE", "/api/v1/tokens/self", null).expect(200).json();
    JsonNode history = api.get("/api/v1/users/" + id + "/history").json().get("history");
    assertThat(history.findValuesAsString("action"))
        .containsExactly("token_revoked", "token_created", "created");
    assertThat(history.at("/0/by_user").asString()).isEqualTo(id);
    assertThat(history.at("/0/by_token")).isEqualTo(token.at("/data/id"));
    assertThat(history.at("/0/changes/token/old")).isEqualTo(token.at("/data/id"));
    assertThat(history.at("/1/by_user").asString()).isEqualTo("admin");
    assertThat(history.at("/1/changes/token/new")).isEqualTo(token.at("/data/id"));
  }

  @Test
  @Writes
  void renamingClaimsTheNewNameAndFreesTheOld() {
    String user = "{\"id\":\"%1$s-id\",\"username\":\"%1$s\",\"customer_id\":\"%2$s\"}";
    String first = target.own("ren1");
    String second = target.own("ren2");
    api.post("/api/v1/users", user.formatted(first, target.own("R1"))).expect(201);
    api.post("/api/v1/users", user.formatted(second, target.own("R2"))).expect(201);
    String names = "{\"username\":\"%s\",\"customer_id\":\"%s\"}";
    Response conflict =
        patch(
            "/api/v1/users/" + second + "-id",
            names.formatted(otherCase(first), otherCase(target.own("R1"))));
    conflict.expect(409, "already_exists");
    assertThat(conflict.json().get("errors").findValuesAsString("field"))
        .containsExactly("username", "customer_id");
    patch("/api/v1/users/" + first + "-id", names.formatted(target.own("ren3"), target.own("R3")))
        .expect(200);
    patch("/api/v1/users/" + second + "-id", names.formatted(otherCase(first), target.own("R1")))
        .expect(200);
    assertThat(usernames("username=" + first)).containsExactly(otherCase(first));
    assertThat(usernames("customer_id=" + target.own("R3"))).containsExactly(target.own("ren3"));
    assertThat(usernames("username=" + second)).isEmpty();
  }

  @Test
  @Writes
  void updateOfAUserWhoHasChangedIsRefused() {
    String path = "/api/v1/users/" + target.own("etag");
    createUser(target.own("etag"));
    String etag = api.get(path).expect(200).header("ETag");
    String changed =
        api.send("PATCH", path, "{\"name\":\"One\"}", "If-Match", etag).expect(200).header("ETag");
    api.send("PATCH", path, "{\"name\":\"Two\"}", "If-Match", etag)
        .expect(412, "precondition_failed");
    api.send("DELETE", path, null, "If-Match", etag).expect(412, "precondition_failed");
    assertThat(api.get(path).expect(200).header("ETag")).isEqualTo(changed);
    api.send("DELETE", path, null, "If-Match", changed).expect(200);
    api.get(path).expect(404);
  }

  @Test
  @Writes
  void concurrentUpdatesOfDifferentFieldsAllTakeEffect() throws Exception {
    String path = "/api/v1/users/" + target.own("busy");
    createUser(target.own("busy"));
    List<String> patches =
        List.of(
            "{\"name\":\"Bea\"}",
            "{\"profile_id\":20}",
            "{\"radius_id\":7}",
            "{\"mac\":\"AA:BB:CC:DD:EE:FF\"}");
    ExecutorService clients = Executors.newFixedThreadPool(patches.size());
    try {
      List<Future<Response>> responses = new ArrayList<>();
      patches.forEach(patch -> responses.add(clients.submit(() -> patch(path, patch))));
      for (Future<Response> response : responses) {
        response.get().expect(200);
      }
    } finally {
      clients.shutdownNow();
    }
    JsonNode user = api.get(path).expect(200).json().get("data");
    assertThat(field(user, "name")).isEqualTo("Bea");
    assertThat(user.get("profile_id").asInt()).isEqualTo(20);
    assertThat(user.get("radius_id").asInt()).isEqualTo(7);
    assertThat(field(user, "mac")).isEqualTo("AA:BB:CC:DD:EE:FF");
    assertThat(api.get(path + "/history").expect(200).json().get("history")).hasSize(5);
  }

  @Test
  @Writes
  void invalidPatchNamesEveryInvalidField() {
    Response refused =
        patch(
            "/api/v1/users/" + field(subscriber(), "id"),
            "{\"ID\":\"x\",\"mac\":\"x\",\"name\":null,\"created_at\":null,\"color\":\"red\"}");
    refused.expect(400, "invalid_fields");
    assertThat(refused.json().get("errors").findValuesAsString("field"))
        .containsExactlyInAnyOrder("id", "mac", "name", "created_at", "color");
    patch("/api/v1/users/" + target.own("nobody"), "{\"name\":\"x\"}").expect(404, "not_found");
  }

  @Test
  @Writes
  void accessFollowsTheUserFromTheNextRequest() {
    String id = target.own("agent");
    String path = "/api/v1/users/" + id;
    api.post("/api/v1/users", "{\"id\":\"%s\",\"role\":\"staff\"}".formatted(id)).expect(201);
    Api agent = api.as(api.createToken(id));
    agent.get("/api/v1/users?limit=1").expect(200);
    patch(path, "{\"status\":\"suspended\"}").expect(200);
    agent.get("/api/v1").expect(401);
    patch(path, "{\"status\":\"active\"}").expect(200);
    agent.get("/api/v1/users?limit=1").expect(200);
    patch(path, "{\"role\":\"admin\"}").expect(200);
    // A role with further scopes ends the tokens.
    agent.get("/api/v1").expect(401);
    Api boss = api.as(api.createToken(id));
    boss.get(path + "/history").expect(200);
    patch(path, "{\"role\":\"staff\"}").expect(200);
    boss.get(path + "/history").expect(403, "forbidden");
    boss.get(path).expect(200);
  }

  @Test
  @Writes
  void nobodyLocksThemselvesOrTheFirstAdministratorOut() {
    String id = target.own("boss");
    String path = "/api/v1/users/" + id;
    api.post("/api/v1/users", "{\"id\":\"%s\",\"role\":\"admin\"}".formatted(id)).expect(201);
    Api boss = api.as(api.createToken(id));
    boss.send("PATCH", path, "{\"status\":\"disabled\"}").expect(409, "own_account");
    boss.send("PATCH", path, "{\"role\":\"staff\"}").expect(409, "own_account");
    boss.send("DELETE", path, null).expect(409, "own_account");
    boss.send("DELETE", "/api/v1/users/admin", null).expect(409, "reserved");
    boss.send("PATCH", "/api/v1/users/admin", "{\"username\":\"Admin\"}").expect(409, "reserved");
    boss.send("PATCH", path, "{\"username\":\"ADMIN\"}").expect(409, "already_exists");
    boss.send("PATCH", path, "{\"name\":\"Boss\"}").expect(200);
    api.send("DELETE", path, null).expect(200);
    boss.get("/api/v1").expect(401);
  }

  @Test
  @Writes
  void ofADeletedUserOnlyTheIdAndTheHistoryRemain() {
    String id = target.own("leaver");
    String path = "/api/v1/users/" + id;
    String user = "{\"id\":\"%s\",\"username\":\"%s\",\"customer_id\":\"%s\"}";
    String username = target.own("leaver.name");
    String customer = target.own("L1");
    api.post("/api/v1/users", user.formatted(id, username, customer)).expect(201);
    Api leaver = api.as(api.createToken(id));
    leaver.get("/api/v1").expect(200);
    Response deleted = api.send("DELETE", path, null).expect(200);
    assertThat(deleted.json().get("data").propertyNames()).containsExactly("id", "deleted_at");
    assertThat(deleted.json().at("/data/id").asString()).isEqualTo(id);

    api.get(path).expect(404, "not_found");
    patch(path, "{\"name\":\"x\"}").expect(404, "not_found");
    api.send("DELETE", path, null).expect(404, "not_found");
    leaver.get("/api/v1").expect(401);
    api.post("/api/v1/tokens", "{\"user\":\"" + id + "\"}").expect(404, "not_found");
    Response again = api.post("/api/v1/users", "{\"id\":\"" + id + "\"}");
    again.expect(409, "id_retired");
    assertThat(again.json().get("errors").findValuesAsString("field")).containsExactly("id");
    api.post("/api/v1/users", user.formatted(target.own("heir"), otherCase(username), customer))
        .expect(201);

    String link = deleted.json().at("/_links/history").asString();
    JsonNode history = api.get(link).expect(200).json().get("history");
    assertThat(history.findValuesAsString("action"))
        .containsExactly("deleted", "token_created", "created");
    assertThat(history.at("/0/request_id").asString()).isEqualTo(deleted.header("X-Request-Id"));
    assertThat(history.at("/0/changes")).isEmpty();
    assertThat(history.at("/2/by_user").asString()).isEqualTo("admin");
    assertThat(history.at("/2/changes").propertyNames()).contains("username", "customer_id");
    for (JsonNode entry : history) {
      for (JsonNode change : entry.get("changes")) {
        assertThat(change).hasToString("{\"old\":null,\"new\":null}");
      }
    }
  }

  private static Response patch(String path, String body) {
    return api.send("PATCH", path, body);
  }

  // Lists

  @Test
  void pagesAreOrderedAndLinked() {
    List<String> seen = new ArrayList<>();
    String next = target.base() + "/api/v1/users?limit=2";
    for (int page = 0; page < 3 && next != null; page++) {
      next = next(api.get(next).expect(200), seen);
    }
    assertThat(seen).isNotEmpty().doesNotHaveDuplicates();
    assertThat(seen.stream().map(name -> name.toLowerCase(Locale.ROOT))).isSorted();
  }

  @Test
  @Writes
  void walkShowsEveryOlderUserOnceWhileOthersAreCreated() throws Exception {
    int users = 8;
    List<String> older = IntStream.range(0, users).mapToObj(i -> walker(i * 2)).toList();
    older.forEach(ContractIT::createUser);
    awaitListed(target.own("walk-"), users);
    ExecutorService creator = Executors.newSingleThreadExecutor();
    List<String> seen = new ArrayList<>();
    try {
      Future<?> creating =
          creator.submit(
              () -> IntStream.range(0, users).forEach(i -> createUser(walker(i * 2 + 1))));
      String next = target.base() + "/api/v1/users?limit=3&q=" + target.own("walk-");
      while (next != null) {
        next = next(api.get(next).expect(200), seen);
      }
      creating.get();
    } finally {
      creator.shutdownNow();
    }
    assertThat(seen).isSorted().doesNotHaveDuplicates().containsAll(older);
  }

  private static String walker(int number) {
    return target.own("walk-%02d".formatted(number));
  }

  private static void createUser(String id) {
    api.post("/api/v1/users", "{\"id\":\"" + id + "\"}").expect(201);
  }

  /** Adds a page's usernames; returns the address of the next page, or null. */
  private static String next(Response page, List<String> seen) {
    seen.addAll(usernames(page));
    return nextLink(page);
  }

  /** The address of the next page, or null. */
  private static String nextLink(Response page) {
    JsonNode link = page.json().at("/_links/next");
    String next = link.isMissingNode() ? null : link.asString();
    assertThat(page.header("Link")).isEqualTo(next == null ? null : "<" + next + ">; rel=\"next\"");
    return next;
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "stauts=active",
        "status=activ",
        "status=",
        "username=",
        "username=a%20b",
        "customer_id=%20",
        "q=",
        "q=%25",
        "status=active&status=active",
        "limit=0",
        "limit=-1",
        "limit=ten",
        "limit=",
        "limit=1.5",
        "Status=active",
        "name=",
        "mac=AA:BB",
        "profile_id=ten",
        "radius_id=-1",
        "expires_before=2025-02-30",
        "updated_since=yesterday",
        "email=jonewe",
        "phone=12",
        "role=root",
        "updated_since=2025-01-01&q=a",
        "cursor="
      })
  void mistypedFilterNeverReturnsAllUsers(String query) {
    Response response = api.get("/api/v1/users?" + query).expect(400);
    assertThat(response.json().get("code").asString()).startsWith("invalid_");
  }

  /** Each filter and each key of a body in the contract, with one letter too many. */
  @Test
  void mistypedNamesAreRefused() {
    List<String> accepted = new ArrayList<>();
    for (String filter : Contract.parameters("listUsers", "query")) {
      if (api.get("/api/v1/users?" + filter + "x=a").status() < 300) {
        accepted.add(filter);
      }
    }
    for (String key : Contract.members("CreateUserRequest")) {
      String body = "{\"id\":\"%s\",\"%sx\":null}".formatted(target.own("mistyped"), key);
      if (api.post("/api/v1/users", body).status() < 300) {
        accepted.add("create " + key);
      }
    }
    for (String key : Contract.members("UpdateUserRequest")) {
      String path = "/api/v1/users/" + target.own("mistyped");
      if (api.send("PATCH", path, "{\"" + key + "x\":null}").status() < 300) {
        accepted.add("update " + key);
      }
    }
    for (String key : Contract.members("CreateTokenRequest")) {
      String body = "{\"user\":\"%s\",\"%sx\":null}".formatted(target.own("mistyped"), key);
      if (api.post("/api/v1/tokens", body).status() < 300) {
        accepted.add("token " + key);
      }
    }
    assertThat(accepted).isEmpty();
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource({
    "PATCH, If-Match, fQ3kZ0m9",
    "DELETE, If-Match, \"fQ3kZ0m9",
    "GET, If-None-Match, fQ3kZ0m9",
    "POST, Idempotency-Key, a b"
  })
  void malformedHeaderIsRefused(String method, String header, String value) {
    boolean creates = method.equals("POST");
    String path = "/api/v1/users" + (creates ? "" : "/" + field(subscriber(), "id"));
    String body = creates ? "{\"id\":\"%s\"}".formatted(target.own("header")) : "{}";
    Response response =
        api.send(method, path, method.equals("PATCH") || creates ? body : null, header, value)
            .expect(400, "invalid_header");
    assertThat(response.json().at("/errors/0/field").asString()).isEqualTo(header);
  }

  @Test
  void errorIsAProblemForAClientThatAsksForIt() {
    Response response =
        api.send("GET", "/api/v1/users/-", null, "Accept", "application/problem+json").expect(404);
    assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(response.json().get("status").asInt()).isEqualTo(404);
    assertThat(response.json().get("type").asString()).isEqualTo(target.base() + "/docs#not_found");
    assertThat(api.as(null).get("/docs").expect(200).body()).contains("id=\"not_found\"");
  }

  @Test
  void listShowsOnlyTheFieldsThatAClientNames() {
    String username = field(subscriber(), "username");
    Response list = api.get("/api/v1/users?fields=id,status&username=" + encoded(username));
    assertThat(list.expect(200).json().at("/users/0").propertyNames())
        .containsExactly("id", "status");
  }

  @Test
  void contractAndItsDocumentationArePublic() {
    JsonNode contract =
        api.as(null)
            .get(api.get("/api/v1").json().get("describedby").asString())
            .expect(200)
            .json();
    assertThat(contract.at("/servers/0/url").asString()).isEqualTo(target.base().toString());
    assertThat(contract.get("paths").propertyNames()).contains("/api/v1/users/{id}");
    Response page = api.as(null).get("/docs").expect(200);
    assertThat(page.body()).contains("curl -X POST '" + target.base() + "/api/v1/users'");
    assertThat(page.header("Content-Security-Policy"))
        .contains("default-src 'none'", "frame-ancestors 'none'")
        .doesNotContain("unsafe", "script-src");
  }

  /** A MAC address is not unique: a device may have been replaced, or belong to two accounts. */
  @Test
  @Writes
  void theSameMacCanBeGivenTwice() {
    String mac = "02%010d".formatted(target.own("mac").hashCode() & Integer.MAX_VALUE);
    for (String id : List.of(target.own("mac1"), target.own("mac2"))) {
      api.post("/api/v1/users", "{\"id\":\"%s\",\"mac\":\"%s\"}".formatted(id, mac)).expect(201);
    }
    Response list =
        api.getUntil("/api/v1/users?mac=" + mac, found -> found.json().path("users").size() == 2);
    assertThat(usernames(list)).containsExactly(target.own("mac1"), target.own("mac2"));
  }

  @Test
  void filtersIgnoreCase() {
    String username = field(subscriber(), "username");
    String byUsername = "username=" + encoded(otherCase(username));
    String byCustomer = "customer_id=" + encoded(otherCase(field(subscriber(), "customer_id")));
    String byStart = "q=" + encoded(otherCase(username));
    String status = field(subscriber(), "status");
    assertThat(usernames(byUsername)).containsExactly(username);
    assertThat(usernames(byCustomer)).containsExactly(username);
    assertThat(usernames(byUsername + "&" + byCustomer)).containsExactly(username);
    assertThat(usernames(byStart)).startsWith(username);
    assertThat(usernames(byStart + "&limit=0001000")).startsWith(username);
    assertThat(usernames(byStart + "&status=" + otherCase(status))).startsWith(username);
    String otherStatus = status.equals("suspended") ? "active" : "suspended";
    assertThat(usernames(byUsername + "&status=" + otherStatus)).isEmpty();
    assertThat(usernames(byUsername + "&customer_id=" + target.own("C0"))).isEmpty();
    assertThat(usernames("username=" + target.own("nobody"))).isEmpty();
  }

  @Test
  @Writes
  void profileIsCreatedChangedAndDeletedUnlessAUserHasIt() {
    long number = System.currentTimeMillis();
    String body =
        """
        {"id":%d,"name":"100 Mbps",
         "attributes":{"Mikrotik-Rate-Limit":"20M/100M","Framed-Pool":["fiber"]}}
        """
            .formatted(number);
    Response created =
        api.send("POST", "/api/v1/profiles", body, "Idempotency-Key", target.own("profile"));
    String path = "/api/v1/profiles/" + number;
    assertThat(created.expect(201).header("Location")).isEqualTo(target.base() + path);
    api.post("/api/v1/profiles", body).expect(409, "already_exists");
    JsonNode profile = api.get(path).expect(200).json().get("data");
    assertThat(profile.at("/attributes/Framed-Pool/0").asString()).isEqualTo("fiber");
    assertThat(profile.get("restricted_attributes").isNull()).isTrue();
    JsonNode patched =
        api.send(
                "PATCH",
                path,
                "{\"attributes\":{\"Framed-Pool\":null},\"restricted_attributes\":{}}",
                "If-Match",
                api.get(path).header("ETag"))
            .expect(200)
            .json()
            .get("data");
    assertThat(patched.get("attributes").propertyNames()).containsExactly("Mikrotik-Rate-Limit");
    assertThat(patched.get("restricted_attributes").propertyNames()).isEmpty();
    assertThat(api.get("/api/v1/profiles?limit=200").expect(200).body())
        .contains("\"id\":" + number);
    String id = target.own("plan");
    api.post("/api/v1/users", "{\"id\":\"%s\",\"profile_id\":%d}".formatted(id, number))
        .expect(201);
    api.getUntil("/api/v1/users?profile_id=" + number, list -> usernames(list).equals(List.of(id)));
    api.send("DELETE", path, null).expect(409, "in_use");
    api.send("DELETE", "/api/v1/users/" + id, null).expect(200);
    api.getUntil("/api/v1/users?profile_id=" + number, list -> list.json().get("users").isEmpty());
    api.send("DELETE", path, null).expect(200);
    api.get(path).expect(404, "not_found");
  }

  @Test
  @Writes
  void webhookIsCreatedChangedAndDeleted() {
    String key = target.own("webhook");
    String body = "{\"url\":\"https://hooks.example.net/\",\"types\":[\"user.deleted\"]}";
    Response created = api.send("POST", "/api/v1/webhooks", body, "Idempotency-Key", key);
    JsonNode webhook = created.expect(201).json().get("data");
    String path = "/api/v1/webhooks/" + webhook.get("id").asString();
    try {
      assertThat(created.header("Location")).isEqualTo(target.base() + path);
      assertThat(webhook.get("secret").asString()).startsWith("whsec_");
      Response repeated = api.send("POST", "/api/v1/webhooks", body, "Idempotency-Key", key);
      assertThat(repeated.expect(201).body())
          .contains(webhook.get("id").asString())
          .doesNotContain("whsec_");
      assertThat(api.get("/api/v1/webhooks").expect(200).body())
          .contains(webhook.get("id").asString())
          .doesNotContain("whsec_");
      JsonNode changed =
          api.send("PATCH", path, "{\"types\":null,\"payload\":\"thin\",\"status\":\"disabled\"}")
              .expect(200)
              .json()
              .get("data");
      assertThat(changed.get("types").isNull()).isTrue();
      assertThat(api.get(path).expect(200).json().get("data")).isEqualTo(changed);
      api.post(path + "/test", "{}").expect(409, "webhook_disabled");
      assertThat(
              api.send("POST", path + "/rotate-secret", "{}", "Idempotency-Key", key)
                  .expect(200)
                  .json()
                  .at("/data/secret")
                  .asString())
          .startsWith("whsec_")
          .isNotEqualTo(webhook.get("secret").asString());
    } finally {
      api.send("DELETE", path, null).expect(200);
    }
    api.get(path).expect(404, "not_found");
  }

  /** From the change to the attempt, which no host of this name can receive. */
  @Test
  @Writes
  void eventIsTriedAtAWebhook() {
    String path =
        "/api/v1/webhooks/"
            + api.post("/api/v1/webhooks", "{\"url\":\"https://no-such-host.invalid/\"}")
                .expect(201)
                .json()
                .at("/data/id")
                .asString();
    try {
      api.post("/api/v1/users", "{\"id\":\"%s\"}".formatted(target.own("hook"))).expect(201);
      JsonNode attempt =
          api.getUntil(
                  path + "/deliveries", list -> list.body().contains("\"type\":\"user.created\""))
              .json()
              .at("/deliveries/0");
      assertThat(attempt.get("result").asString()).isEqualTo("failed");
      assertThat(attempt.get("reason").asString())
          .isEqualTo("the name of the host cannot be resolved");
      assertThat(attempt.get("next_attempt_at").asString()).isNotEmpty();
      api.getUntil(path, webhook -> webhook.json().at("/data/failing_since").isString());
      String key = target.own("hook");
      String test =
          api.send("POST", path + "/test", "{}", "Idempotency-Key", key)
              .expect(202)
              .json()
              .at("/data/event")
              .asString();
      api.getUntil(path + "/deliveries", list -> list.body().contains(test));
      String replay = "{\"events\":[\"%s\"]}".formatted(attempt.get("event").asString());
      api.send("POST", path + "/replay", replay, "Idempotency-Key", key).expect(202);
      api.post(path + "/replay", "{\"since\":\"2026-01-01\"}").expect(202);
      // More than the event, the test and the event once more.
      api.getUntil(path + "/deliveries", list -> list.json().get("deliveries").size() > 3);
    } finally {
      api.send("DELETE", path, null).expect(200);
    }
  }

  @Test
  @Writes
  void eventsOfAUserAreListedInOrderAndWithoutValuesAfterTheDeletion() {
    String id = target.own("event");
    Instant begin = Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.SECONDS);
    api.post("/api/v1/users", "{\"id\":\"" + id + "\"}").expect(201);
    api.send("PATCH", "/api/v1/users/" + id, "{\"status\":\"suspended\"}").expect(200);
    api.send("DELETE", "/api/v1/users/" + id, null).expect(200);
    Function<Response, List<String>> types =
        page ->
            page.json()
                .get("events")
                .valueStream()
                .filter(event -> id.equals(event.get("user").asString()))
                .map(event -> event.get("type").asString())
                .toList();
    api.getUntil(
        "/api/v1/events?user=" + id,
        page ->
            types.apply(page).equals(List.of("user.created", "user.suspended", "user.deleted")));
    api.getUntil(
        "/api/v1/events?limit=200&type=user.suspended&since=" + begin,
        all -> types.apply(all).equals(List.of("user.suspended")));
    assertThat(
            api.get("/api/v1/events?type=user.suspended&user=" + id)
                .json()
                .at("/events/0/changes/status"))
        .hasToString("{\"old\":null,\"new\":null}");
  }

  @Test
  @Writes
  void subscriberLogsInWithThePasswordAndTheProfile() {
    long number = System.currentTimeMillis();
    String id = target.own("ppp");
    String mac = "02" + "%010x".formatted(number & 0xFFFFFFFFFFL);
    api.post(
            "/api/v1/profiles",
            "{\"id\":%d,\"name\":\"n\",\"attributes\":{\"Framed-Pool\":[\"a\",\"b\"]}}"
                .formatted(number))
        .expect(201);
    api.post(
            "/api/v1/users",
            "{\"id\":\"%s\",\"profile_id\":%d,\"mac\":\"%s\"}".formatted(id, number, mac))
        .expect(201);
    String password = "/api/v1/users/" + id + "/password";
    String ppp = "{\"username\":\"" + id.toUpperCase(Locale.ROOT) + "\",\"protocol\":\"PPP\"}";
    assertThat(radius(ppp, "control:CRM-Decision")).containsExactly("no-password");
    assertThat(api.send("PUT", password, "{\"password\":\"q\\\"%{x}\\\\\"}").expect(204).body())
        .isEmpty();
    assertThat(radius(ppp, "control:Cleartext-Password")).containsExactly("q\"%{x}\\\\");
    assertThat(radius(ppp, "reply:Framed-Pool")).containsExactly("a", "b");
    assertThat(api.get("/api/v1/users/" + id).json().at("/data/password_set_at").isString())
        .isTrue();
    api.getUntil("/api/v1/users?mac=" + mac, list -> usernames(list).equals(List.of(id)));
    assertThat(radius("{\"username\":\"" + mac + "\"}", "control:Auth-Type"))
        .containsExactly("Accept");
    api.send("PATCH", "/api/v1/users/" + id, "{\"role\":\"staff\"}").expect(400, "invalid_fields");
    api.send("PATCH", "/api/v1/users/" + id, "{\"status\":\"suspended\"}").expect(200);
    assertThat(radius(ppp, "control:CRM-Decision")).containsExactly("barred");
    api.send("DELETE", password, null).expect(204);
    api.send("DELETE", "/api/v1/users/" + id, null).expect(200);
    assertThat(radius(ppp, "control:CRM-Decision")).containsExactly("unknown");
  }

  private List<String> radius(String login, String attribute) {
    return api.post("/api/v1/radius/authorize", login)
        .expect(200)
        .json()
        .path(attribute)
        .path("value")
        .valueStream()
        .map(JsonNode::asString)
        .toList();
  }

  @Test
  @Writes
  void aUserIsFoundByEachFieldUntilItIsDeleted() {
    String id = target.own("found");
    long number = System.currentTimeMillis();
    String mac = "%012X".formatted(number);
    String created =
        api.post(
                "/api/v1/users",
                """
                {"id":"%1$s","name":"%1$s Żaneta","mac":"%2$s","profile_id":%3$d,"radius_id":%3$d,
                 "expiration":"9000-01-01","email":"%1$s@Example.net","phone":"+1 (555) %3$d"}
                """
                    .formatted(id, mac, number))
            .expect(201)
            .json()
            .at("/data/updated_at")
            .asString();
    for (String filter :
        List.of(
            "name=" + encoded(otherCase(id) + " zaneta"),
            "mac=" + mac.toLowerCase(Locale.ROOT),
            "profile_id=" + number,
            "radius_id=0" + number,
            "email=" + encoded(otherCase(id)) + "@example.net",
            "phone=1-555-" + number,
            "profile_id=" + number + "&role=customer&status=active&name=" + encoded(id),
            "expires_before=9000-01-02&phone=1555" + number)) {
      api.getUntil("/api/v1/users?" + filter, list -> usernames(list).equals(List.of(id)));
    }
    assertThat(usernames("role=Admin&limit=200")).contains("admin").doesNotContain(id);
    // Users of earlier runs may expire at the same time.
    assertThat(usernames("expires_before=9000-01-01&limit=200")).doesNotContain(id);
    api.send("DELETE", "/api/v1/users/" + id, null).expect(200);
    api.getUntil("/api/v1/users?name=" + encoded(id), list -> list.json().get("users").isEmpty());
    JsonNode deleted =
        api.getUntil(
                "/api/v1/users?limit=200&updated_since=" + encoded(created),
                list -> entry(list, id) != null)
            .json();
    assertThat(entry(deleted, id).propertyNames()).containsExactly("id", "status", "deleted_at");
    assertThat(field(entry(deleted, id), "status")).isEqualTo("deleted");
  }

  /** The entry of a user on a page; null if there is none. */
  private static JsonNode entry(Response list, String id) {
    return entry(list.json(), id);
  }

  private static JsonNode entry(JsonNode list, String id) {
    for (JsonNode user : list.get("users")) {
      if (field(user, "id").equals(id)) {
        return user;
      }
    }
    return null;
  }

  @Test
  void alteredCursorIsRefused() {
    subscriber();
    JsonNode next = api.get("/api/v1/users?limit=1").expect(200).json().at("/_links/next");
    assumeTrue(next.isString(), "there is one user only, so that no page follows");
    String cursor = next.asString().substring(next.asString().indexOf("cursor=") + 7);
    api.get("/api/v1/users?limit=2&cursor=" + cursor).expect(200);
    List<String> altered = new ArrayList<>();
    for (int i = 0; i < cursor.length(); i += 8) {
      char other = cursor.charAt(i) == 'A' ? 'B' : 'A';
      altered.add(cursor.substring(0, i) + other + cursor.substring(i + 1));
    }
    altered.add(cursor + "A");
    altered.add(cursor.substring(1));
    for (String other : altered) {
      api.get("/api/v1/users?limit=1&cursor=" + other).expect(400, "invalid_cursor");
    }
    api.get("/api/v1/users?status=active&cursor=" + cursor).expect(400, "invalid_cursor");
  }

  // Tokens

  @Test
  @Writes
  void tokenIsShownWholeAndOnce() {
    Response created =
        api.post(
                "/api/v1/tokens",
                "{\"user\":\"%s\",\"description\":\"billing\",\"expires_in_days\":1}"
                    .formatted(field(subscriber(), "id")))
            .expect(201);
    JsonNode data = created.json().get("data");
    assertThat(data.propertyNames())
        .containsExactly(
            "id",
            "token",
            "user",
            "description",
            "scopes",
            "narrowed",
            "allowed_ips",
            "created_at",
            "created_by",
            "created_by_token",
            "expires_at",
            "revoked_at",
            "revoked_by",
            "last_used_at",
            "last_used_from");
    assertThat(created.header("Location"))
        .isEqualTo(target.base() + "/api/v1/tokens/" + field(data, "id"));
    assertThat(field(data, "token")).matches("ispcrm_[0-9A-Za-z]{49}");
    assertThat(data.get("scopes")).hasToString("[\"self:read\"]");
    assertThat(Duration.between(time(data, "created_at"), time(data, "expires_at")))
        .isEqualTo(Duration.ofDays(1));
    assertThat(created.header("Cache-Control")).isEqualTo("no-store");
  }

  private static LocalDateTime time(JsonNode data, String name) {
    return LocalDateTime.parse(
        field(data, name), DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT));
  }

  @Test
  @Writes
  void leakedTokenIsRevokedWithEverythingThatItIssued() {
    String order = "{\"user\":\"admin\",\"expires_in_days\":1,\"description\":\"%s\"}";
    Api thief = api.as(token(order.formatted("leaked")));
    JsonNode issued =
        thief
            .post("/api/v1/tokens", order.formatted("by the thief"))
            .expect(201)
            .json()
            .get("data");
    Api accomplice = api.as(field(issued, "token"));
    Api second =
        api.as(
            accomplice
                .post("/api/v1/tokens", order.formatted("by the accomplice"))
                .expect(201)
                .json()
                .at("/data/token")
                .asString());
    second.get("/api/v1").expect(200);

    // Whoever finds the token can do so with the token itself.
    JsonNode revoked =
        thief
            .send("DELETE", "/api/v1/tokens/self?descendants=true", null)
            .expect(200)
            .json()
            .get("data");
    assertThat(field(revoked, "revoked_by")).isEqualTo("admin");
    assertThat(revoked.get("descendants")).hasSize(2);
    assertThat(revoked.at("/descendants/0/id").asString()).isEqualTo(field(issued, "id"));
    for (Api ended : List.of(thief, accomplice, second)) {
      ended.get("/api/v1").expect(401);
      ended.send("DELETE", "/api/v1/tokens/self", null).expect(401);
    }

    // A repetition changes nothing, and the list shows what happened.
    String path = "/api/v1/tokens/" + field(revoked, "id");
    JsonNode again =
        api.send("DELETE", path + "?descendants=true", null).expect(200).json().get("data");
    assertThat(again.get("descendants")).isEqualTo(revoked.get("descendants"));
    Response list =
        api.getUntil(
            "/api/v1/tokens?user=admin&limit=200",
            page -> page.body().contains(field(issued, "id")));
    for (JsonNode token : list.json().get("tokens")) {
      assertThat(token.propertyNames()).doesNotContain("token", "sha256");
      if (token.get("created_by_token").asString("").equals(field(revoked, "id"))) {
        assertThat(field(token, "revoked_at")).isNotBlank();
      }
    }
  }

  @Test
  @Writes
  void allTokensOfAUserAreRevokedAtOnce() {
    String id = field(subscriber(), "id");
    List<Api> earlier = List.of(api.as(api.createToken(id)), api.as(api.createToken(id)));
    earlier.forEach(token -> token.get("/api/v1").expect(200));
    api.send("DELETE", "/api/v1/tokens?user=" + id, null).expect(200);
    earlier.forEach(token -> token.get("/api/v1").expect(401));
    api.as(api.createToken(id)).get("/api/v1").expect(200);
    api.send("DELETE", "/api/v1/tokens", null).expect(400, "invalid_parameter");
    api.send("DELETE", "/api/v1/tokens?user=" + target.own("nobody"), null).expect(404);
  }

  @Test
  @Writes
  void tokenSaysWhatIsKnownAboutIt() {
    String id = field(subscriber(), "id");
    Api customer = api.as(api.createToken(id));
    Response self = customer.get("/api/v1/tokens/self").expect(200);
    JsonNode data = self.json().get("data");
    assertThat(field(data, "user")).isEqualTo(id);
    assertThat(field(data, "created_by")).isEqualTo("admin");
    assertThat(field(data, "last_used_at")).isNotBlank();
    assertThat(field(data, "last_used_from")).isNotBlank();
    assertThat(Instant.parse(self.header("X-Token-Expires-At")))
        .isEqualTo(time(data, "expires_at").toInstant(ZoneOffset.UTC));
    api.get("/api/v1/tokens/" + field(data, "id")).expect(200);
    api.get("/api/v1/tokens/" + target.own("nobody")).expect(404, "not_found");
    api.get("/api/v1/tokens?user=").expect(400, "invalid_parameter");
    String token = field(data, "id");
    api.getUntil("/api/v1/tokens?limit=200", list -> list.body().contains(token));
  }

  @Test
  @Writes
  void tokenWorksOnlyFromItsAddresses() {
    String id = field(subscriber(), "id");
    Response created =
        api.post(
                "/api/v1/tokens",
                "{\"user\":\"%s\",\"expires_in_days\":1,\"allowed_ips\":[\"203.0.113.0/24\"]}"
                    .formatted(id))
            .expect(201);
    Response refused =
        api.as(created.json().at("/data/token").asString())
            .get("/api/v1/tokens/self")
            .expect(403, "address_not_allowed");
    assertThat(refused.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"ISPCRM\"");
  }

  @Test
  @Writes
  void userWithoutAccessGetsNoToken() {
    String id = target.own("barred");
    api.post("/api/v1/users", "{\"id\":\"" + id + "\",\"status\":\"disabled\"}").expect(201);
    api.post("/api/v1/tokens", "{\"user\":\"" + id + "\"}").expect(409, "user_barred");
  }

  @Test
  void anotherSchemeIsIgnoredBesideXAuthToken() {
    for (String value : List.of("Basic YTpi", "")) {
      api.as(null)
          .send("GET", "/api/v1", null, "X-Auth-Token", target.token(), "Authorization", value)
          .expect(200);
    }
  }

  /** No deployment can allow 36,501 days. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|400|user",
        "{\"user\":5}|400|user",
        "{\"user\":\"SUBSCRIBER\",\"scopes\":[\"users:read\"]}|400|scopes",
        "{\"user\":\"SUBSCRIBER\",\"scopes\":[]}|400|scopes",
        "{\"user\":\"SUBSCRIBER\",\"scopes\":[\"all\"]}|400|scopes",
        "{\"user\":\"SUBSCRIBER\",\"scopes\":\"self:read\"}|400|scopes",
        "{\"user\":\"SUBSCRIBER\",\"expires_in_days\":36501}|400|expires_in_days",
        "{\"user\":\"SUBSCRIBER\",\"expires_in_days\":0}|400|expires_in_days",
        "{\"user\":\"SUBSCRIBER\",\"expires_in_days\":\"30\"}|400|expires_in_days",
        "{\"user\":\"SUBSCRIBER\",\"life\":30}|400|life",
        "{\"user\":\"SUBSCRIBER\",\"allowed_ips\":[\"192.0.2.1/24\"]}|400|allowed_ips",
        "{\"user\":\"NOBODY\"}|404|user"
      })
  @Writes
  void invalidTokenRequestIsRefused(String body, int status, String field) {
    String order =
        body.replace("SUBSCRIBER", field(subscriber(), "id"))
            .replace("NOBODY", target.own("nobody"));
    Response response = api.post("/api/v1/tokens", order).expect(status);
    assertThat(response.json().get("errors").findValuesAsString("field")).containsExactly(field);
  }

  // The administrator's page

  @Test
  void adminPageIsPublicAndRunsOnlyItsOwnScript() throws Exception {
    Response page = api.as(null).get("/Admin/getToken").expect(200);
    assertThat(page.header("Content-Type")).isEqualToIgnoringCase("text/html; charset=utf-8");
    assertThat(page.header("X-Request-Id")).as("X-Request-Id").isNotBlank();
    assertThat(page.header("Cache-Control")).isEqualTo("no-store");
    assertThat(page.header("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(page.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(page.header("X-Frame-Options")).isEqualTo("DENY");
    assertThat(page.header("Content-Security-Policy"))
        .contains(
            "default-src 'none'",
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "script-src '" + hash(page, "script") + "'",
            "style-src '" + hash(page, "style") + "'")
        .doesNotContain("unsafe-");
  }

  /** The SHA-256 hash with which a policy allows the page's only element of this name. */
  private static String hash(Response page, String element) throws Exception {
    Matcher found =
        Pattern.compile("<%1$s[^>]*>(.*?)</%1$s>".formatted(element), Pattern.DOTALL)
            .matcher(page.body());
    assertThat(found.find()).as("the page's " + element).isTrue();
    byte[] digest =
        MessageDigest.getInstance("SHA-256")
            .digest(found.group(1).getBytes(StandardCharsets.UTF_8));
    return "sha256-" + Base64.getEncoder().encodeToString(digest);
  }
}
