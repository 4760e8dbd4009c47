package ispcrm.setpassword;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import ispcrm.emulation.InterruptedDynamoDb;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.passwords.Passwords;
import ispcrm.template.Template;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.User;
import ispcrm.users.UserField;
import ispcrm.users.Users;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class SetPasswordTest {
  private static final Instant CREATED = Instant.parse("2025-01-02T03:04:05Z");
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

  private static LocalDynamoDb dynamoDb;
  private static Users users;
  private static History history;

  @BeforeAll
  static void start() {
    Template template = Template.load(Map.of());
    dynamoDb = LocalDynamoDb.start(template, null);
    users = new Users(dynamoDb.client(), "UsersTable");
    history =
        new History(dynamoDb.client(), template.functions().get("set-password").environment());
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void set_twiceInOneSecond_storesTheLastAndSaysWhen() {
    create("ann", "customer");
    assertThat(set("ann", "{\"password\":\"first\"}").status()).isEqualTo(204);
    ApiResponse response = set("ann", "{\"password\":\"sec\\\"ond\"}");
    assertThat(response.status()).isEqualTo(204);
    assertThat(response.body()).isEmpty();
    assertThat(stored("ann")).contains("sec\"ond");
    User user = users.find("ann").orElseThrow();
    assertThat(user.get(UserField.PASSWORD_SET_AT)).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(user.get(UserField.UPDATED_AT)).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(history.list("ann", null, 10).entries())
        .extracting(Entry::action, Entry::changes)
        .containsOnly(tuple(Action.PASSWORD_SET, Map.of()))
        .hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                               | password",
        "{'password':''}                  | password",
        "{'password':null}                | password",
        "{'password':'x','Password':'x'}  | Password",
        "{'password':7,'hint':'x'}        | password, hint"
      })
  void set_invalidBody_namesEveryFieldAndStoresNothing(String body, String fields) {
    if (users.find("bob").isEmpty()) {
      create("bob", "customer");
    }
    ApiException e = refused("bob", body.replace('\'', '"'));
    assertThat(e.status()).isEqualTo(400);
    assertThat(e.fieldErrors()).containsOnlyKeys(fields.split(", ", -1));
    assertThat(stored("bob")).isEmpty();
    assertThat(history.list("bob", null, 10).entries()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"staff", "admin"})
  void set_notACustomer_isRefused(String role) {
    create("s-" + role, role);
    ApiException e = refused("s-" + role, "{\"password\":\"x\"}");
    assertThat(e.status()).isEqualTo(409);
    assertThat(e)
        .hasMessage(
            "The password was not set - only customers log in to the network; this user's role is "
                + role
                + ".");
    assertThat(stored("s-" + role)).isEmpty();
  }

  @Test
  void set_noSuchUser_isNotFound() {
    assertThat(refused("nobody", "{\"password\":\"x\"}").status()).isEqualTo(404);
  }

  @Test
  void set_userChangedMeanwhile_keepsTheChange() {
    create("cy", "customer");
    AtomicInteger calls = new AtomicInteger();
    DynamoDbClient interrupted =
        new InterruptedDynamoDb(
            dynamoDb.client(),
            transaction -> {
              if (calls.incrementAndGet() == 1) {
                User before = users.find("cy").orElseThrow();
                users.update(before, before.toBuilder().set(UserField.NAME, "Cy").build());
              }
            });
    setWith(new Users(interrupted, "UsersTable"), "cy", "{\"password\":\"x\"}");
    User user = users.find("cy").orElseThrow();
    assertThat(user.get(UserField.NAME)).isEqualTo("Cy");
    assertThat(user.hasPassword()).isTrue();
    assertThat(stored("cy")).contains("x");
  }

  @Test
  void set_preconditionFails_changesNothing() {
    create("dee", "customer");
    ApiException e =
        catchThrowableOfType(
            ApiException.class,
            () ->
                set(users, "dee", "{\"password\":\"x\"}", Map.of("If-Match", List.of("\"old\""))));
    assertThat(e.status()).isEqualTo(412);
    assertThat(stored("dee")).isEmpty();
  }

  private static Optional<String> stored(String user) {
    return Optional.ofNullable(
            dynamoDb
                .client()
                .getItem(
                    get ->
                        get.tableName("PasswordsTable")
                            .key(Map.of("user", AttributeValue.fromS(user))))
                .item()
                .get("password"))
        .map(AttributeValue::s);
  }

  private static void create(String id, String role) {
    assertThat(
            users.create(
                new CreateUserRequest(Map.of("id", id, "role", role))
                    .toUser("", "C-" + id, CREATED)))
        .isEmpty();
  }

  private static ApiException refused(String id, String body) {
    return catchThrowableOfType(ApiException.class, () -> set(id, body));
  }

  private static ApiResponse set(String id, String body) {
    return setWith(users, id, body);
  }

  private static ApiResponse setWith(Users store, String id, String body) {
    return set(store, id, body, Map.of());
  }

  private static ApiResponse set(
      Users store, String id, String body, Map<String, List<String>> headers) {
    return new SetPassword(
            store, new Passwords(dynamoDb.client(), "PasswordsTable"), history, () -> NOW)
        .apply(
            ApiRequest.of(
                Map.of(
                    "httpMethod",
                    "PUT",
                    "pathParameters",
                    Map.of("id", id),
                    "body",
                    body,
                    "multiValueHeaders",
                    headers,
                    "requestContext",
                    Map.of("authorizer", Map.of("scopes", "users:write staff:write"))),
                "https://crm.example.net"));
  }
}
