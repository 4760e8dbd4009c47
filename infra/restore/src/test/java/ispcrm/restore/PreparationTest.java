package ispcrm.restore;

import static ispcrm.dynamodb.DynamoDb.text;
import static ispcrm.restore.Sandbox.NOW;
import static ispcrm.restore.Sandbox.with;
import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.access.Role;
import ispcrm.restore.Sandbox.Result;
import ispcrm.tokens.BearerToken;
import ispcrm.tokens.IssuedToken;
import ispcrm.tokens.Token;
import ispcrm.tokens.Tokens;
import ispcrm.users.Status;
import ispcrm.users.UserField;
import ispcrm.users.Users;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveDescription;

/** Prepares restored tables for a stack. */
class PreparationTest {
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
  void noTokenIsValid() {
    Tokens tokens = new Tokens(SANDBOX.client(), tokensTable);
    List<IssuedToken> issued = List.of(Samples.token(1), Samples.token(90), Samples.token(-1));
    issued.forEach(token -> SANDBOX.add(token, tokensTable));
    BearerToken revoked = Samples.token(1).secret();
    Map<String, AttributeValue> item =
        SANDBOX.items(tokensTable).get(issued.get(0).secret().sha256());
    SANDBOX.put(
        tokensTable,
        with(
            with(item, "sha256", text(revoked.sha256())), "revoked_at", AttributeValue.fromN("5")));

    assertThat(SANDBOX.restore(tokensTable).isComplete().out())
        .contains("3 revoked, 1 kept as they were");

    for (IssuedToken token : issued) {
      Token stored = tokens.find(token.secret()).orElseThrow();
      assertThat(stored.isValid(Instant.EPOCH)).isFalse();
      assertThat(stored.revocation().at()).isEqualTo(NOW);
    }
    assertThat(tokens.find(revoked).orElseThrow().revocation().at())
        .isEqualTo(Instant.ofEpochSecond(5));
  }

  @Test
  void onlyCustomersKeepTheirStatus() {
    users.create(Samples.customer("customer", "customer"));
    users.create(Samples.user("admin", "admin", Role.ADMIN, Status.ACTIVE, NOW));
    users.create(Samples.user("staff", "staff", Role.STAFF, Status.EXPIRED, NOW));

    Result result = SANDBOX.restore(usersTable).isComplete();

    assertThat(result.out().lines())
        .contains("disabled: admin (admin, was active)", "disabled: staff (staff, was expired)");
    assertThat(users.find("customer").orElseThrow().status()).isEqualTo(Status.ACTIVE);
    assertThat(users.find("admin").orElseThrow().status()).isEqualTo(Status.DISABLED);
    assertThat(users.find("staff").orElseThrow().status()).isEqualTo(Status.DISABLED);
    assertThat(SANDBOX.items(usersTable).get("user#admin").get("listed").m())
        .containsEntry("status", text("disabled"));
  }

  /** A restored table may contain a part of a transaction. */
  @Test
  void usersGetTheirClaimsAndNothingElseIsClaimed() {
    users.create(Samples.customer("jonewe", "jonewe"));
    users.create(Samples.customer("deleted", "deleted"));
    var expected = SANDBOX.items(usersTable);
    expected.keySet().removeIf(key -> key.endsWith("deleted"));
    SANDBOX.delete(usersTable, "user#deleted", "customer_id#c-jonewe");
    // This one was renamed, and the name was taken by another user.
    SANDBOX.put(usersTable, Map.of("pk", text("name#jonewe"), "id", text("deleted")));
    SANDBOX.put(usersTable, Map.of("pk", text("name#former"), "id", text("jonewe")));

    assertThat(SANDBOX.restore(usersTable).isComplete().out())
        .contains("1 checked, 4 claims without a user removed, 2 missing claims added");

    assertThat(SANDBOX.items(usersTable)).isEqualTo(expected);
    assertThat(users.create(Samples.customer("deleted", "JoNewe")))
        .containsExactly(UserField.USERNAME);
  }

  @Test
  void usernameOfTwoUsersIsReported() {
    users.create(Samples.customer("first", "jonewe"));
    users.create(Samples.customer("second", "other"));
    Map<String, AttributeValue> second = SANDBOX.items(usersTable).get("user#second");
    SANDBOX.put(
        usersTable, with(with(second, "username", text("jonewe")), "username_key", text("jonewe")));

    Result result = SANDBOX.restore(usersTable);

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .isEqualTo("needs repair: user#second: the username jonewe belongs to user first\n");
  }

  @Test
  void theTableOfTokensGetsTheSettingsThatDynamoDbDoesNotRestore() {
    SANDBOX.restore(tokensTable).isComplete();

    TimeToLiveDescription expiry =
        SANDBOX
            .client()
            .describeTimeToLive(request -> request.tableName(tokensTable))
            .timeToLiveDescription();
    assertThat(expiry.timeToLiveStatusAsString()).isEqualTo("ENABLED");
    assertThat(expiry.attributeName()).isEqualTo("expires_at");
    assertThat(isProtected(tokensTable)).isTrue();
    assertThat(SANDBOX.http().operations()).contains("UpdateContinuousBackups");
  }

  @Test
  void theTableOfUsersGetsTheSettingsThatDynamoDbDoesNotRestore() {
    SANDBOX.restore(usersTable).isComplete();

    assertThat(isProtected(usersTable)).isTrue();
    assertThat(SANDBOX.http().operations())
        .contains("UpdateContinuousBackups")
        .doesNotContain("UpdateTimeToLive");
  }

  /** The operator could have mistyped the name of the table that is in use. */
  @Test
  void protectedTableIsNotTouched() {
    users.create(Samples.user("admin", "admin", Role.ADMIN, Status.ACTIVE, NOW));
    SANDBOX
        .client()
        .updateTable(request -> request.tableName(usersTable).deletionProtectionEnabled(true));
    var before = SANDBOX.items(usersTable);

    Result result = SANDBOX.restore(usersTable);

    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err())
        .startsWith("restore: %s is protected against deletion".formatted(usersTable));
    assertThat(SANDBOX.items(usersTable)).isEqualTo(before);
  }

  private static boolean isProtected(String table) {
    return SANDBOX
        .client()
        .describeTable(request -> request.tableName(table))
        .table()
        .deletionProtectionEnabled();
  }
}
