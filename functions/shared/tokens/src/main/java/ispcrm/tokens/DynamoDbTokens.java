package ispcrm.tokens;

import static ispcrm.dynamodb.DynamoDb.number;
import static ispcrm.dynamodb.DynamoDb.text;

import ispcrm.access.Scope;
import ispcrm.dynamodb.DynamoDb;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Tokens in a DynamoDB table, keyed by the SHA-256 of the secret. The table is TokensTable in
 * template.yaml. DynamoDB deletes expired tokens within days, but no code relies on that.
 */
public final class DynamoDbTokens implements Tokens {
  private final DynamoDbClient dynamoDb;
  private final String table;

  public DynamoDbTokens(DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  @Override
  public Optional<Token> find(BearerToken secret) {
    return DynamoDb.find(dynamoDb, table, "sha256", secret.sha256()).map(DynamoDbTokens::token);
  }

  /**
   * Checks that the table can be read; see {@link DynamoDb#checkReadable}.
   *
   * @throws RuntimeException if it cannot
   */
  public void checkReadable() {
    DynamoDb.checkReadable(dynamoDb, table, "sha256");
  }

  @Override
  public void add(IssuedToken issued) {
    Token token = issued.token();
    Map<String, AttributeValue> item = new HashMap<>();
    item.put("sha256", text(issued.secret().sha256()));
    item.put("id", text(token.id()));
    item.put("user", text(token.user()));
    if (token.description() != null) {
      item.put("description", text(token.description()));
    }
    item.put("scopes", text(Scope.formatList(token.scopes())));
    item.put("created_at", number(token.createdAt().getEpochSecond()));
    item.put("created_by", text(token.createdBy()));
    item.put("expires_at", number(token.expiresAt().getEpochSecond()));
    dynamoDb.putItem(
        request ->
            request
                .tableName(table)
                .item(item)
                .conditionExpression("attribute_not_exists(sha256)"));
  }

  private static Token token(Map<String, AttributeValue> item) {
    return new Token(
        item.get("id").s(),
        item.get("user").s(),
        item.containsKey("description") ? item.get("description").s() : null,
        Scope.parseList(item.get("scopes").s()),
        time(item, "created_at"),
        item.get("created_by").s(),
        time(item, "expires_at"),
        item.containsKey("revoked_at") ? time(item, "revoked_at") : null);
  }

  private static Instant time(Map<String, AttributeValue> item, String name) {
    return Instant.ofEpochSecond(Long.parseLong(item.get(name).n()));
  }
}
