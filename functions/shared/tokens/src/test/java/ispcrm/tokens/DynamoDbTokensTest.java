package ispcrm.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    BearerToken secret = BearerToken.random();
    Token token = token("jonewe", "billing");
    tokens.add(secret, token);
    assertThat(tokens.find(secret)).contains(token);
    assertThat(tokens.find(BearerToken.random())).isEmpty();
  }

  @Test
  void descriptionMayBeAbsent() {
    BearerToken secret = BearerToken.random();
    Token token = token("jonewe", null);
    tokens.add(secret, token);
    assertThat(tokens.find(secret)).contains(token);
  }

  @Test
  void secretIsNotKept() {
    BearerToken secret = BearerToken.random();
    tokens.add(secret, token("jonewe", null));
    assertThat(dynamoDb.client().scan(r -> r.tableName(TABLE)).toString())
        .contains(secret.sha256())
        .doesNotContain(secret.secret());
  }

  @Test
  void noTokenReplacesAnother() {
    BearerToken secret = BearerToken.random();
    tokens.add(secret, token("jonewe", null));
    assertThatThrownBy(() -> tokens.add(secret, token("other", null)))
        .isInstanceOf(ConditionalCheckFailedException.class);
    assertThat(tokens.find(secret).orElseThrow().user()).isEqualTo("jonewe");
  }

  @Test
  void revocationIsRead() {
    BearerToken secret = BearerToken.random();
    tokens.add(secret, token("jonewe", null));
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
    tokens.add(BearerToken.random(), token("many", "first"));
    tokens.add(BearerToken.random(), token("many", "second"));
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
    Token token = token("jonewe", null);
    assertThat(token.isValid(NOW)).isTrue();
    assertThat(token.isValid(token.expiresAt().minusNanos(1))).isTrue();
    assertThat(token.isValid(token.expiresAt())).isFalse();
  }

  private static Token token(String user, String description) {
    return Token.issue(
        user, description, List.of(Scope.SELF_READ), "admin", NOW, Duration.ofDays(90));
  }
}
