package ispcrm.listusers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.access.Endpoint;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.template.Template;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.UpdateUserRequest;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each filter, and all of them together. */
class FiltersTest {
  private static final Instant NOW = Instant.parse("2025-01-01T12:00:00Z");

  private static LocalDynamoDb dynamoDb;
  private static Users users;
  private Instant time = NOW;

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(Template.load(Map.of()), null);
    users = new Users(dynamoDb.client(), "UsersTable");
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @AfterEach
  void empty() {
    dynamoDb
        .client()
        .scan(scan -> scan.tableName("UsersTable"))
        .items()
        .forEach(
            item ->
                dynamoDb
                    .client()
                    .deleteItem(
                        delete ->
                            delete.tableName("UsersTable").key(Map.of("pk", item.get("pk")))));
  }

  @Test
  void namesAreFoundByTheirBeginningRegardlessOfCaseAndAccents() {
    create("a", Map.of("name", "Zoë Müller"));
    create("b", Map.of("name", "ZOE MULLER"));
    create("c", Map.of("name", "Anna Zoe"));
    create("d", Map.of("name", "Straße 7"));
    create("e", Map.of("name", "山田太郎"));
    create("f", Map.of("name", "Αστερίου"));
    assertThat(list("name=zoe m")).containsExactly("a", "b");
    assertThat(list("name=ZOÉ")).containsExactly("a", "b");
    assertThat(list("name=STRASSE")).containsExactly("d");
    assertThat(list("name=山田")).containsExactly("e");
    assertThat(list("name=ΑΣ")).containsExactly("f");
    assertThat(list("name=müller")).isEmpty();
    assertThat(list("name=zoe muller jr")).isEmpty();
  }

  @Test
  void usersWithANameAreOrderedByName() {
    create("1", Map.of("name", "Bob C"));
    create("2", Map.of("name", "bob b"));
    create("3", Map.of("name", "Bób A"));
    assertThat(list("name=b")).containsExactly("3", "2", "1");
    assertThat(pages("name=b", 1)).containsExactly("3", "2", "1");
  }

