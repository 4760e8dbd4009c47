package ispcrm.restore;

import static ispcrm.dynamodb.DynamoDb.number;
import static ispcrm.dynamodb.DynamoDb.text;
import static ispcrm.restore.Sandbox.NOW;
import static ispcrm.restore.Sandbox.with;
import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.access.Role;
import ispcrm.authorizer.Authorizer;
import ispcrm.authorizer.AuthorizerRequest;
import ispcrm.restore.Sandbox.Result;
import ispcrm.tokens.BearerToken;
import ispcrm.tokens.IssuedToken;
import ispcrm.tokens.Tokens;
import ispcrm.users.Status;
import ispcrm.users.User;
import ispcrm.users.UserField;
import ispcrm.users.Users;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Restores to the tables that the code of the API writes and reads. */
class CopyTest {
  private static final Sandbox SANDBOX = new Sandbox();

  private final String usersTable = SANDBOX.newUsersTable();
  private final String tokensTable = SANDBOX.newTokensTable();
  private final Users users = new Users(SANDBOX.client(), usersTable);

  @BeforeEach
  void letAllCallsThrough() {
    SANDBOX.http().fail(FaultyHttpClient.NO_FAULT);
  }

  @AfterAll
  static void close() {
    SANDBOX.close();
  }

  @Test
  void noTokenIsValidThatWasNotValidBefore() {
    IssuedToken kept = addToken(1);
    IssuedToken revokedSince = addToken(1);
    IssuedToken lost = addToken(1);
    IssuedToken expired = addToken(-1);
    String backup = SANDBOX.backUp(tokensTable);
    revoke(revokedSince);
    SANDBOX.delete(tokensTable, lost.secret().sha256(), expired.secret().sha256());
    IssuedToken issuedSince = addToken(1);
    assertThat(isAccepted(lost, backup)).isTrue();

    Result result = SANDBOX.restore(backup, tokensTable).isComplete();

    assertThat(result.out()).contains("1 copied, 2 kept as they were, 1 expired and not copied");
    assertThat(isAccepted(kept, tokensTable)).isTrue();
    assertThat(isAccepted(issuedSince, tokensTable)).isTrue();
    assertThat(isAccepted(revokedSince, tokensTable)).isFalse();
    assertThat(isAccepted(lost, tokensTable)).isFalse();
    assertThat(new Tokens(SANDBOX.client(), tokensTable).find(lost.secret()))
        .hasValueSatisfying(token -> assertThat(token.revocation().at()).isEqualTo(NOW));
    assertThat(SANDBOX.items(tokensTable)).hasSize(4).doesNotContainKey(expired.secret().sha256());
  }

  @Test
  void deletedUserComesBackWithTheClaims() {
    User user = Samples.customer("jonewe", "JoNewe");
    users.create(user);
    // The next release may store more than this one knows.
    Map<String, AttributeValue> stored = SANDBOX.items(usersTable).get("user#jonewe");
    SANDBOX.put(usersTable, with(stored, "later", text("kept")));
    String backup = SANDBOX.backUp(usersTable);
    var before = SANDBOX.items(usersTable);
    deleteUser("jonewe", "jonewe");

    SANDBOX.restore(backup, usersTable).isComplete();

    assertThat(SANDBOX.items(usersTable)).isEqualTo(before);
    assertThat(users.find("jonewe")).contains(user);
    assertThat(users.create(Samples.customer("other", "jonewe")))
        .containsExactly(UserField.USERNAME);
  }

  @Test
  void reusedUsernameKeepsItsOwner() {
    users.create(Samples.customer("old", "jonewe"));
    String backup = SANDBOX.backUp(usersTable);
    deleteUser("old", "jonewe");
    users.create(Samples.customer("new", "JONEWE"));
    var before = SANDBOX.items(usersTable);

    Result result = SANDBOX.restore(backup, usersTable);

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .isEqualTo("left out: user#old: the username jonewe belongs to user new\n");
    assertThat(SANDBOX.items(usersTable)).isEqualTo(before);
  }

  @Test
  void reusedIdKeepsItsOwner() {
    users.create(
        Samples.user("jonewe", "first", Role.CUSTOMER, Status.ACTIVE, NOW.minusSeconds(9)));
    String backup = SANDBOX.backUp(usersTable);
    deleteUser("jonewe", "first");
    users.create(Samples.customer("jonewe", "second"));
    var before = SANDBOX.items(usersTable);

    Result result = SANDBOX.restore(backup, usersTable);

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .isEqualTo(
            "left out: user#jonewe: the id belongs to a user who was created at another time\n");
    assertThat(SANDBOX.items(usersTable)).isEqualTo(before);
  }

