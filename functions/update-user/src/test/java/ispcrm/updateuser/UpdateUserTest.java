package ispcrm.updateuser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.access.Actor;
import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.emulation.CallingToken;
import ispcrm.emulation.InterruptedDynamoDb;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.history.Action;
import ispcrm.history.Change;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.template.Template;
import ispcrm.tokens.Tokens;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.Status;
import ispcrm.users.UpdateUserRequest;
import ispcrm.users.User;
import ispcrm.users.UserField;
import ispcrm.users.Users;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class UpdateUserTest {
  private static final Instant CREATED = Instant.parse("2025-01-02T03:04:05Z");
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final String STAFF = "staff";
  private static final String ADMIN = "admin";

  private static LocalDynamoDb dynamoDb;
  private static Users users;
  private static Tokens tokens;
  private static History history;
  private static UpdateUser updateUser;

  @BeforeAll
  static void start() {
    Template template = Template.load(Map.of());
    dynamoDb = LocalDynamoDb.start(template, null);
    users = new Users(dynamoDb.client(), "UsersTable");
    history = new History(dynamoDb.client(), template.functions().get("update-user").environment());
    tokens = new Tokens(dynamoDb.client(), "TokensTable");
    updateUser = new UpdateUser(users, tokens, history, () -> NOW);
    create(Map.of("id", "admin", "role", "admin"));
    create(Map.of("id", "caller", "role", "admin"));
    CallingToken.store(dynamoDb.client(), "caller");
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void onlyTheNamedFieldsChange() {
    create(Map.of("id", "plan", "name", "Ann", "profile_id", 10, "mac", "AABBCCDDEEFF"));
    ApiResponse response = update("plan", "{\"profile_id\":20,\"version\":\"v1\"}", STAFF);
    assertThat(response.status()).isEqualTo(200);
    JsonNode body = new JsonMapper().readTree(response.body());
    assertThat(body.at("/_links/self").asString())
        .isEqualTo("https://crm.example.net/api/v1/users/plan");
    JsonNode data = body.get("data");
    assertThat(data.get("profile_id").asInt()).isEqualTo(20);
    assertThat(data.get("name").asString()).isEqualTo("Ann");
    assertThat(data.get("mac").asString()).isEqualTo("AA:BB:CC:DD:EE:FF");
    assertThat(data.get("created_at").asString()).isEqualTo("2025-01-02 03:04:05");
    assertThat(data.get("updated_at").asString()).isEqualTo("2026-01-02 03:04:05");
    assertThat(new JsonMapper().valueToTree(user("plan").toMap()).toString())
        .isEqualTo(data.toString());
  }

  @Test
  void nullClearsAField() {
    create(
        Map.of("id", "clear", "mac", "AABBCCDDEEFF", "expiration", "2030-01-01", "profile_id", 10));
    update("clear", "{\"mac\":null,\"expiration\":null,\"profile_id\":null}", STAFF);
    User cleared = user("clear");
    assertThat(cleared.get(UserField.MAC_ADDRESS)).isNull();
    assertThat(cleared.get(UserField.EXPIRATION)).isNull();
    assertThat(cleared.get(UserField.PROFILE_ID)).isNull();
  }

  @Test
  void update_onlyTheExpiration_movesTheStatus() {
    create(Map.of("id", "renewed", "expiration", "2025-06-01", "status", "expired"));
    update("renewed", "{\"expiration\":\"2027-01-01\"}", STAFF);
    assertThat(user("renewed").status()).isEqualTo(Status.ACTIVE);
    update("renewed", "{\"expiration\":\"2026-01-01\"}", STAFF);
    assertThat(user("renewed").status()).isEqualTo(Status.EXPIRED);
  }

  @Test
  void update_activeAlthoughTheExpirationHasPassed_asksForANewOne() {
    create(Map.of("id", "late", "expiration", "2025-06-01", "status", "suspended"));
    ApiException refused = refused("late", "{\"status\":\"active\"}", STAFF);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(user("late").status()).isEqualTo(Status.SUSPENDED);
    update("late", "{\"status\":\"active\",\"expiration\":null}", STAFF);
    assertThat(user("late").status()).isEqualTo(Status.ACTIVE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "If-None-Match | ETAG | If-None-Match asks for a change only if the ETag is another",
        "If-None-Match | W/ETAG | If-None-Match asks for a change only if the ETag is another",
        "If-None-Match | * | If-None-Match asks for a change only if there is nothing here",
        "If-Match | W/ETAG | If-Match never matches a weak ETag; send it without W/.",
        "If-Match | \"old\" | this has changed since you read it"
      })
  void update_preconditionFails_saysWhichAndWhyAndChangesNothing(
      String header, String tag, String message) {
    if (users.find("same").isEmpty()) {
      create(Map.of("id", "same"));
    }
    User before = user("same");
    String value = tag.replace("ETAG", etag(before));
    ApiException e =
        catchThrowableOfType(
            ApiException.class, () -> update("same", "{\"name\":\"X\"}", STAFF, header, value));
    assertThat(e.status()).isEqualTo(412);
    assertThat(e).hasMessageContaining(message);
    assertThat(user("same")).isEqualTo(before);
  }

  @Test
  void update_readOnlyFields_areAcceptedAsTheyAre() {
    create(Map.of("id", "whole", "expiration", "2030-01-01"));
    Map<String, Object> whole = new LinkedHashMap<>(user("whole").toMap());
    String same = JsonMapper.shared().writeValueAsString(whole);
    User before = user("whole");
    update("whole", same, STAFF);
    assertThat(user("whole")).isEqualTo(before);
    whole.put("name", "Changed");
    update("whole", JsonMapper.shared().writeValueAsString(whole), STAFF);
    assertThat(user("whole").get(UserField.NAME)).isEqualTo("Changed");
    for (String field : List.of("id", "created_at", "updated_at")) {
      ApiException e =
          refused("whole", "{\"%s\":\"2020-01-01\",\"name\":\"X\"}".formatted(field), STAFF);
      assertThat(e.status()).as(field).isEqualTo(400);
    }
    assertThat(user("whole").get(UserField.NAME)).isEqualTo("Changed");
  }

  @Test
  void theChangeIsInTheHistory() {
    create(Map.of("id", "told", "profile_id", 10));
    update(
        "told", "{\"status\":\"Suspended\",\"status_reason\":\"Unpaid\",\"profile_id\":1}", STAFF);
    assertThat(entries("told"))
        .containsExactly(
            new Entry(
                "told",
                Action.UPDATED,
                Instant.parse("2026-01-02T03:04:05Z"),
                new Actor("caller", "t-1", "192.0.2.7", "r-1"),
                Map.of(
                    "profile_id", new Change(10L, 1L),
                    "status", new Change("active", "suspended"),
                    "status_reason", new Change(null, "Unpaid"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{\"name\":\"same\",\"status\":\"ACTIVE\",\"mac\":\"aa-bb-cc-dd-ee-ff\"}"})
  void aPatchThatChangesNothingWritesNothing(String patch) {
    if (users.find("same").isEmpty()) {
      create(Map.of("id", "same", "mac", "AA:BB:CC:DD:EE:FF"));
    }
    User before = user("same");
    ApiResponse response = update("same", patch, STAFF);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.headers()).containsEntry("ETag", etag(before));
    assertThat(user("same")).isEqualTo(before);
    assertThat(entries("same")).isEmpty();
  }

  @Test
  void aNewStatusClearsTheReasonOfTheOld() {
    create(Map.of("id", "why", "status", "suspended", "status_reason", "Unpaid"));
    update("why", "{\"status\":\"suspended\",\"name\":\"Why\"}", STAFF);
    assertThat(user("why").get(UserField.STATUS_REASON)).isEqualTo("Unpaid");
    update("why", "{\"status\":\"active\"}", STAFF);
    assertThat(user("why").get(UserField.STATUS_REASON)).isNull();
    update("why", "{\"status\":\"disabled\",\"status_reason\":\"Fraud\"}", STAFF);
    assertThat(user("why").get(UserField.STATUS_REASON)).isEqualTo("Fraud");
    update("why", "{\"status_reason\":\"Court order\"}", STAFF);
    assertThat(user("why").status()).isEqualTo(Status.DISABLED);
    assertThat(user("why").get(UserField.STATUS_REASON)).isEqualTo("Court order");
  }

  @Test
  void everyInvalidFieldIsNamedAndNothingIsChanged() {
    create(Map.of("id", "bad"));
    User before = user("bad");
    ApiException e =
        refused(
            "bad",
            "{\"ID\":\"other\",\"mac\":\"x\",\"name\":null,\"status\":\"gone\",\"updated_at\":\"\","
                + "\"email\":\"a\",\"profile_id\":7}",
            ADMIN);
    assertThat(e.status()).isEqualTo(400);
    assertThat(e).hasMessage("The user was not changed - see errors.");
    assertThat(e.fieldErrors())
        .containsOnlyKeys("id", "mac", "name", "status", "updated_at", "email")
        .containsEntry("id", "cannot be changed");
    assertThat(user("bad")).isEqualTo(before);
  }

  @Test
  void bothSpellingsOfTheIdAreADuplicateKey() {
    ApiException e = refused("bad", "{\"ID\":\"bad\",\"id\":\"bad\"}", ADMIN);
    assertThat(e.status()).isEqualTo(400);
    assertThat(e).hasMessage("The body repeats the key ID.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"unknown", "", "a b", "ADMIN"})
  void anyOtherIdIsNotFound(String id) {
    ApiException e = refused(id, "{\"name\":\"x\"}", ADMIN);
    assertThat(e.status()).isEqualTo(404);
    assertThat(e).hasMessage("Not found - no user has this id.");
  }

  @Test
  void aDeletedUserIsNotFound() {
    create(Map.of("id", "gone"));
    assertThat(users.delete(user("gone"), NOW)).isTrue();
    assertThat(refused("gone", "{\"name\":\"x\"}", ADMIN).status()).isEqualTo(404);
  }

  @Test
  void aNewNameIsClaimedAndTheOldOneIsFreed() {
    create(Map.of("id", "mover", "username", "before", "customer_id", "M1"));
    update("mover", "{\"username\":\"After\",\"customer_id\":\"M2\"}", STAFF);
    ApiException e = refused("mover2", "{\"username\":\"AFTER\",\"customer_id\":\"m2\"}", STAFF);
    assertThat(e.status()).isEqualTo(404);
    create(Map.of("id", "mover2", "username", "Before", "customer_id", "m1"));
    e = refused("mover2", "{\"username\":\"AFTER\",\"customer_id\":\"m2\",\"name\":\"x\"}", STAFF);
    assertThat(e.status()).isEqualTo(409);
    assertThat(e).hasMessage("The user was not changed - see errors.");
    assertThat(e.fieldErrors())
        .isEqualTo(Map.of("username", "already in use", "customer_id", "already in use"));
    assertThat(user("mover2").get(UserField.NAME)).isEqualTo("Before");
    assertThat(entries("mover2")).isEmpty();
    update("mover", "{\"username\":\"AFTER\"}", STAFF);
    assertThat(user("mover").username()).isEqualTo("AFTER");
  }

  @Test
  void ifMatchProtectsTheChangesOfOthers() {
    create(Map.of("id", "etag"));
    String known = etag(user("etag"));
    ApiResponse changed = update("etag", "{\"name\":\"One\"}", ADMIN, "If-Match", known);
    assertThat(changed.headers()).containsEntry("ETag", etag(user("etag")));
    assertThat(changed.headers().get("ETag")).isNotEqualTo(known);
    for (String patch : List.of("{\"name\":\"Two\"}", "{}")) {
      ApiException e =
          catchThrowableOfType(
              ApiException.class, () -> update("etag", patch, ADMIN, "if-match", known));
      assertThat(e.status()).isEqualTo(412);
    }
    assertThat(user("etag").get(UserField.NAME)).isEqualTo("One");
    update("etag", "{\"name\":\"Three\"}", ADMIN, "If-Match", "*");
    assertThat(user("etag").get(UserField.NAME)).isEqualTo("Three");
  }

  @ParameterizedTest
  @CsvSource({"staff, customer", "admin, customer", "customer, staff", "customer, admin"})
  void update_roleWithoutStaffWrite_isForbidden(String before, String after) {
    String id = before + "-to-" + after;
    create(Map.of("id", id, "role", before));
    String patch = "{\"role\":\"" + after + "\"}";
    for (String scopes :
        List.of("users:read users:write", "", "users:write users:delete tokens:write")) {
      ApiException e =
          catchThrowableOfType(
              ApiException.class,
              () -> updateUser.apply(request(id, patch, caller("caller", ADMIN, scopes))));
      assertThat(e.status()).isEqualTo(403);
    }
    assertThat(user(id).role()).hasToString(before);
    update(id, patch, ADMIN);
    assertThat(user(id).role()).hasToString(after);
  }

  @Test
  void staffCannotChangeAnythingOfAColleague() {
    create(Map.of("id", "colleague", "role", "staff"));
    for (String patch : List.of("{\"name\":\"x\"}", "{}")) {
      ApiException e = refused("colleague", patch, STAFF);
      assertThat(e.status()).isEqualTo(403);
      assertThat(e)
          .hasMessage(
              "Forbidden - staff and administrators require the scope staff:write, which this token"
                  + " lacks.");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "customer, staff, true",
    "staff, admin, true",
    "admin, staff, false",
    "admin, customer, false",
    "staff, staff, false"
  })
  void update_roleThatGainsScopes_revokesTheTokens(String before, String after, boolean revokes) {
    String id = "gains-" + before + "-" + after;
    create(Map.of("id", id, "role", before));
    update(id, "{\"name\":\"New\",\"role\":\"" + after + "\"}", ADMIN);
    assertThat(user(id).acceptsTokenOf(Instant.parse("2026-01-02T03:04:05Z"))).isEqualTo(!revokes);
    assertThat(user(id).acceptsTokenOf(user(id).dateOfNewToken(NOW))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"role\":\"staff\"}",
        "{\"status\":\"active\"}",
      })
  void update_thatGrantsAccessByACallerWhoChangedMeanwhile_isAConflict(String patch) {
    String id = "granted" + patch.length();
    create(Map.of("id", id, "status", "disabled"));
    User before = user(id);
    for (String field : List.of("token_key", "user_id")) {
      Map<String, String> caller =
          new HashMap<>(caller("caller", ADMIN, Scope.formatList(Role.ADMIN.scopes())));
      caller.put(field, "gone");
      ApiException e =
          catchThrowableOfType(
              ApiException.class, () -> updateUser.apply(request(id, patch, caller)));
      assertThat(e.status()).isEqualTo(409);
      assertThat(e)
          .hasMessage(
              "The user was not changed - your token was revoked, or its user was changed, at the"
                  + " same time; try again.");
    }
    assertThat(user(id)).isEqualTo(before);
    update(id, patch, ADMIN);
    assertThat(user(id)).isNotEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"status\":\"disabled\"}",
        "{\"status\":\"suspended\"}",
        "{\"role\":\"staff\"}",
        "{\"role\":\"customer\"}"
      })
  void nobodyBarsOrDemotesTheUserWhoseTokenTheyUse(String patch) {
    if (users.find("boss").isEmpty()) {
      create(Map.of("id", "boss", "role", "admin"));
    }
    User before = user("boss");
    ApiException e =
        catchThrowableOfType(
            ApiException.class, () -> updateUser.apply(request("boss", patch, "boss", ADMIN)));
    assertThat(e.status()).isEqualTo(409);
    assertThat(e)
        .hasMessage(
            "The user was not changed - you cannot bar the user whose token you use, or change that"
                + " user's role.");
    assertThat(user("boss")).isEqualTo(before);
  }

  @Test
  void administratorsChangeTheirOwnName() {
    create(Map.of("id", "chief", "role", "admin"));
    updateUser.apply(
        request("chief", "{\"name\":\"Chief\",\"status\":\"active\"}", "chief", ADMIN));
    assertThat(user("chief").get(UserField.NAME)).isEqualTo("Chief");
  }

  @Test
  void theFirstAdministratorKeepsUsernameAndRole() {
    ApiException e = refused("admin", "{\"username\":\"root\",\"role\":\"staff\"}", ADMIN);
    assertThat(e.status()).isEqualTo(409);
    assertThat(e)
        .hasMessage(
            "The user was not changed - admin is the first administrator, whose username and role"
                + " cannot be changed.");
    assertThat(e.fieldErrors()).containsOnlyKeys("username", "role");
    assertThat(refused("admin", "{\"username\":\"Admin\"}", ADMIN).status()).isEqualTo(409);
    update("admin", "{\"username\":\"admin\",\"role\":\"admin\",\"name\":\"The admin\"}", ADMIN);
    update("admin", "{\"status\":\"disabled\"}", ADMIN);
    assertThat(user("admin").hasAccess()).isFalse();
    update("admin", "{\"status\":\"active\"}", ADMIN);
    assertThat(user("admin").username()).isEqualTo("admin");
    assertThat(user("admin").role()).isEqualTo(Role.ADMIN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"admin", "Admin", "ADMIN"})
  void nobodyElseTakesTheUsernameOfTheFirstAdministrator(String username) {
    if (users.find("taker").isEmpty()) {
      create(Map.of("id", "taker"));
    }
    ApiException e = refused("taker", "{\"username\":\"" + username + "\"}", ADMIN);
    assertThat(e.status()).isEqualTo(409);
    assertThat(e.fieldErrors())
        .isEqualTo(Map.of("username", "is reserved for the first administrator"));
    assertThat(user("taker").username()).isEqualTo("taker");
  }

  @Test
  void twoUpdatesOfDifferentFieldsBothTakeEffect() {
    create(Map.of("id", "both", "name", "Ann"));
    ApiResponse response =
        interrupted(attempt -> change("both", Map.of("profile_id", attempt)), 7)
            .apply(request("both", "{\"name\":\"Bea\"}", "caller", STAFF));
    assertThat(response.status()).isEqualTo(200);
    assertThat(user("both").get(UserField.NAME)).isEqualTo("Bea");
    assertThat(user("both").get(UserField.PROFILE_ID)).isEqualTo(7);
    assertThat(response.headers()).containsEntry("ETag", etag(user("both")));
    assertThat(entries("both")).hasSize(1);
    assertThat(entries("both").get(0).changes())
        .isEqualTo(Map.of("name", new Change("Ann", "Bea")));
  }

  @Test
  void itGivesUpIfOthersChangeTheUserAllTheTime() {
    create(Map.of("id", "busy", "name", "Ann"));
    UpdateUser slow = interrupted(attempt -> change("busy", Map.of("profile_id", attempt)), 8);
    ApiException e =
        catchThrowableOfType(
            ApiException.class,
            () -> slow.apply(request("busy", "{\"name\":\"Bea\"}", "caller", STAFF)));
    assertThat(e.status()).isEqualTo(409);
    assertThat(e)
        .hasMessage(
            "The user was not changed - others are changing it at the same time; try again.");
    assertThat(user("busy").get(UserField.NAME)).isEqualTo("Ann");
  }

  @Test
  void ifMatchIsCheckedAgainIfTheUserChangesMeanwhile() {
    create(Map.of("id", "raced", "name", "Ann"));
    UpdateUser slow = interrupted(attempt -> change("raced", Map.of("profile_id", attempt)), 1);
    String known = etag(user("raced"));
    ApiException e =
        catchThrowableOfType(
            ApiException.class,
            () ->
                slow.apply(
                    request("raced", "{\"name\":\"Bea\"}", "caller", STAFF, "If-Match", known)));
    assertThat(e.status()).isEqualTo(412);
    assertThat(user("raced").get(UserField.NAME)).isEqualTo("Ann");
  }

  @Test
  void theRoleIsCheckedAgainIfTheUserChangesMeanwhile() {
    create(Map.of("id", "promoted", "name", "Ann"));
    UpdateUser slow = interrupted(attempt -> change("promoted", Map.of("role", "staff")), 1);
    ApiException e =
        catchThrowableOfType(
            ApiException.class,
            () -> slow.apply(request("promoted", "{\"name\":\"Bea\"}", "caller", STAFF)));
    assertThat(e.status()).isEqualTo(403);
    assertThat(user("promoted").get(UserField.NAME)).isEqualTo("Ann");
  }

  /**
   * The function over the real store, in which somebody else makes a change between reading and
   * writing.
   *
   * @param times in how many attempts
   */
  private static UpdateUser interrupted(IntConsumer change, int times) {
    AtomicInteger attempts = new AtomicInteger();
    DynamoDbClient client =
        new InterruptedDynamoDb(
            dynamoDb.client(),
            transaction -> {
              if (attempts.incrementAndGet() <= times) {
                change.accept(attempts.get());
              }
            });
    Users store = new Users(client, "UsersTable");
    return new UpdateUser(store, tokens, history, () -> NOW);
  }

  private static void change(String id, Map<String, Object> patch) {
    User before = user(id);
    assertThat(users.update(before, new UpdateUserRequest(patch).apply(before, CREATED))).isEmpty();
  }

  private static void create(Map<String, Object> user) {
    assertThat(users.create(new CreateUserRequest(user).toUser("", "C-" + user.get("id"), CREATED)))
        .isEmpty();
  }

  private static User user(String id) {
    return users.find(id).orElseThrow();
  }

  private static List<Entry> entries(String id) {
    return history.list(id, null, 100).entries();
  }

  private static String etag(User user) {
    return ApiResponse.tagged(
            200, user.toMap(), "https://crm.example.net/api/v1/users/" + user.id())
        .headers()
        .get("ETag");
  }

  private static ApiException refused(String id, String patch, String callersRole) {
    return catchThrowableOfType(ApiException.class, () -> update(id, patch, callersRole));
  }

  private static ApiResponse update(String id, String patch, String callersRole, String... header) {
    return updateUser.apply(request(id, patch, "caller", callersRole, header));
  }

  private static ApiRequest request(
      String id, String patch, String caller, String callersRole, String... header) {
    return request(
        id,
        patch,
        caller(caller, callersRole, Scope.formatList(Role.of(callersRole).orElseThrow().scopes())),
        header);
  }

  private static ApiRequest request(
      String id, String patch, Map<String, String> caller, String... header) {
    return ApiRequest.of(
        Map.of(
            "pathParameters",
            Map.of("id", id),
            "body",
            patch,
            "multiValueHeaders",
            header.length == 0 ? Map.of() : Map.of(header[0], List.of(header[1])),
            "requestContext",
            Map.of("requestId", "r-1", "authorizer", caller)),
        "https://crm.example.net");
  }

  private static Map<String, String> caller(String user, String role, String scopes) {
    return Map.of(
        "user_id",
        user,
        "token_id",
        "t-1",
        "token_key",
        CallingToken.KEY,
        "token_created_at",
        CallingToken.CREATED_AT,
        "role",
        role,
        "scopes",
        scopes,
        "address",
        "192.0.2.7");
  }
}
