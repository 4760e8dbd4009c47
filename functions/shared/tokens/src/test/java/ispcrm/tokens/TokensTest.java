package ispcrm.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ispcrm.access.Actor;
import ispcrm.access.Authorization;
import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.dynamodb.FurtherWriteException;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.template.Template;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionCheck;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

class TokensTest {
  private static final String TABLE = "TokensTable";

  /** In the future, because DynamoDB Local deletes expired tokens. */
  private static final Instant NOW = Instant.parse("2100-01-02T03:04:05Z");

  private static LocalDynamoDb dynamoDb;
  private static Tokens tokens;
  private static History history;

  @BeforeAll
  static void start() {
    Template template = Template.load(Map.of());
    dynamoDb = LocalDynamoDb.start(template, null);
    tokens = new Tokens(dynamoDb.client(), TABLE);
    history =
        new History(dynamoDb.client(), template.functions().get("revoke-token").environment());
  }

  @AfterAll
  static void close() {
    dynamoDb.close();
  }

  @Test
  void whatIsAddedIsFound() {
    IssuedToken issued = issue("jonewe", "billing");
    add(issued);
    assertThat(tokens.find(issued.secret())).contains(issued.token());
    assertThat(tokens.find(BearerToken.generate())).isEmpty();
  }

  @Test
  void descriptionMayBeAbsent() {
    IssuedToken issued = issue("jonewe", null);
    add(issued);
    assertThat(tokens.find(issued.secret())).contains(issued.token());
  }

  @Test
  void theSecretIsNotStored() {
    IssuedToken issued = issue("jonewe", null);
    add(issued);
    assertThat(dynamoDb.client().scan(r -> r.tableName(TABLE)).toString())
        .contains(issued.secret().sha256())
        .doesNotContain(issued.secret().secret());
  }

  @Test
  void noTokenReplacesAnother() {
    IssuedToken issued = issue("jonewe", null);
    add(issued);
    assertThat(tokens.revoke(issued.token(), "admin", NOW, TokensTest::entry)).isPresent();
    assertThat(tokens.add(issued, check(true))).isFalse();
    assertThat(tokens.find(issued.secret()).orElseThrow().isValid(NOW)).isFalse();
  }

  @Test
  void nothingIsStoredIfTheConditionDoesNotHold() {
    IssuedToken issued = issue("jonewe", null);
    assertThat(tokens.add(issued, check(false))).isFalse();
    assertThat(tokens.find(issued.secret())).isEmpty();
  }

  /** If the response is lost, the SDK sends the same request again, as this interceptor does. */
  @Test
  void aLostResponseDoesNotLoseTheToken() {
    AtomicInteger calls = new AtomicInteger();
    dynamoDb.useInThisProcess();
    try (DynamoDbClient losing =
        DynamoDbClient.builder()
            .overrideConfiguration(
                o ->
                    o.addExecutionInterceptor(
                        new ExecutionInterceptor() {
                          @Override
                          public void afterTransmission(
                              Context.AfterTransmission context, ExecutionAttributes attributes) {
                            if (calls.incrementAndGet() == 1) {
                              throw RetryableException.create("the response is lost");
                            }
                          }
                        }))
            .build()) {
      IssuedToken issued = issue("jonewe", null);
      assertThat(new Tokens(losing, TABLE).add(issued, check(true))).isTrue();
      assertThat(calls).hasValue(2);
      assertThat(tokens.find(issued.secret())).contains(issued.token());
    }
  }

  @Test
  void aTokenIsRevokedOnce() {
    IssuedToken issued = issue("jonewe", null);
    add(issued);
    Token revoked = tokens.revoke(issued.token(), "admin", NOW, TokensTest::entry).orElseThrow();
    assertThat(revoked.revocation()).isEqualTo(new Token.Revocation(NOW, "admin"));
    assertThat(revoked.isValid(NOW)).isFalse();
    assertThat(tokens.revoke(issued.token(), "staff", NOW.plusSeconds(9), TokensTest::entry))
        .contains(revoked);
    assertThat(tokens.find(issued.secret())).contains(revoked);
    assertThat(tokens.find(issued.token().id())).contains(revoked);
    assertThat(tokens.find("unknown")).isEmpty();
  }

