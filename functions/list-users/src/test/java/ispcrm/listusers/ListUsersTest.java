package ispcrm.listusers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.template.Template;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.Users;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ListUsersTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String LIST = "https://crm.example.net/api/v1/users";

  private static LocalDynamoDb dynamoDb;
  private static ListUsers listUsers;

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(Template.load(Map.of()), null);
    Users users = new Users(dynamoDb.client(), "UsersTable");
    for (int i = 0; i < 230; i++) {
      users.create(
          new CreateUserRequest(
                  Map.of(
                      "id", "%03d".formatted(i),
                      "username", "user%03d".formatted(i),
                      "status", i % 100 == 7 ? "suspended" : "active"))
              .toUser("", "IZ" + i, Instant.EPOCH));
    }
    listUsers = new ListUsers(users, InstantSource.system());
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void anEntryShowsItsFieldsInTheDocumentedOrder() {
    ApiResponse response = list(Map.of("username", List.of("USER007")));
    assertThat(response.body())
        .isEqualTo(
            "{\"users\":[{\"id\":\"007\",\"name\":\"user007\",\"status\":\"suspended\","
                + "\"role\":\"customer\",\"username\":\"user007\",\"customer_id\":\"IZ7\","
                + "\"email\":null,\"phone\":null,\"mac\":null,"
                + "\"profile_id\":null,\"expiration\":null,"
                + "\"updated_at\":\"1970-01-01 00:00:00\","
                + "\"_links\":{\"self\":\"%1$s/007\"}}],".formatted(LIST)
                + "\"_links\":{\"self\":\"%1$s?username=USER007\"}}".formatted(LIST));
    assertThat(response.headers()).doesNotContainKey("Link");
  }

  @Test
  void anEntryHasOnlyTheFieldsThatAClientNames() {
    ApiResponse response = list(Map.of("fields", List.of("username,id"), "limit", List.of("1")));
    JsonNode page = JSON.readTree(response.body());
    assertThat(page.get("users"))
        .isEqualTo(JSON.readTree("[{\"id\":\"000\",\"username\":\"user000\"}]"));
    assertThat(page.at("/_links/next").asString()).contains("fields=username%2Cid&");
    assertThat(list(Map.of("fields", List.of("_links"), "limit", List.of("1"))).body())
        .contains("\"users\":[{\"_links\":{\"self\":\"" + LIST + "/000\"}}]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nmae", "id,", "id, name", "created_at", "ID"})
  void anUnknownFieldIsNamed(String fields) {
    assertThat(errors(Map.of("fields", List.of(fields))))
        .containsExactly(
            "fields: must be one or more of id, name, status, role, username, customer_id, email,"
                + " phone, mac, profile_id, expiration, updated_at, _links, separated by commas"
                + " without spaces");
  }

  @ParameterizedTest
  @ValueSource(strings = {"page", "offset", "sort", "per_page"})
  void theParametersOfOtherApisAreExplained(String name) {
    assertThat(errors(Map.of(name, List.of("2"))))
        .containsExactly(
            name
                + ": is not a known parameter; each list has one order, and _links.next leads to its"
                + " next page");
  }

  @ParameterizedTest
  @CsvSource({
    "updated_since, 2025-03-31T12:00:00 02:00",
    "expires_before, 2025-03-31T12:00:00 0200",
    "q, jon ewe",
    "username, jon ewe"
  })
  void aPlusSignThatIsNotEncodedIsExplained(String name, String value) {
    assertThat(errors(Map.of(name, List.of(value))))
        .singleElement()
        .asString()
        .startsWith(name + ": must be ")
        .endsWith("; in a query, write a plus sign as %2B");
  }

  @Test
  void aPageHas50UsersByDefault() {
    assertThat(ids(list(Map.of()))).hasSize(50).startsWith("000", "001").endsWith("049");
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "0199, 199", "200, 200", "201, 200", "1000, 200", "99999999999, 200"})
  void aLimitAbove200Means200(String limit, int size) {
    assertThat(ids(list(Map.of("limit", List.of(limit))))).hasSize(size);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "000", "-1", "1.5", "", "ten", "1 "})
  void anyOtherLimitIsInvalid(String limit) {
    assertThat(errors(Map.of("limit", List.of(limit))))
        .containsExactly("limit: must be an integer of at least 1; a value above 200 means 200");
  }

  @Test
  void theLinksLeadThroughAllPagesWithTheSameFilters() {
    List<String> seen = new ArrayList<>();
    Map<String, List<String>> query = Map.of("q", List.of("user1"), "limit", List.of("30"));
    JsonNode page;
    do {
      ApiResponse response = list(query);
      seen.addAll(ids(response));
      page = json(response);
      JsonNode next = page.at("/_links/next");
      if (!next.isMissingNode()) {
        assertThat(next.asString()).startsWith(LIST + "?").contains("q=user1", "limit=30");
        assertThat(response.headers())
            .containsEntry("Link", "<" + next.asString() + ">; rel=\"next\"");
        String cursor = next.asString().replaceFirst(".*cursor=([^&]*).*", "$1");
        query = Map.of("q", List.of("user1"), "limit", List.of("30"), "cursor", List.of(cursor));
      }
    } while (!page.at("/_links/next").isMissingNode());
    assertThat(seen).hasSize(100).doesNotHaveDuplicates().startsWith("100").endsWith("199");
  }

  @Test
  void filtersAreCombined() {
    assertThat(ids(list(Map.of("status", List.of("Suspended"), "q", List.of("user1")))))
        .containsExactly("107");
    assertThat(ids(list(Map.of("customer_id", List.of("iz7"))))).containsExactly("007");
    assertThat(ids(list(Map.of("status", List.of("expired"))))).isEmpty();
  }

  @Test
  void everyInvalidParameterIsNamedAtOnce() {
    assertThat(
            errors(
                Map.of(
                    "status", List.of("gone"),
                    "username", List.of("a/b"),
                    "customer_id", List.of("a@b"),
                    "q", List.of(""),
                    "limit", List.of("1", "2"),
                    "state", List.of("active"))))
        .containsExactlyInAnyOrder(
            "status: must be one of active, inactive, suspended, expired, disabled",
            "username: must be 1 to 64 characters (letters A-Z, digits, '.', '_', '@', '+', ':' or"
                + " '-') and start with a letter or digit",
            "customer_id: must be 1 to 64 characters (letters A-Z, digits, spaces, '.', '_', '/', '#' or"
                + " '-'), start with a letter or digit and not end with a space",
            "q: must be 1 to 64 characters (letters A-Z, digits, '.', '_', '@', '+', ':' or '-')"
                + " and start with a letter or digit",
            "limit: is repeated",
            "state: is not a known parameter; the known parameters are username,"
                + " customer_id, mac, email, phone, radius_id, name, q, profile_id, role,"
                + " expires_before, status, updated_since, fields, limit, cursor");
  }

  /** A client can be in the middle of a list during a release, so these must never change. */
  @ParameterizedTest
  @CsvSource({
    "'', H1siJOCcC7xidXNlcjAwMA",
    "q=user1, 5Fy-NTloZZlQdXNlcjEwMA",
    "status=active, 7bmm1oAq_PM6dXNlcjAwMA",
    "name=user, 8tmowgQZCSjIdXNlcjAwMAkwMDA",
    "updated_since=1960-01-01, WXoD1Engr839MTk3MC0wMS0wMSAwMDowMDowMCAwMDA"
  })
  void cursor_ofThisList_isTheSameInEveryRelease(String filter, String cursor) {
    Map<String, List<String>> query = new HashMap<>(Map.of("limit", List.of("1")));
    if (!filter.isEmpty()) {
      String[] parameter = filter.split("=", 2);
      query.put(parameter[0], List.of(parameter[1]));
    }
    assertThat(cursor(query)).isEqualTo(cursor);
  }

  @Test
  void aCursorBelongsToItsFilters() {
    String cursor = cursor(Map.of("q", List.of("user"), "limit", List.of("1")));
    assertThat(ids(list(Map.of("q", List.of("USER"), "cursor", List.of(cursor)))))
        .startsWith("001");
    for (Map<String, List<String>> other :
        List.of(
            Map.of("cursor", List.of(cursor)),
            Map.of("q", List.of("user1"), "cursor", List.of(cursor)),
            Map.of("q", List.of("user"), "status", List.of("active"), "cursor", List.of(cursor)))) {
      assertThat(invalid(other)).hasMessageStartingWith("Invalid cursor - ");
    }
  }

  @Test
  void anAlteredCursorIsInvalid() {
    String cursor = cursor(Map.of("limit", List.of("1")));
    for (int i = 0; i < cursor.length(); i++) {
      String altered =
          cursor.substring(0, i) + (cursor.charAt(i) == 'A' ? 'B' : 'A') + cursor.substring(i + 1);
      assertThat(invalid(Map.of("cursor", List.of(altered))))
          .as(altered)
          .hasMessageStartingWith("Invalid cursor - ");
    }
    for (String other :
        List.of("", "A", "????", cursor + "A", cursor.substring(1), "AAAAAAAAAAAA")) {
      assertThat(invalid(Map.of("cursor", List.of(other))))
          .as(other)
          .hasMessageStartingWith("Invalid cursor - ");
    }
  }

  private static String cursor(Map<String, List<String>> query) {
    return json(list(query)).at("/_links/next").asString().replaceFirst(".*cursor=([^&]*).*", "$1");
  }

  private static List<String> ids(ApiResponse response) {
    assertThat(response.status()).isEqualTo(200);
    List<String> ids = new ArrayList<>();
    json(response).get("users").forEach(user -> ids.add(user.get("id").asString()));
    return ids;
  }

  private static List<String> errors(Map<String, List<String>> query) {
    List<String> errors = new ArrayList<>();
    assertThat(invalid(query)).hasMessage("Invalid query parameters: see errors.");
    invalid(query).fieldErrors().forEach((name, error) -> errors.add(name + ": " + error));
    return errors;
  }

  private static ApiException invalid(Map<String, List<String>> query) {
    ApiException e = catchThrowableOfType(ApiException.class, () -> list(query));
    assertThat(e.status()).isEqualTo(400);
    return e;
  }

  private static JsonNode json(ApiResponse response) {
    return JSON.readTree(response.body());
  }

  private static ApiResponse list(Map<String, List<String>> query) {
    return listUsers.apply(
        ApiRequest.of(Map.of("multiValueQueryStringParameters", query), "https://crm.example.net"));
  }
}
