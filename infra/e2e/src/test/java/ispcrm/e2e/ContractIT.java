package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.e2e.Api.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The contract as an integrator meets it, over HTTP. */
class ContractIT {
  private static LocalRun run;
  private static Api api;

  @BeforeAll
  static void start() {
    run = LocalRun.start();
    api = run.api();
  }

  @AfterAll
  static void close() {
    run.close();
  }

  // The documentation's own lines

  @Test
  void rootLeadsToTheUsers() {
    Answer root = api.as(null).send("GET", "/api/v1", null, "X-Auth-Token", run.token());
    assertThat(root.status()).isEqualTo(200);
    assertThat(root.json().get("list_users").asString()).isEqualTo(run.base() + "/api/v1/users");
    assertThat(api.get(root.json().get("list_users").asString()).status()).isEqualTo(200);
  }

  @Test
  void sampleUserIsAnsweredAsTheDocumentationShowsIt() {
    Answer user = api.get("/api/v0/Users/jonewe");
    assertThat(user.body())
        .startsWith(
            "{\"success\":\"true\",\"data\":{\"username\":\"jonewe\",\"customer_id\":\"IZ1459296\","
                + "\"status\":\"active\",\"expiration\":\"2025-03-31 00:00:00\","
                + "\"created_at\":\"2023-12-13 13:38:27\",\"activated_at\":\"2023-12-13 00:00:00\","
                + "\"mac\":null,\"profile_id\":10,\"profile_name\":\"100 Mbps\",\"radius_id\":20,");
    assertThat(user.json().at("/_links/self").asString())
        .isEqualTo(run.base() + "/api/v1/users/jonewe");
  }

  @Test
  void activeUsersAreListedAsTheDocumentationShowsThem() {
    Answer users = api.get("/api/v0/users?status=active&username=johndoe");
    JsonNode john = users.json().at("/users/0");
    assertThat(john.get("id").asString()).isEqualTo("1");
    assertThat(john.get("name").asString()).isEqualTo("John Doe");
    assertThat(john.get("status").asString()).isEqualTo("active");
  }