  @Test
  void revokeDescendants_chainAndSiblings_revokesThemAndNothingElse() {
    IssuedToken root = add(issue("admin", null));
    IssuedToken child = add(issuedBy(root));
    IssuedToken sibling = add(issuedBy(root));
    IssuedToken grandchild = add(issuedBy(child));
    IssuedToken unrelated = add(issue("admin", null));
    Token.Revocation revocation = new Token.Revocation(NOW, "boss");
    tokens.revoke(root.token(), "boss", NOW, TokensTest::entry);
    assertThat(revokeDescendants(root))
        .extracting(Token::id)
        .containsExactlyInAnyOrder(
            child.token().id(), sibling.token().id(), grandchild.token().id());
    for (IssuedToken revoked : List.of(child, sibling, grandchild)) {
      assertThat(tokens.find(revoked.secret()).orElseThrow().revocation()).isEqualTo(revocation);
    }
    assertThat(tokens.find(unrelated.secret()).orElseThrow().revocation()).isNull();
  }

  @Test
  void revokeDescendants_again_returnsTheSame() {
    IssuedToken root = add(issue("admin", null));
    add(issuedBy(add(issuedBy(root))));
    List<Token> first = revokeDescendants(root);
    assertThat(first).hasSize(2);
    assertThat(revokeDescendants(root))
        .extracting(Token::id, token -> token.revocation().at())
        .containsExactlyElementsOf(first.stream().map(token -> tuple(token.id(), NOW)).toList());
  }

  /** More than fit into a transaction. */
  @Test
  void revokeDescendants_ofMany_revokesAll() {
    IssuedToken root = add(issue("admin", null));
    for (int i = 0; i < 120; i++) {
      add(issuedBy(root));
    }
    assertThat(revokeDescendants(root))
        .hasSize(120)
        .allSatisfy(token -> assertThat(token.revocation()).isNotNull());
  }

  @Test
  void stillAuthorized_revokedOrUnknownToken_cancelsTheTransaction() {
    IssuedToken issued = add(issue("admin", null));
    assertThat(addAuthorizedBy(issued)).isTrue();
    assertThatThrownBy(() -> addAuthorizedBy(issue("admin", null)))
        .isInstanceOf(FurtherWriteException.class);
    tokens.revoke(issued.token(), "boss", NOW, TokensTest::entry);
    assertThatThrownBy(() -> addAuthorizedBy(issued)).isInstanceOf(FurtherWriteException.class);
  }

  @Test
  void erase_tokensOfAUser_leavesNothingThatPeopleWroteAndNoUsableToken() {
    IssuedToken used = add(issue("left", "Marias phone"));
    tokens.recordUse(used.secret(), new Token.Use(NOW, "198.51.100.23"));
    IssuedToken limited =
        add(
            IssuedToken.issue(
                "left",
                null,
                null,
                List.of("198.51.100.23"),
                "admin",
                null,
                NOW,
                Duration.ofDays(1)));
    Instant deletion = NOW.plusSeconds(60);
    tokens.erase("left", deletion);
    for (IssuedToken erased : List.of(used, limited)) {
      Token token = tokens.find(erased.secret()).orElseThrow();
      assertThat(token.description()).isNull();
      assertThat(token.allowedIps()).isEmpty();
      assertThat(token.revocation()).isEqualTo(new Token.Revocation(deletion, null));
    }
    assertThat(tokens.find(used.secret()).orElseThrow().lastUse())
        .isEqualTo(new Token.Use(NOW, null));
  }

  /** An operator can revoke a token in the table, without a name. */
  @Test
  void aTokenThatWasRevokedInTheTableIsNotValid() {
    IssuedToken issued = issue("jonewe", null);
    add(issued);
    dynamoDb
        .client()
        .updateItem(
            r ->
                r.tableName(TABLE)
                    .key(Map.of("sha256", AttributeValue.fromS(issued.secret().sha256())))
                    .updateExpression("SET revoked_at = :now")
                    .expressionAttributeValues(
                        Map.of(":now", AttributeValue.fromN("" + NOW.getEpochSecond()))));
    assertThat(tokens.find(issued.secret()).orElseThrow().revocation())
        .isEqualTo(new Token.Revocation(NOW, null));
  }

