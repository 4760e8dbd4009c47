package ispcrm.createuser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.emulation.CallingToken;
import ispcrm.emulation.InterruptedDynamoDb;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.idempotency.Idempotency;
import ispcrm.template.Template;
import ispcrm.tokens.Tokens;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.User;
import ispcrm.users.UserField;
import ispcrm.users.Users;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CreateUserTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final String STAFF = "staff";
  private static final String ADMIN = "admin";

  private static LocalDynamoDb dynamoDb;
  private static Users users;
  private static Tokens tokens;
  private static History history;
  private static Idempotency idempotency;
  private static CreateUser createUser;

  @BeforeAll
  static void start() {
    Template template = Template.load(Map.of());
    dynamoDb = LocalDynamoDb.start(template, null);
    users = new Users(dynamoDb.client(), "UsersTable");
    history = new History(dynamoDb.client(), template.functions().get("create-user").environment());
    idempotency =
        new Idempotency(
            dynamoDb.client(), template.functions().get("create-user").environment(), () -> NOW);
    tokens = new Tokens(dynamoDb.client(), "TokensTable");
    users.create(
        new CreateUserRequest(Map.of("id", "caller", "role", "admin")).toUser("", "IZcaller", NOW));
    CallingToken.store(dynamoDb.client(), "caller");
    createUser = new CreateUser(users, tokens, history, idempotency, () -> NOW);
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  /** The source's example with a single ID. */
  @Test
  void anIdIsEnough() {
    ApiResponse response = create("{\"ID\":\"zt7633df\", \"version\":\"v1\"}", STAFF);
    assertThat(response.status()).isEqualTo(201);
    assertThat(response.headers())
        .containsEntry("Location", "https://crm.example.net/api/v1/users/zt7633df");
    JsonNode body = new JsonMapper().readTree(response.body());
    assertThat(body.at("/_links/self").asString()).isEqualTo(response.headers().get("Location"));
    JsonNode data = body.get("data");
    assertThat(data.get("username").asString()).isEqualTo("zt7633df");
    assertThat(data.get("customer_id").asString()).matches("IZ[0-9]{7,}");
    assertThat(data.get("created_at").asString()).isEqualTo("2026-01-02 03:04:05");
    assertThat(data.get("updated_at").asString()).isEqualTo("2026-01-02 03:04:05");
    User stored = users.find("zt7633df").orElseThrow();
    assertThat(stored.get(UserField.CREATED_AT)).isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
    assertThat(new JsonMapper().valueToTree(stored.toMap()).toString()).isEqualTo(data.toString());
  }

  @Test
  void aUserWithoutAnIdGetsOneThatSortsByTime() {
    String id =
        new JsonMapper()
            .readTree(create("{\"username\":\"ann\"}", STAFF).body())
            .at("/data/id")
            .asString();
    assertThat(Long.parseLong(id.replace("-", "").substring(0, 12), 16))
        .isEqualTo(NOW.toEpochMilli());
  }

  @Test
  void create_idOfADeletedUser_isRetired() {
    create("{\"id\":\"left\"}", STAFF);
    users.delete(users.find("left").orElseThrow(), NOW);
    for (String id : List.of("left", "LEFT")) {
      ApiException e = refused("{\"id\":\"%s\"}".formatted(id), STAFF);
      assertThat(e.status()).isEqualTo(409);
      assertThat(e).hasMessageContaining("a deleted user had this id");
      assertThat(e.fieldErrors())
          .isEqualTo(Map.of("id", "was the id of a deleted user; use another one"));
    }
    assertThat(create("{\"id\":\"new\",\"username\":\"left\"}", STAFF).status()).isEqualTo(201);
  }

  /** The source's own example, which repeats a key. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"ID\":\"jonmt\", \"version\":\"v1\", \"ID\":\"zt7633df\"}",
        "{\"ID\":\"jonmt\",\"id\":\"jonmt\"}"
      })
  void anIdThatIsGivenTwiceIsRefused(String body) {
    ApiException e = refused(body, STAFF);
    assertThat(e.status()).isEqualTo(400);
    assertThat(e).hasMessage("The body repeats the key ID.");
    assertThat(e.fieldErrors()).isEqualTo(Map.of("ID", "is repeated"));
    assertThat(users.find("jonmt")).isEmpty();
  }

  @Test
  void everyInvalidFieldIsNamedAndNothingIsCreated() {
    ApiException e =
        refused(
            "{\"id\":\"bad\",\"mac\":\"x\",\"created_at\":\"2026-01-01\",\"colour\":\"a\"}", STAFF);
    assertThat(e.status()).isEqualTo(400);
    assertThat(e).hasMessage("The user was not created - see errors.");
    assertThat(e.fieldErrors())
        .containsEntry(
            "mac", "must be twelve hexadecimal digits such as AA:BB:CC:DD:EE:FF, or null")
        .containsEntry("created_at", "is read-only; the system sets it")
        .hasEntrySatisfying(
            "colour", error -> assertThat(error).startsWith("is not a known field; "))
        .hasSize(3);
    assertThat(users.find("bad")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "staff, users:write",
    "admin, users:write",
    "admin, users:read users:write users:delete tokens:write",
    "admin, ''"
  })
  void create_staffWithoutStaffWrite_isForbidden(String role, String scopes) {
    ApiException e =
        catchThrowableOfType(
            ApiException.class,
            () ->
                createUser.apply(
                    request(
                        "{\"id\":\"%1$s-x\",\"role\":\"%1$s\"}".formatted(role), ADMIN, scopes)));
    assertThat(e.status()).isEqualTo(403);
    assertThat(e)
        .hasMessage(
            "Forbidden - staff and administrators require the scope staff:write, which this token"
                + " lacks.");
    assertThat(users.find(role + "-x")).isEmpty();
  }

  @Test
  void create_staffByACallerWhoChangedMeanwhile_isAConflict() {
    String body = "{\"id\":\"late-staff\",\"role\":\"staff\"}";
    users.create(
        new CreateUserRequest(Map.of("id", "demoted", "role", "staff")).toUser("", "IZd", NOW));
    for (String field : List.of("token_key", "user_id")) {
      Map<String, String> caller =
          new HashMap<>(caller(ADMIN, Scope.formatList(Role.ADMIN.scopes())));
      caller.put(field, field.equals("user_id") ? "demoted" : "revoked");
      ApiException e =
          catchThrowableOfType(ApiException.class, () -> createUser.apply(request(body, caller)));
      assertThat(e.status()).isEqualTo(409);
      assertThat(e)
          .hasMessage(
              "The user was not created - your token was revoked, or its user was changed, at the"
                  + " same time; try again.");
    }
    assertThat(users.find("late-staff")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"id\":\"Admin\"}", "{\"id\":\"x1\",\"username\":\"ADMIN\"}"})
  void theFirstAdministratorsNameIsReserved(String body) {
    ApiException e = refused(body, ADMIN);
    assertThat(e.status()).isEqualTo(409);
    assertThat(e.fieldErrors()).containsValue("is reserved for the first administrator");
  }

  @Test
  void anAdministratorCreatesStaff() {
    create("{\"id\":\"sue\",\"role\":\"Staff\"}", ADMIN);
    assertThat(users.find("sue").orElseThrow().role()).isEqualTo(Role.STAFF);
  }

  @Test
  void aSecondUserWithTheSameNamesIsAConflict() {
    create("{\"id\":\"dup\",\"customer_id\":\"C9\"}", STAFF);
    ApiException e = refused("{\"id\":\"dup\",\"username\":\"DUP\",\"customer_id\":\"c9\"}", STAFF);
    assertThat(e.status()).isEqualTo(409);
    assertThat(e).hasMessage("The user was not created - it already exists.");
    assertThat(e.fieldErrors())
        .isEqualTo(
            Map.of(
                "id", "already in use",
                "username", "already in use",
                "customer_id", "already in use"));
  }

  @Test
  void aGeneratedCustomerNumberThatIsInUseIsGeneratedAgain() {
    FullCustomerNumbers store = new FullCustomerNumbers(4);
    ApiResponse response = store.createUser().apply(request("{\"id\":\"late\"}", STAFF));
    assertThat(response.status()).isEqualTo(201);
    assertThat(store.attempts).hasSize(5).doesNotHaveDuplicates();
  }

  @Test
  void itGivesUpAfterFiveGeneratedNumbers() {
    FullCustomerNumbers store = new FullCustomerNumbers(5);
    ApiException e =
        catchThrowableOfType(
            ApiException.class,
            () -> store.createUser().apply(request("{\"id\":\"later\"}", STAFF)));
    assertThat(e.status()).isEqualTo(409);
    assertThat(store.attempts).hasSize(5);
  }

  @Test
  void aCustomerNumberOfTheClientIsTriedOnce() {
    FullCustomerNumbers store = new FullCustomerNumbers(1);
    ApiException e =
        catchThrowableOfType(
            ApiException.class,
            () ->
                store
                    .createUser()
                    .apply(request("{\"id\":\"latest\",\"customer_id\":\"C1\"}", STAFF)));
    assertThat(e.fieldErrors()).containsOnlyKeys("customer_id");
    assertThat(store.attempts).containsExactly("customer_id#c1");
  }

  /** Ten digits do not collide on demand, so somebody always takes them first. */
  private static final class FullCustomerNumbers {
    private static final String PREFIX = "customer_id#";

    private final Deque<String> attempts = new ArrayDeque<>();
    private final int collisions;

    FullCustomerNumbers(int collisions) {
      this.collisions = collisions;
    }

    CreateUser createUser() {
      Users store =
          new Users(new InterruptedDynamoDb(dynamoDb.client(), this::takeNumber), "UsersTable");
      return new CreateUser(store, tokens, history, idempotency, () -> NOW);
    }

    private void takeNumber(TransactWriteItemsRequest creation) {
      creation.transactItems().stream()
          .filter(item -> item.put() != null)
          .map(item -> item.put().item().getOrDefault("pk", AttributeValue.fromS("")).s())
          .filter(key -> key.startsWith(PREFIX))
          .forEach(
              key -> {
                attempts.add(key);
                if (attempts.size() <= collisions) {
                  String other = "other-" + key.substring(PREFIX.length());
                  dynamoDb
                      .client()
                      .putItem(
                          claim ->
                              claim
                                  .tableName("UsersTable")
                                  .item(
                                      Map.of(
                                          "pk", AttributeValue.fromS(key),
                                          "id", AttributeValue.fromS(other))));
                }
              });
    }
  }

  private static ApiException refused(String body, String callersRole) {
    return catchThrowableOfType(ApiException.class, () -> create(body, callersRole));
  }

  private static ApiResponse create(String body, String callersRole) {
    return createUser.apply(request(body, callersRole));
  }

  private static ApiRequest request(String body, String callersRole) {
    return request(
        body, callersRole, Scope.formatList(Role.of(callersRole).orElseThrow().scopes()));
  }

  private static ApiRequest request(String body, String callersRole, String scopes) {
    return request(body, caller(callersRole, scopes));
  }

  private static ApiRequest request(String body, Map<String, String> caller) {
    return ApiRequest.of(
        Map.of("body", body, "requestContext", Map.of("authorizer", caller)),
        "https://crm.example.net");
  }

  private static Map<String, String> caller(String role, String scopes) {
    return Map.of(
        "user_id",
        "caller",
        "role",
        role,
        "scopes",
        scopes,
        "token_key",
        CallingToken.KEY,
        "token_created_at",
        CallingToken.CREATED_AT);
  }
}
