package ispcrm.removepassword;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

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
import ispcrm.users.Users;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RemovePasswordTest {
  private static final Instant CREATED = Instant.parse("2025-01-02T03:04:05Z");
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

  private static LocalDynamoDb dynamoDb;
  private static Users users;
  private static Passwords passwords;
  private static History history;

  @BeforeAll
  static void start() {
    Template template = Template.load(Map.of());
    dynamoDb = LocalDynamoDb.start(template, null);
    users = new Users(dynamoDb.client(), "UsersTable");
    passwords = new Passwords(dynamoDb.client(), "PasswordsTable");
    history =
        new History(dynamoDb.client(), template.functions().get("remove-password").environment());
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void remove_storedPassword_leavesNothingAndIsInTheHistoryOnce() {
    User user = create("ann");
    users.update(user, user.withPassword(CREATED, CREATED), passwords.set("ann", "secret"));
    assertThat(remove("ann", "").status()).isEqualTo(204);
    assertThat(remove("ann", "").status()).isEqualTo(204);
    assertThat(dynamoDb.client().scan(scan -> scan.tableName("PasswordsTable")).items().toString())
        .doesNotContain("ann");
    assertThat(users.find("ann").orElseThrow().hasPassword()).isFalse();
    assertThat(history.list("ann", null, 10).entries())
        .extracting(Entry::action)
        .containsExactly(Action.PASSWORD_REMOVED);
  }

  @Test
  void remove_refused_changesNothing() {
    User user = create("bob");
    users.update(user, user.withPassword(CREATED, CREATED), passwords.set("bob", "secret"));
    assertThat(catchThrowableOfType(ApiException.class, () -> remove("bob", "\"old\"")).status())
        .isEqualTo(412);
    assertThat(catchThrowableOfType(ApiException.class, () -> remove("nobody", "")).status())
        .isEqualTo(404);
    assertThat(users.find("bob").orElseThrow().hasPassword()).isTrue();
  }

  private static User create(String id) {
    User user = new CreateUserRequest(Map.of("id", id)).toUser("", "C-" + id, CREATED);
    assertThat(users.create(user)).isEmpty();
    return user;
  }

  private static ApiResponse remove(String id, String ifMatch) {
    return new RemovePassword(users, passwords, history, () -> NOW)
        .apply(
            ApiRequest.of(
                Map.of(
                    "httpMethod",
                    "DELETE",
                    "pathParameters",
                    Map.of("id", id),
                    "multiValueHeaders",
                    ifMatch.isEmpty() ? Map.of() : Map.of("If-Match", List.of(ifMatch)),
                    "requestContext",
                    Map.of("authorizer", Map.of("scopes", "users:write"))),
                "https://crm.example.net"));
  }
}
