package ispcrm.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ispcrm.access.Scope;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.template.Template;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

class DynamoDbTokensTest {
  private static final String TABLE = "TokensTable";
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private static LocalDynamoDb dynamoDb;
  private static Tokens tokens;

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(Template.load(Map.of()), null);
    tokens = new DynamoDbTokens(dynamoDb.client(), TABLE);
  }

  @AfterAll
  static void close() {
    dynamoDb.close();
  }

  @Test
  void whatIsAddedIsFound() {
    IssuedToken issued = issue("jonewe", "billing");
    tokens.add(issued);
    assertThat(tokens.find(issued.secret())).contains(issued.token());
    assertThat(tokens.find(BearerToken.generate())).isEmpty();
  }

  @Test
  void descriptionMayBeAbsent() {
    IssuedToken issued = issue("jonewe", null);
    tokens.add(issued);
    assertThat(tokens.find(issued.secret())).contains(issued.token());
  }

  @Test
  void theSecretIsNotStored() {
    IssuedToken issued = issue("jonewe", null);
    tokens.add(issued);
    assertThat(dynamoDb.client().scan(r -> r.tableName(TABLE)).toString())
        .contains(issued.secret().sha256())
        .doesNotContain(issued.secret().secret());
  }

  @Test
  void noTokenReplacesAnother() {
    IssuedToken issued = issue("jonewe", null);
    tokens.add(issued);
    assertThatThrownBy(
            () -> tokens.add(new IssuedToken(issued.secret(), issue("other", null).token())))
        .isInstanceOf(ConditionalCheckFailedException.class);
    assertThat(tokens.find(issued.secret()).orElseThrow().user()).isEqualTo("jonewe");
  }

  @Test
  void revocationIsRead() {
    IssuedToken issued = issue("jonewe", null);
    BearerToken secret = issued.secret();
    tokens.add(issued);
    dynamoDb
        .client()
        .updateItem(
            r ->
                r.tableName(TABLE)
                    .key(Map.of("sha256", AttributeValue.fromS(secret.sha256())))
                    .updateExpression("SET revoked_at = :now")
                    .expressionAttributeValues(
                        Map.of(":now", AttributeValue.fromN("" + NOW.getEpochSecond()))));
    Token revoked = tokens.find(secret).orElseThrow();
    assertThat(revoked.revokedAt()).isEqualTo(NOW);
    assertThat(revoked.isValid(NOW)).isFalse();
  }

  @Test
  void tokensOfAUserCanBeFound() {
    tokens.add(issue("many", "first"));
    tokens.add(issue("many", "second"));
    assertThat(
            dynamoDb
                .client()
                .query(
                    r ->
                        r.tableName(TABLE)
                            .indexName("by_user")
                            .keyConditionExpression("#user = :user")
                            .expressionAttributeNames(Map.of("#user", "user"))
                            .expressionAttributeValues(
                                Map.of(":user", AttributeValue.fromS("many"))))
                .items())
        .extracting(item -> item.get("description").s())
        .containsExactlyInAnyOrder("first", "second");
  }

  @Test
  void tokenIsValidUntilItsLastSecond() {
    Token token = issue("jonewe", null).token();
    assertThat(token.isValid(NOW)).isTrue();
    assertThat(token.isValid(token.expiresAt().minusNanos(1))).isTrue();
    assertThat(token.isValid(token.expiresAt())).isFalse();
  }

  private static IssuedToken issue(String user, String description) {
    return IssuedToken.issue(
        user, description, List.of(Scope.SELF_READ), "admin", NOW, Duration.ofDays(90));
  }
}