  @Test
  void aRenamedUserIsFoundByTheNewNameOnly() {
    create("a", Map.of("name", "Old"));
    update("a", Map.of("name", "New"));
    assertThat(list("name=old")).isEmpty();
    assertThat(list("name=new")).containsExactly("a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"AA:BB:CC:DD:EE:FF", "aa-bb-cc-dd-ee-ff", "aabb.ccdd.eeff", "aabbccddeeff"})
  void aDeviceIsFoundHoweverItsAddressIsWritten(String mac) {
    create("z", Map.of("mac", "AA:BB:CC:DD:EE:FF"));
    create("b", Map.of("mac", "aabbccddeeff"));
    create("c", Map.of("mac", "AA:BB:CC:DD:EE:00"));
    create("d", Map.of());
    assertThat(list("mac=" + mac)).containsExactly("b", "z");
  }

  @ParameterizedTest
  @CsvSource({"profile_id, 10", "profile_id, 010", "radius_id, 10", "radius_id, 10.0"})
  void aNumberIsFoundByItsValue(String field, String value) {
    create("b", Map.of(field, 10));
    create("a", Map.of(field, 10));
    create("c", Map.of(field, 100));
    create("d", Map.of(field, 9_007_199_254_740_991L));
    create("e", Map.of());
    assertThat(list(field + "=" + value)).containsExactly("a", "b");
    assertThat(list(field + "=9007199254740991")).containsExactly("d");
    assertThat(list(field + "=0")).isEmpty();
    assertThat(pages(field + "=" + value, 1)).containsExactly("a", "b");
  }

  @Test
  void activeUsersAreFoundByExpirationSoonestFirst() {
    create("later", Map.of("expiration", "2025-03-01"));
    create("soon", Map.of("expiration", "2025-02-01"));
    create("past", Map.of("expiration", "2024-01-01", "status", "active"));
    create("never", Map.of());
    create("suspended", Map.of("expiration", "2025-02-01", "status", "suspended"));
    assertThat(list("expires_before=2025-03-01")).containsExactly("past", "soon");
    assertThat(list("expires_before=2025-03-01 00:00:01")).containsExactly("past", "soon", "later");
    assertThat(list("expires_before=2025-03-01&status=ACTIVE")).containsExactly("past", "soon");
    assertThat(pages("expires_before=2026-01-01", 1)).containsExactly("past", "soon", "later");
    update("soon", Map.of("status", "suspended"));
    update("suspended", Map.of("status", "active"));
    assertThat(list("expires_before=2025-03-01")).containsExactly("past", "suspended");
  }

  @Test
  void changesComeInTheirOrderAndDeletedUsersAreAmongThem() {
    create("a", Map.of());
    time = NOW.plusSeconds(10);
    create("b", Map.of());
    time = NOW.plusSeconds(20);
    update("a", Map.of("name", "A"));
    time = NOW.plusSeconds(30);
    users.delete(users.find("b").orElseThrow(), time);
    time = NOW.plusSeconds(100);
    assertThat(list("updated_since=2025-01-01 12:00:00")).containsExactly("a", "b");
    assertThat(list("updated_since=2025-01-01T14:00:21+02:00")).containsExactly("b");
    assertThat(list("updated_since=2025-01-01 12:00:31")).isEmpty();
    assertThat(list("updated_since=2030-01-01")).isEmpty();
    assertThat(json(apply("updated_since=2025-01-01 12:00:21")).get("users").get(0).toString())
        .isEqualTo("{\"id\":\"b\",\"status\":\"deleted\",\"deleted_at\":\"2025-01-01 12:00:30\"}");
  }

  @Test
  void theLastSecondsAreHeldBack() {
    create("a", Map.of());
    time = NOW.plusSeconds(14);
    assertThat(list("updated_since=2025-01-01")).isEmpty();
    time = NOW.plusSeconds(15);
    assertThat(list("updated_since=2025-01-01")).containsExactly("a");
  }

  private String next(String query, String page) {
    JsonNode next = json(apply(page)).at("/_links/next");
    return next.isMissingNode()
        ? null
        : query + "&cursor=" + next.asString().replaceFirst(".*cursor=([^&]*).*", "$1");
  }

  @Test
  void aBrokenRecordIsLeftOut() {
    create("a", Map.of("profile_id", 7));
    create("b", Map.of("profile_id", 7));
    dynamoDb
        .client()
        .updateItem(
            r ->
                r.tableName("UsersTable")
                    .key(Map.of("pk", AttributeValue.fromS("user#a")))
                    .updateExpression("REMOVE listed"));
    time = NOW.plusSeconds(15);
    for (String query : List.of("status=active", "profile_id=7", "updated_since=2025-01-01")) {
      assertThat(list(query)).as(query).containsExactly("b");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mac=AA:BB:CC:DD:EE:0A | mac=aa-bb-cc-dd-ee-0a | mac=AA:BB:CC:DD:EE:0B",
        "profile_id=7 | profile_id=007 | radius_id=7",
        "name=Zoe | name=zoë | name=zo",
        "expires_before=2025-03-01 | expires_before=2025-03-01T00:00:00Z | expires_before=2025-03-02",
        "updated_since=2025-01-01 | updated_since=2025-01-01T02:00:00+02:00 |"
            + " updated_since=2025-01-02",
        "q=a | q=A | name=a"
      })
  void aCursorBelongsToItsFilterHoweverThatIsWritten(String filter, String equal, String other) {
    for (String id : List.of("a1", "a2", "a3")) {
      create(
          id,
          Map.of(
              "mac", "AA:BB:CC:DD:EE:0A",
              "profile_id", 7,
              "name", "Zoe",
              "expiration", "2025-02-01"));
    }
    time = NOW.plusSeconds(60);
    String cursor =
        "&limit=1&cursor="
            + json(apply(filter + "&limit=1"))
                .at("/_links/next")
                .asString()
                .replaceFirst(".*cursor=([^&]*).*", "$1");
    time = NOW.plusSeconds(120);
    assertThat(list(filter + cursor)).containsExactly("a2");
    assertThat(list(equal + cursor)).containsExactly("a2");
    assertThat(catchThrowableOfType(ApiException.class, () -> apply(other + cursor)))
        .hasMessageStartingWith("Invalid cursor - ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"status=active", "name=a", "expires_before=2025-01-01", "username=a"})
  void list_ofChangesWithAnotherFilter_isRefused(String filter) {
    ApiException e =
        catchThrowableOfType(ApiException.class, () -> apply("updated_since=2025-01-01&" + filter));
    assertThat(e.status()).isEqualTo(400);
    assertThat(e.fieldErrors())
        .isEqualTo(
            Map.of(
                "updated_since",
                "cannot be combined with other filters, because a user who no longer matches them"
                    + " would disappear without notice"));
  }

  /** Every pair of filters, and 200 random combinations, in pages, against all users. */
  @Test
  void list_anyCombinationOfFilters_hasTheUsersWhoMatchAll() {
    Random random = new Random(29);
    List<Map<String, Object>> all =
        IntStream.range(0, 120).mapToObj(i -> randomUser(i, random)).toList();
    all.forEach(fields -> create((String) fields.get("id"), fields));
    Map<String, List<String>> values = new LinkedHashMap<>();
    values.put("username", List.of("A3", "b4"));
    values.put("customer_id", List.of("iza3", "IZb4"));
    values.put("mac", List.of("aabb.ccdd.ee00", "AA:BB:CC:DD:EE:01"));
    values.put("email", List.of("A@example.net", "b@example.net"));
    values.put("phone", List.of("+49 (0)1 00", "49 01-01"));
    values.put("radius_id", List.of("0", "1"));
    values.put("name", List.of("zoe", "Øre"));
    values.put("q", List.of("a", "B1"));
    values.put("profile_id", List.of("0", "1"));
    values.put("role", List.of("CUSTOMER", "staff"));
    values.put("expires_before", List.of("2025-02-02", "2025-06-01"));
    values.put("status", List.of("active", "Suspended"));
    assertThat(List.copyOf(values.keySet()))
        .isEqualTo(
            Endpoint.LIST_USERS.parameters().stream()
                .takeWhile(name -> !name.equals("updated_since"))
                .toList());
    List<String> names = List.copyOf(values.keySet());
    List<Set<String>> combinations = new ArrayList<>();
    for (String one : names) {
      names.forEach(other -> combinations.add(new LinkedHashSet<>(List.of(one, other))));
    }
    int found = 0;
    for (Set<String> combination : combinations) {
      found += check(combination, values, all, random);
    }
    for (int i = 0; i < 200; i++) {
      Set<String> combination = new LinkedHashSet<>(names);
      combination.removeIf(name -> random.nextInt(4) > 0);
      found += check(combination, values, all, random);
    }
    assertThat(found).isGreaterThan(1000);
  }

  private int check(
      Set<String> names,
      Map<String, List<String>> values,
      List<Map<String, Object>> all,
      Random random) {
    Map<String, String> filters = new LinkedHashMap<>();
    names.forEach(name -> filters.put(name, values.get(name).get(random.nextInt(2))));
    List<String> expected =
        all.stream()
            .filter(user -> filters.entrySet().stream().allMatch(f -> matches(user, f)))
            .map(user -> (String) user.get("id"))
            .toList();
    String query =
        filters.isEmpty()
            ? "limit=200"
            : filters.entrySet().stream()
                .map(filter -> filter.getKey() + "=" + filter.getValue())
                .collect(Collectors.joining("&"));
    assertThat(pages(query, 1 + random.nextInt(60)))
        .as(query)
        .containsExactlyInAnyOrderElementsOf(expected);
    return expected.size();
  }

  private static Map<String, Object> randomUser(int i, Random random) {
    Map<String, Object> user = new LinkedHashMap<>();
    String id = "ab".charAt(i % 2) + Integer.toString(i);
    user.put("id", id);
    user.put("name", List.of("Zoë", "ZOE  Zed", "Øre", "Bob").get(random.nextInt(4)));
    user.put("role", List.of("customer", "customer", "staff").get(random.nextInt(3)));
    user.put("status", List.of("active", "active", "suspended").get(random.nextInt(3)));
    Map<String, Object> optional =
        Map.of(
            "mac",
            "AA:BB:CC:DD:EE:0" + random.nextInt(2),
            "email",
            List.of("a@example.net", "B@Example.net").get(random.nextInt(2)),
            "phone",
            "+49 010" + random.nextInt(2),
            "radius_id",
            random.nextInt(2),
            "profile_id",
            random.nextInt(2),
            "expiration",
            "2025-0" + (2 + random.nextInt(4)) + "-01");
    optional.forEach(
        (name, value) -> {
          if (random.nextInt(3) > 0) {
            user.put(name, value);
          }
        });
    return user;
  }

  private static boolean matches(Map<String, Object> user, Map.Entry<String, String> filter) {
    String wanted = filter.getValue().toLowerCase(Locale.ROOT);
    Object value = user.get(filter.getKey());
    String text = value == null ? null : value.toString().toLowerCase(Locale.ROOT);
    return switch (filter.getKey()) {
      case "username" -> user.get("id").equals(wanted);
      case "customer_id" -> ("iz" + user.get("id")).equals(wanted);
      case "q" -> ((String) user.get("id")).startsWith(wanted);
      case "name" -> wanted.startsWith("z") ? text.startsWith("zo") : text.equals("øre");
      case "mac" -> text != null && text.endsWith(wanted.substring(wanted.length() - 2));
      case "phone" -> text != null && text.endsWith(wanted.substring(wanted.length() - 1));
      case "expires_before" ->
          user.get("status").equals("active")
              && user.containsKey("expiration")
              && ((String) user.get("expiration")).compareTo(wanted) < 0;
      default -> wanted.equals(text);
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "profile_id=ten | profile_id: must be an integer from 0 to 9007199254740991",
        "profile_id= | profile_id: must be an integer from 0 to 9007199254740991",
        "profile_id=-1 | profile_id: must be an integer from 0 to 9007199254740991",
        "profile_id=null | profile_id: must be an integer from 0 to 9007199254740991",
        "radius_id=1.5 | radius_id: must be an integer from 0 to 9007199254740991",
        "radius_id=1e3 | radius_id: must be an integer from 0 to 9007199254740991",
        "radius_id=9007199254740992 | radius_id: must be an integer from 0 to 9007199254740991",
        "radius_id=99999999999999999999 | radius_id: must be an integer from 0 to"
            + " 9007199254740991",
        "radius_id=١٢ | radius_id: must be an integer from 0 to 9007199254740991",
        "mac=AA:BB | mac: must be twelve hexadecimal digits such as AA:BB:CC:DD:EE:FF",
        "mac=null | mac: must be twelve hexadecimal digits such as AA:BB:CC:DD:EE:FF",
        "name= | name: must be 1 to 200 characters, not blank, without control characters"
            + " and invisible characters",
        "updated_since=yesterday | updated_since: must be a valid time: YYYY-MM-DD HH:MM:SS or"
            + " YYYY-MM-DD in UTC, YYYY-MM-DDTHH:MM:SS with Z or an offset like +02:00",
        "expires_before=2025-02-30 | expires_before: must be a valid time: YYYY-MM-DD HH:MM:SS or"
            + " YYYY-MM-DD in UTC, YYYY-MM-DDTHH:MM:SS with Z or an offset like +02:00",
        "expires_before=2025-02-01&status=activ | status: must be one of active, inactive,"
            + " suspended, expired, disabled"
      })
  void aValueThatTheFieldCannotHaveIsInvalid(String query, String error) {
    ApiException e = catchThrowableOfType(ApiException.class, () -> apply(query));
    assertThat(e.status()).isEqualTo(400);
    List<String> errors = new ArrayList<>();
    e.fieldErrors().forEach((name, fault) -> errors.add(name + ": " + fault));
    assertThat(errors).containsExactly(error);
  }

  private void create(String id, Map<String, Object> fields) {
    Map<String, Object> body = new LinkedHashMap<>(fields);
    body.put("id", id);
    assertThat(users.create(new CreateUserRequest(body).toUser("", "IZ" + id, time))).isEmpty();
  }

  private void update(String id, Map<String, Object> patch) {
    User before = users.find(id).orElseThrow();
    assertThat(users.update(before, new UpdateUserRequest(patch).apply(before, time))).isEmpty();
  }

  private List<String> pages(String query, int limit) {
    List<String> ids = new ArrayList<>();
    String first = query + "&limit=" + limit;
    for (String page = first; page != null; page = next(first, page)) {
      ids.addAll(list(page));
    }
    return ids;
  }

  private List<String> list(String query) {
    ApiResponse response = apply(query);
    assertThat(response.status()).isEqualTo(200);
    List<String> ids = new ArrayList<>();
    json(response).get("users").forEach(user -> ids.add(user.get("id").asString()));
    return ids;
  }

  private static JsonNode json(ApiResponse response) {
    return new JsonMapper().readTree(response.body());
  }

  /**
   * @param query a query string that is not encoded
   */
  private ApiResponse apply(String query) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    for (String parameter : query.split("&", -1)) {
      String[] parts = parameter.split("=", 2);
      parameters.put(parts[0], List.of(parts[1]));
    }
    return new ListUsers(users, () -> time)
        .apply(
            ApiRequest.of(
                Map.of("multiValueQueryStringParameters", parameters), "https://crm.example.net"));
  }
}