  @Test
  void documentationsOwnPostRepeatsAKey() {
    Answer refused =
        api.post("/api/v1/users", "{\"ID\":\"jonmt\", \"version\":\"v1\", \"ID\":\"zt7633df\"}");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().get("code").asString()).isEqualTo("duplicate_key");
    assertThat(refused.json().at("/errors/0/field").asString()).isEqualTo("ID");
    assertThat(api.get("/api/v1/users/jonmt").status()).isEqualTo(404);
  }

  @Test
  void documentationsPostWithOneIdCreatesAUser() {
    Answer created =
        api.send(
            "POST",
            "/api/v1/users",
            "{\"ID\":\"zt7633df\", \"version\":\"v1\"}",
            "Content-Type",
            "application/x-www-form-urlencoded");
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.header("Location")).isEqualTo(run.base() + "/api/v1/users/zt7633df");
    assertThat(api.get(created.header("Location")).json().get("data"))
        .isEqualTo(created.json().get("data"));
  }

  // Authentication and permission

  @Test
  void fiveKindsOfBadTokenLookTheSame() {
    char other = run.token().charAt(20) == 'x' ? 'y' : 'x';
    String mistyped = run.token().substring(0, 20) + other + run.token().substring(21);
    List<Answer> answers =
        List.of(
            api.as(null).get("/api/v1/users"),
            api.as("nonsense").get("/api/v1/users"),
            api.as(mistyped).get("/api/v1/users"),
            api.as(null).send("GET", "/api/v1/users", null, "Authorization", run.token()),
            api.as(null).send("GET", "/api/v1/users", null, "Authorization", "Basic YTpi"),
            api.as(null).get("/api/v1/users?access_token=" + "secret"),
            api.send("GET", "/api/v1/users", null, "X-Auth-Token", mistyped));
    for (Answer answer : answers) {
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"ISPCRM\"");
      assertThat(answer.body().replace(answer.header("X-Request-Id"), "ID"))
          .isEqualTo(
              "{\"status\":\"error\",\"message\":\"Unauthorized access - invalid token provided.\","
                  + "\"code\":\"unauthorized\",\"request_id\":\"ID\",\"_links\":{\"root\":\""
                  + run.base()
                  + "/api/v1\"}}");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Authorization,'Bearer '",
    "authorization,'bearer '",
    "AUTHORIZATION,'BEARER '",
    "X-Auth-Token,''",
    "x-auth-token,''"
  })
  void tokenIsTakenInEitherHeader(String header, String scheme) {
    assertThat(api.as(null).send("GET", "/api/v1", null, header, scheme + run.token()).status())
        .isEqualTo(200);
  }

  @Test
  void theSameTokenInBothHeadersIsTaken() {
    assertThat(api.send("GET", "/api/v1", null, "X-Auth-Token", run.token()).status())
        .isEqualTo(200);
  }

  @Test
  void customersReadTheirOwnRecordAndNothingElse() {
    Api customer = api.as(api.createToken("jonewe"));
    assertThat(customer.get("/api/v1/users/jonewe").status()).isEqualTo(200);
    assertThat(customer.get("/api/v1").body())
        .isEqualTo("{\"get_self\":\"" + run.base() + "/api/v1/users/jonewe\"}");
    List<Answer> refused =
        List.of(
            customer.get("/api/v1/users"),
            customer.get("/api/v1/users/1"),
            customer.get("/api/v1/users/nobody"),
            customer.post("/api/v1/users", "{\"id\":\"x\"}"),
            customer.post("/api/v1/tokens", "{\"user\":\"jonewe\"}"));
    for (Answer answer : refused) {
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.json().get("code").asString()).isEqualTo("forbidden");
      assertThat(answer.header("X-Request-Id"))
          .isEqualTo(answer.json().get("request_id").asString());
    }
  }

  @Test
  void staffWorkWithUsersButCreateNoStaffAndNoTokens() {
    assertThat(api.post("/api/v1/users", "{\"id\":\"clerk\",\"role\":\"staff\"}").status())
        .isEqualTo(201);
    Api staff = api.as(api.createToken("clerk"));
    assertThat(staff.get("/api/v1/users").status()).isEqualTo(200);
    assertThat(staff.post("/api/v1/users", "{\"id\":\"by-clerk\"}").status()).isEqualTo(201);
    assertThat(staff.post("/api/v1/tokens", "{\"user\":\"clerk\"}").status()).isEqualTo(403);
    for (String role : List.of("staff", "admin", "ADMIN")) {
      Answer refused = staff.post("/api/v1/users", "{\"id\":\"friend\",\"role\":\"" + role + "\"}");
      assertThat(refused.status()).isEqualTo(403);
    }
    assertThat(api.get("/api/v1/users/friend").status()).isEqualTo(404);
  }

  @Test
  void narrowedTokenHoldsNoMoreThanAskedFor() {
    Answer narrow = api.post("/api/v1/tokens", "{\"user\":\"admin\",\"scopes\":[\"users:read\"]}");
    assertThat(narrow.status()).isEqualTo(201);
    Api reader = api.as(narrow.json().at("/data/token").asString());
    assertThat(reader.get("/api/v1/users").status()).isEqualTo(200);
    assertThat(reader.post("/api/v1/users", "{\"id\":\"x\"}").status()).isEqualTo(403);
    Answer minting =
        api.post(
            "/api/v1/tokens", "{\"user\":\"admin\",\"scopes\":[\"tokens:write\",\"users:read\"]}");
    Api minter = api.as(minting.json().at("/data/token").asString());
    assertThat(
            minter
                .post("/api/v1/tokens", "{\"user\":\"admin\",\"scopes\":[\"users:write\"]}")
                .status())
        .isEqualTo(403);
    assertThat(minter.post("/api/v1/tokens", "{\"user\":\"admin\"}").json().at("/data/scopes"))
        .hasToString("[\"users:read\",\"tokens:write\"]");
  }

  // Routes

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/users",
        "/api/v1/Users",
        "/api/v0/users",
        "/api/v0/Users",
        "/api/v1/users/"
      })
  void versionsAndCasesAreTheSame(String path) {
    assertThat(api.get(path + "?username=jonewe").json().at("/users/0/_links/self").asString())
        .isEqualTo(run.base() + "/api/v1/users/jonewe");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/",
    "GET,/api",
    "GET,/api/v7",
    "GET,/api/v7/users",
    "DELETE,/api/v1/users",
    "PUT,/api/v1/users/jonewe",
    "GET,/api/v1/tokens",
    "POST,/api/v1",
    "OPTIONS,/api/v1/users",
    "GET,/api/v1/users/jonewe/tokens",
    "POST,/Admin/getToken"
  })
  void unknownRouteIsNotFoundAndNamesTheVersion(String method, String path) {
    Answer answer = api.send(method, path, null);
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.json().get("message").asString()).contains("v1");
    assertThat(answer.json().at("/_links/root").asString()).isEqualTo(run.base() + "/api/v1");
    assertThat(answer.header("Content-Type")).startsWith("application/json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nobody", "..%2f..", "a%20b", "user%23jonewe", "ÿ%ff"})
  void unknownUserIsNotFound(String id) {
    Answer answer = api.get("/api/v1/users/" + id.replace("ÿ", "%C3%BF"));
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.json().get("code").asString()).isEqualTo("not_found");
  }

  @Test
  void linksIgnoreWhatAClientWrites() {
    Answer answer =
        api.send(
            "GET", "/api/v1", null, "X-Forwarded-Host", "evil.example", "Forwarded", "host=evil");
    assertThat(answer.body()).doesNotContain("evil");
  }

  // Creation

  @Test
  void everyFaultIsNamedAtOnce() {
    Answer answer =
        api.post(
            "/api/v1/users",
            """
            {"id":"-x","username":"a b","name":"","customer_id":"ü","status":"gone",
             "expiration":"2025-02-30","activated_at":5,"mac":"AA:BB","profile_id":-1,
             "profile_name":7,"radius_id":1.5,"role":"root","version":"v9","color":"red",
             "created_at":"2020-01-01"}
            """);
    assertThat(answer.status()).isEqualTo(400);
    Set<String> fields = new TreeSet<>();
    answer.json().get("errors").forEach(error -> fields.add(error.get("field").asString()));
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "\"id\"",
        "{",
        "{\"id\":\"x\"",
        "{\"id\":NaN}",
        "{\"id\":\"x\"} {}",
        "{'id':'x'}",
        "id=x",
        "{\"id\":\"x\",}",
        "{\"id\":\"\u0001\"}"
      })
  void whatIsNotOneJsonObjectIsRefused(String body) {
    Answer answer = api.post("/api/v1/users", body);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().get("code").asString()).isEqualTo("invalid_json");
  }

  @Test
  void bodyOverTheLimitIsRefused() {
    String longest = "{\"id\":\"big\"}" + " ".repeat(64 * 1024 - 12);
    assertThat(api.post("/api/v1/users", longest + " ").status()).isEqualTo(413);
    assertThat(api.post("/api/v1/users", longest).status()).isEqualTo(201);
    Answer huge = api.post("/api/v1/users", " ".repeat(10 * 1024 * 1024 + 1));
    assertThat(huge.status()).isEqualTo(413);
    assertThat(huge.json().get("code").asString()).isEqualTo("body_too_large");
  }

  @Test
  void whatIsTakenIsNamed() {
    api.post(
        "/api/v1/users", "{\"id\":\"first\",\"username\":\"First.Name\",\"customer_id\":\"C-1\"}");
    Answer answer =
        api.post(
            "/api/v1/users",
            "{\"id\":\"second\",\"username\":\"first.NAME\",\"customer_id\":\"c-1\"}");
    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.json().get("code").asString()).isEqualTo("already_exists");
    assertThat(answer.json().get("errors").findValuesAsString("field"))
        .containsExactly("username", "customer_id");
    assertThat(api.get("/api/v1/users/second").status()).isEqualTo(404);
  }

  @Test
  void ofManyEqualRequestsAtOnceOneWins() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(24);
    try {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        answers.add(
            clients.submit(() -> api.post("/api/v1/users", "{\"username\":\"the-one\"}").status()));
      }
      List<Integer> statuses = new ArrayList<>();
      for (Future<Integer> answer : answers) {
        statuses.add(answer.get());
      }
      assertThat(statuses).filteredOn(status -> status == 201).hasSize(1);
      assertThat(statuses).filteredOn(status -> status == 409).hasSize(23);
      assertThat(api.get("/api/v1/users?username=the-one").json().get("users").size()).isEqualTo(1);
    } finally {
      clients.shutdownNow();
    }
  }

  // Lists

  @Test
  void walkShowsEveryOlderUserOnceWhileOthersAreCreated() throws Exception {
    IntStream.range(0, 20)
        .forEach(i -> api.post("/api/v1/users", "{\"id\":\"walk-%02d\"}".formatted(i * 2)));
    ExecutorService creator = Executors.newSingleThreadExecutor();
    List<String> seen = new ArrayList<>();
    try {
      Future<?> creating =
          creator.submit(
              () ->
                  IntStream.range(0, 20)
                      .forEach(
                          i ->
                              api.post(
                                  "/api/v1/users", "{\"id\":\"walk-%02d\"}".formatted(i * 2 + 1))));
      String next = run.base() + "/api/v1/users?q=walk-&limit=3";
      while (next != null) {
        Answer page = api.get(next);
        page.json().get("users").forEach(user -> seen.add(user.get("id").asString()));
        JsonNode link = page.json().at("/_links/next");
        next = link.isMissingNode() ? null : link.asString();
        assertThat(page.header("Link"))
            .isEqualTo(next == null ? null : "<" + next + ">; rel=\"next\"");
      }
      creating.get();
    } finally {
      creator.shutdownNow();
    }
    assertThat(seen).isSorted().doesNotHaveDuplicates();
    assertThat(seen)
        .containsAll(IntStream.range(0, 20).mapToObj(i -> "walk-%02d".formatted(i * 2)).toList());
  }

  @ParameterizedTest
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
        "cursor="
      })
  void mistypedFilterNeverReturnsEverybody(String query) {
    Answer answer = api.get("/api/v1/users?" + query);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().get("code").asString()).startsWith("invalid_");
  }

  @Test
  void filtersMatchWhateverTheCase() {
    assertThat(usernames("username=JONEWE")).containsExactly("jonewe");
    assertThat(usernames("customer_id=iz1459296")).containsExactly("jonewe");
    assertThat(usernames("q=JONE")).containsExactly("jonewe");
    assertThat(usernames("q=jone&status=ACTIVE")).containsExactly("jonewe");
    assertThat(usernames("username=jonewe&status=suspended")).isEmpty();
    assertThat(usernames("username=jonewe&customer_id=IZ0")).isEmpty();
    assertThat(usernames("username=nobody")).isEmpty();
    assertThat(usernames("limit=0001000")).contains("jonewe");
  }

  @Test
  void alteredCursorIsRefused() {
    String next = api.get("/api/v1/users?limit=1").json().at("/_links/next").asString();
    String cursor = next.substring(next.indexOf("cursor=") + 7);
    assertThat(api.get("/api/v1/users?limit=2&cursor=" + cursor).status()).isEqualTo(200);
    List<String> altered = new ArrayList<>();
    for (int i = 0; i < cursor.length(); i++) {
      char other = cursor.charAt(i) == 'A' ? 'B' : 'A';
      altered.add(cursor.substring(0, i) + other + cursor.substring(i + 1));
    }
    altered.add(cursor + "A");
    altered.add(cursor.substring(1));
    for (String other : altered) {
      assertThat(api.get("/api/v1/users?limit=1&cursor=" + other).status()).isEqualTo(400);
    }
    assertThat(
            api.get("/api/v1/users?status=active&cursor=" + cursor).json().get("code").asString())
        .isEqualTo("invalid_cursor");
  }

  // Tokens

  @Test
  void tokenIsShownWholeAndOnce() {
    Answer created =
        api.post(
            "/api/v1/tokens",
            "{\"user\":\"jonewe\",\"description\":\"billing\",\"expires_in_days\":30}");
    assertThat(created.status()).isEqualTo(201);
    JsonNode data = created.json().get("data");
    assertThat(data.propertyNames())
        .containsExactly(
            "id", "token", "user", "description", "scopes", "created_at", "expires_at");
    assertThat(data.get("token").asString()).matches("ispcrm_[0-9A-Za-z]{49}");
    assertThat(data.get("scopes")).hasToString("[\"self:read\"]");
    assertThat(created.header("Cache-Control")).isEqualTo("no-store");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|400|user",
        "{\"user\":5}|400|user",
        "{\"user\":\"jonewe\",\"scopes\":[\"users:read\"]}|400|scopes",
        "{\"user\":\"jonewe\",\"scopes\":[]}|400|scopes",
        "{\"user\":\"jonewe\",\"scopes\":[\"all\"]}|400|scopes",
        "{\"user\":\"jonewe\",\"scopes\":\"self:read\"}|400|scopes",
        "{\"user\":\"jonewe\",\"expires_in_days\":367}|400|expires_in_days",
        "{\"user\":\"jonewe\",\"expires_in_days\":0}|400|expires_in_days",
        "{\"user\":\"jonewe\",\"expires_in_days\":\"30\"}|400|expires_in_days",
        "{\"user\":\"jonewe\",\"life\":30}|400|life",
        "{\"user\":\"nobody\"}|404|user"
      })
  void tokenAskedForWronglyIsRefused(String body, int status, String field) {
    Answer answer = api.post("/api/v1/tokens", body);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.json().get("errors").findValuesAsString("field")).containsExactly(field);
  }

  private static List<String> usernames(String query) {
    return api.get("/api/v1/users?" + query).json().get("users").findValuesAsString("username");
  }
}