  @Test
  void userWhoChangedSinceStaysAsTheyAre() {
    users.create(Samples.customer("jonewe", "jonewe"));
    String backup = SANDBOX.backUp(usersTable);
    SANDBOX.put(
        usersTable,
        with(SANDBOX.items(usersTable).get("user#jonewe"), "status", text("suspended")));
    var before = SANDBOX.items(usersTable);

    SANDBOX.restore(backup, usersTable).isComplete();

    assertThat(SANDBOX.items(usersTable)).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({
    "ADMIN, ACTIVE, DISABLED",
    "STAFF, INACTIVE, DISABLED",
    "STAFF, DISABLED, DISABLED",
    "CUSTOMER, ACTIVE, ACTIVE",
    "CUSTOMER, SUSPENDED, SUSPENDED"
  })
  void onlyCustomersKeepTheirStatus(Role role, Status status, Status expected) {
    users.create(Samples.user("jonewe", "jonewe", role, status, NOW));

    String empty = SANDBOX.newUsersTable();
    Result result = SANDBOX.restore(usersTable, empty).isComplete();

    assertThat(new Users(SANDBOX.client(), empty).find("jonewe"))
        .hasValueSatisfying(user -> assertThat(user.status()).isEqualTo(expected));
    assertThat(SANDBOX.items(empty).get("user#jonewe").get("listed").m())
        .containsEntry("status", text(expected.toString()));
    if (status == expected) {
      assertThat(result.out()).doesNotContain("disabled");
    } else {
      assertThat(result.out())
          .startsWith("disabled: jonewe (%s, was %s)\n".formatted(role, status))
          .contains(", 1 disabled, ", "aws dynamodb update-item --table-name " + empty);
    }
  }

  /** The table is in use, so a token or a user may be created between any two calls. */
  @Test
  void tokenThatIsAddedMeanwhileStaysAsItIs() {
    IssuedToken token = addToken(1);
    String backup = SANDBOX.backUp(tokensTable);
    var before = SANDBOX.items(tokensTable);
    SANDBOX.delete(tokensTable, token.secret().sha256());
    SANDBOX
        .http()
        .fail(
            operation -> {
              if (operation.equals("PutItem")) {
                before.values().forEach(item -> SANDBOX.put(tokensTable, item));
              }
              return null;
            });

    assertThat(SANDBOX.restore(backup, tokensTable).isComplete().out())
        .contains("1 kept as they were");

    assertThat(SANDBOX.items(tokensTable)).isEqualTo(before);
  }

  @Test
  void userWhoIsCreatedMeanwhileKeepsTheirId() {
    users.create(Samples.customer("jonewe", "jonewe"));
    String backup = SANDBOX.backUp(usersTable);
    deleteUser("jonewe", "jonewe");
    User newer = Samples.user("jonewe", "newer", Role.CUSTOMER, Status.ACTIVE, NOW.plusSeconds(9));
    SANDBOX
        .http()
        .fail(
            operation -> {
              if (operation.equals("TransactWriteItems")) {
                users.create(newer);
              }
              return null;
            });

    Result result = SANDBOX.restore(backup, usersTable);

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).startsWith("left out: user#jonewe: the id belongs to a user who");
    assertThat(users.find("jonewe")).contains(newer);
    assertThat(SANDBOX.items(usersTable)).hasSize(4);
  }

  private IssuedToken addToken(int days) {
    IssuedToken token = Samples.token(days);
    SANDBOX.add(token, tokensTable);
    return token;
  }

  private void revoke(IssuedToken token) {
    SANDBOX.put(
        tokensTable,
        with(
            SANDBOX.items(tokensTable).get(token.secret().sha256()),
            "revoked_at",
            number(NOW.getEpochSecond())));
  }

  private void deleteUser(String id, String username) {
    SANDBOX.delete(
        usersTable, "user#" + id, "name#" + id, "name#" + username, "customer_id#c-" + id);
  }

  /** Whether the authorizer accepts a token. */
  static boolean isAccepted(IssuedToken token, String table) {
    BearerToken secret = token.secret();
    Users everyone = SANDBOX.usersWith(Samples.customer(token.token().user(), "anyone"));
    Authorizer authorizer =
        new Authorizer(new Tokens(SANDBOX.client(), table), everyone, () -> NOW.plusSeconds(1));
    try {
      return authorizer
              .apply(
                  new AuthorizerRequest(
                      "GET",
                      "/api/v1",
                      Map.of(),
                      Map.of("X-Auth-Token", List.of(secret.secret())),
                      "192.0.2.1",
                      "request"))
              .denial()
          == null;
    } catch (RuntimeException e) {
      assertThat(e).hasMessage("Unauthorized");
      return false;
    }
  }

  @Test
  void aDeletedUserStaysDeleted() {
    String from = SANDBOX.newUsersTable();
    String to = usersTable;
    Users before = new Users(SANDBOX.client(), from);
    Users now = users;
    for (String id : List.of("since", "earlier", "both")) {
      before.create(Samples.customer(id, id));
    }
    now.create(Samples.customer("since", "since"));
    now.create(Samples.customer("both", "both"));
    assertThat(now.delete(Samples.customer("since", "since"), NOW)).isTrue();
    assertThat(now.delete(Samples.customer("both", "both"), NOW)).isTrue();
    assertThat(before.delete(Samples.customer("earlier", "earlier"), NOW)).isTrue();
    assertThat(before.delete(Samples.customer("both", "both"), NOW)).isTrue();
    var deleted = SANDBOX.items(to);

    assertThat(SANDBOX.restore(from, to).status()).isZero();
    assertThat(SANDBOX.items(to)).containsAllEntriesOf(deleted).hasSize(3);
    for (String id : List.of("since", "earlier", "both")) {
      assertThat(now.find(id)).isEmpty();
      assertThat(now.create(Samples.customer(id, "new"))).containsExactly(UserField.ID);
    }
    assertThat(SANDBOX.restore(from).status()).isZero();
    assertThat(before.find("earlier")).isEmpty();
  }
}