  @Test
  void everyFieldIsStored() {
    IssuedToken issued =
        IssuedToken.issue(
            "jonewe",
            "portal",
            null,
            List.of("192.0.2.0/24", "2001:db8::1"),
            "admin",
            "t-1",
            NOW,
            Duration.ofDays(1));
    add(issued);
    Token.Use use = new Token.Use(NOW.plusSeconds(1), "192.0.2.1");
    tokens.recordUse(issued.secret(), use);
    Token token = tokens.find(issued.secret()).orElseThrow();
    assertThat(token.lastUse()).isEqualTo(use);
    assertThat(token.scopes()).isNull();
    assertThat(token.allowedIps()).containsExactly("192.0.2.0/24", "2001:db8::1");
    assertThat(token.createdByToken()).isEqualTo("t-1");
  }

  /** DynamoDB may have deleted it since it was read. */
  @Test
  void aUseCreatesNoToken() {
    BearerToken gone = BearerToken.generate();
    tokens.recordUse(gone, new Token.Use(NOW, "192.0.2.1"));
    assertThat(tokens.find(gone)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 50})
  void pagesContainEveryTokenOnceNewestFirst(int limit) {
    String user = "paged-" + limit;
    List<String> issued = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      // Three tokens within each second.
      IssuedToken token =
          IssuedToken.issue(user, null, null, "admin", NOW.plusSeconds(i / 3), Duration.ofDays(90));
      add(token);
      issued.add(token.token().id());
    }
    List<Token> listed = new ArrayList<>();
    String after = null;
    do {
      Tokens.Page page = tokens.list(user, after, limit);
      assertThat(page.tokens()).hasSizeLessThanOrEqualTo(limit).isNotEmpty();
      listed.addAll(page.tokens());
      after = page.next();
    } while (after != null);
    assertThat(listed).extracting(Token::id).containsExactlyInAnyOrderElementsOf(issued);
    assertThat(listed)
        .isSortedAccordingTo(Comparator.comparing(Token::createdAt, Comparator.reverseOrder()));
    assertThat(tokens.list("nobody", null, limit)).isEqualTo(new Tokens.Page(List.of(), null));
  }

  @Test
  void tokenIsValidUntilItsLastSecond() {
    Token token = issue("jonewe", null).token();
    assertThat(token.isValid(NOW)).isTrue();
    assertThat(token.isValid(token.expiresAt().minusNanos(1))).isTrue();
    assertThat(token.isValid(token.expiresAt())).isFalse();
  }

  private static IssuedToken add(IssuedToken issued) {
    assertThat(tokens.add(issued, check(true))).isTrue();
    return issued;
  }

  private static boolean addAuthorizedBy(IssuedToken caller) {
    return tokens.add(
        issue("new", null),
        check(true),
        entry(caller.token()),
        tokens.stillAuthorized(
            new Authorization("admin", Role.ADMIN, caller.secret().sha256(), NOW)));
  }

  private static IssuedToken issuedBy(IssuedToken creator) {
    return IssuedToken.issue(
        "jonewe", null, null, List.of(), "admin", creator.token().id(), NOW, Duration.ofDays(90));
  }

  private static List<Token> revokeDescendants(IssuedToken root) {
    return tokens.revokeDescendants(root.token().id(), "boss", NOW, TokensTest::entry);
  }

  /** A condition that holds, or does not. */
  private static ConditionCheck check(boolean holds) {
    return ConditionCheck.builder()
        .tableName("UsersTable")
        .key(Map.of("pk", AttributeValue.fromS("nobody")))
        .conditionExpression(holds ? "attribute_not_exists(pk)" : "attribute_exists(pk)")
        .build();
  }

  private static IssuedToken issue(String user, String description) {
    return IssuedToken.issue(
        user, description, List.of(Scope.SELF_READ), "admin", NOW, Duration.ofDays(90));
  }

  /** An entry of the history. */
  private static TransactWriteItem entry(Token token) {
    return history.add(
        Entry.ofToken(token.user(), Action.TOKEN_REVOKED, NOW, Actor.SCHEDULE, token.id()));
  }
}
