package ispcrm.deleteuser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.access.Actor;
import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.emulation.CallingToken;
import ispcrm.emulation.Fault;
import ispcrm.emulation.InterruptedDynamoDb;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.history.Action;
import ispcrm.history.Change;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.idempotency.Idempotency;
import ispcrm.passwords.Passwords;
import ispcrm.template.Template;
import ispcrm.tokens.Tokens;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.UpdateUserRequest;
import ispcrm.users.User;
import ispcrm.users.UserField;
import ispcrm.users.Users;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DeleteUserTest {
  private static final Instant CREATED = Instant.parse("2025-01-02T03:04:05Z");
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final Actor CALLER = new Actor("caller", "t-1", "192.0.2.7", "r-1");

  private static final Actor WITHOUT_ADDRESS = new Actor("caller", "t-1", null, "r-1");

  private static LocalDynamoDb dynamoDb;
  private static Users users;
  private static Tokens tokens;
  private static History history;
  private static Idempotency idempotency;
  private static DeleteUser deleteUser;

  @BeforeAll
  static void start() {
    Template template = Template.load(Map.of());
    dynamoDb = LocalDynamoDb.start(template, null);
    users = new Users(dynamoDb.client(), "UsersTable");
    tokens = new Tokens(dynamoDb.client(), "TokensTable");
    Map<String, String> environment = template.functions().get("delete-user").environment();
    history = new History(dynamoDb.client(), environment);
    idempotency = new Idempotency(dynamoDb.client(), environment, () -> NOW);
    deleteUser = deleteUser(users);
    users.create(
        new CreateUserRequest(Map.of("id", "caller", "role", "admin"))
            .toUser("", "C-caller", CREATED));
    CallingToken.store(dynamoDb.client(), "caller");
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void theResponseSaysWhatWasDeletedAndWhen() {
    create("jonewe");
    ApiResponse response = delete("jonewe");
    assertThat(response.status()).isEqualTo(200);
    JsonNode body = new JsonMapper().readTree(response.body());
    assertThat(body.get("data"))
        .hasToString("{\"id\":\"jonewe\",\"deleted_at\":\"2026-01-02 03:04:05\"}");
    assertThat(body.at("/_links/history").asString())
        .isEqualTo("https://crm.example.net/api/v1/users/jonewe/history");
    assertThat(users.find("jonewe")).isEmpty();
  }

  @Test
  void aSecondDeletionIsNotFound() {
    create("twice");
    delete("twice");
    assertThat(refused("twice").status()).isEqualTo(404);
    assertThat(entries("twice")).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unknown", "", "a b"})
  void anyOtherIdIsNotFound(String id) {
    ApiException e = refused(id);
    assertThat(e.status()).isEqualTo(404);
    assertThat(e).hasMessage("Not found - no user has this id.");
  }

  @Test
  void theNamesBecomeAvailableAgainButNeverTheId() {
    create("left");
    delete("left");
    assertThat(users.create(user("left", "left", "C-left")))
        .containsExactlyInAnyOrder(UserField.ID);
    assertThat(users.create(user("came", "LEFT", "c-LEFT"))).isEmpty();
  }

  @Test
  void onlyTheIdAndTheTimeRemainOfTheRecord() {
    create("blank");
    delete("blank");
    Map<String, AttributeValue> remains =
        dynamoDb
            .client()
            .getItem(
                get ->
                    get.tableName("UsersTable")
                        .key(Map.of("pk", AttributeValue.fromS("user#blank"))))
            .item();
    assertThat(remains)
        .containsOnlyKeys("pk", "id", "deleted_at", "feed", "updated_key", "due", "due_key");
  }

  @Test
  void theHistoryShowsWhoDidWhatAndWhenWithoutTheValues() {
    create("erased");
    delete("erased");
    assertThat(entries("erased"))
        .containsExactly(
            new Entry("erased", Action.DELETED, seconds(NOW), WITHOUT_ADDRESS, Map.of()),
            new Entry(
                "erased",
                Action.CREATED,
                CREATED,
                WITHOUT_ADDRESS,
                Map.of(
                    "id", new Change(null, null),
                    "username", new Change(null, null),
                    "customer_id", new Change(null, null),
                    "name", new Change(null, null),
                    "status", new Change(null, null),
                    "role", new Change(null, null))));
  }

  @Test
  void nobodyDeletesTheUserWhoseTokenTheyUse() {
    create("boss");
    ApiException e =
        catchThrowableOfType(ApiException.class, () -> deleteUser.apply(request("boss", "boss")));
    assertThat(e.status()).isEqualTo(409);
    assertThat(e)
        .hasMessage("The user was not deleted - you cannot delete the user whose token you use.");
    assertThat(users.find("boss")).isPresent();
  }

  @Test
  void theFirstAdministratorCannotBeDeleted() {
    create("admin");
    ApiException e = refused("admin");
    assertThat(e.status()).isEqualTo(409);
    assertThat(e)
        .hasMessage(
            "The user was not deleted - admin is the first administrator; another administrator can"
                + " set its status to disabled instead.");
    assertThat(users.find("admin")).isPresent();
  }

  @Test
  void ifMatchProtectsTheChangesOfOthers() {
    User user = create("etag");
    ApiException e =
        catchThrowableOfType(
            ApiException.class,
            () -> deleteUser.apply(request("etag", "caller", "If-Match", "\"old\"")));
    assertThat(e.status()).isEqualTo(412);
    assertThat(users.find("etag")).isPresent();
    String etag =
        ApiResponse.tagged(200, user.toMap(), "https://crm.example.net/api/v1/users/etag")
            .headers()
            .get("ETag");
    deleteUser.apply(request("etag", "caller", "If-Match", etag));
    assertThat(users.find("etag")).isEmpty();
  }

  @Test
  void aUserWhoChangesMeanwhileIsDeletedAsTheyAreThen() {
    create("renamed");
    AtomicInteger attempts = new AtomicInteger();
    Users store =
        beforeDeletion(
            () -> {
              if (attempts.incrementAndGet() == 1) {
                change("renamed", Map.of("username", "other-name"));
              }
            });
    assertThat(deleteUser(store).apply(request("renamed", "caller")).status()).isEqualTo(200);
    assertThat(users.find("renamed")).isEmpty();
    assertThat(users.create(user("renamed2", "other-name", "C-renamed"))).isEmpty();
  }

  @Test
  void itGivesUpIfOthersChangeTheUserAllTheTime() {
    create("busy");
    AtomicInteger attempts = new AtomicInteger();
    Users store =
        beforeDeletion(() -> change("busy", Map.of("profile_id", attempts.incrementAndGet())));
    ApiException e =
        catchThrowableOfType(
            ApiException.class, () -> deleteUser(store).apply(request("busy", "caller")));
    assertThat(e.status()).isEqualTo(409);
    assertThat(e)
        .hasMessage(
            "The user was not deleted - others are changing it at the same time; try again.");
    assertThat(users.find("busy")).isPresent();
  }

  @Test
  void theErasureIsLeftPendingForTheSchedule() {
    create("due");
    delete("due");
    assertThat(users.pendingErasures(NOW.plusSeconds(60), 10)).contains("due");
  }

  @Test
  void staffAreDeletedOnlyWithStaffWrite() {
    users.create(
        new CreateUserRequest(Map.of("id", "colleague", "role", "staff"))
            .toUser("", "C-colleague", CREATED));
    ApiException e =
        catchThrowableOfType(
            ApiException.class,
            () ->
                deleteUser.apply(
                    request("colleague", caller("users:write users:delete", CallingToken.KEY))));
    assertThat(e.status()).isEqualTo(403);
    assertThat(e)
        .hasMessage(
            "Forbidden - staff and administrators require the scope staff:write, which this token"
                + " lacks.");
    e =
        catchThrowableOfType(
            ApiException.class,
            () ->
                deleteUser.apply(
                    request("colleague", caller("staff:write users:delete", "revoked"))));
    assertThat(e.status()).isEqualTo(409);
    assertThat(e).hasMessageContaining("your token was revoked");
    assertThat(users.find("colleague")).isPresent();
    assertThat(delete("colleague").status()).isEqualTo(200);
  }

  @Test
  void aFailedErasureIsLoggedAndLeftToTheSchedule() {
    create("pending");
    dynamoDb.causeFaults(
        call ->
            call.operation().equals("UpdateItem")
                ? Optional.of(Fault.SERVICE_UNAVAILABLE)
                : Optional.empty());
    PrintStream standard = System.out;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setOut(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      ApiResponse response = deleteUser.apply(request("pending", "caller"));
      assertThat(response.status()).isEqualTo(200);
    } finally {
      dynamoDb.causeFaults(call -> Optional.empty());
      System.setOut(standard);
    }
    assertThat(users.find("pending")).isEmpty();
    assertThat(users.pendingErasures(NOW.plusSeconds(60), 10)).contains("pending");
    assertThat(log.toString(StandardCharsets.UTF_8))
        .containsOnlyOnce(
            "Copies of the deleted user pending were not erased; expire-users will repeat it:");
  }

  private static DeleteUser deleteUser(Users store) {
    return new DeleteUser(
        store,
        new Passwords(dynamoDb.client(), "PasswordsTable"),
        tokens,
        history,
        idempotency,
        () -> NOW);
  }

  /** The real store, with something that happens just before each deletion. */
  private static Users beforeDeletion(Runnable happens) {
    return new Users(
        new InterruptedDynamoDb(dynamoDb.client(), transaction -> happens.run()), "UsersTable");
  }

  private static void change(String id, Map<String, Object> patch) {
    User before = users.find(id).orElseThrow();
    assertThat(users.update(before, new UpdateUserRequest(patch).apply(before, CREATED))).isEmpty();
  }

  private static User create(String id) {
    User user = user(id, id, "C-" + id);
    Entry entry = Entry.of(id, Action.CREATED, CREATED, CALLER, Map.of(), user.settableFields());
    assertThat(users.create(user, history.add(entry))).isEmpty();
    return user;
  }

  private static User user(String id, String username, String customerId) {
    return new CreateUserRequest(Map.of("id", id, "username", username))
        .toUser("", customerId, CREATED);
  }

  private static Instant seconds(Instant time) {
    return Instant.ofEpochSecond(time.getEpochSecond());
  }

  private static List<Entry> entries(String id) {
    return history.list(id, null, 100).entries();
  }

  private static ApiException refused(String id) {
    return catchThrowableOfType(ApiException.class, () -> delete(id));
  }

  private static ApiResponse delete(String id) {
    return deleteUser.apply(request(id, "caller"));
  }

  private static ApiRequest request(String id, String caller, String... header) {
    Map<String, String> authorizer =
        new HashMap<>(caller(Scope.formatList(Role.ADMIN.scopes()), CallingToken.KEY));
    authorizer.put("user_id", caller);
    return request(id, authorizer, header);
  }

  private static Map<String, String> caller(String scopes, String tokenKey) {
    return Map.of(
        "user_id", "caller",
        "token_id", "t-1",
        "token_key", tokenKey,
        "token_created_at", CallingToken.CREATED_AT,
        "role", "admin",
        "scopes", scopes,
        "address", "192.0.2.7");
  }

  private static ApiRequest request(String id, Map<String, String> caller, String... header) {
    return ApiRequest.of(
        Map.of(
            "pathParameters",
            Map.of("id", id),
            "multiValueHeaders",
            header.length == 0 ? Map.of() : Map.of(header[0], List.of(header[1])),
            "requestContext",
            Map.of("requestId", "r-1", "authorizer", caller)),
        "https://crm.example.net");
  }
}
