package ispcrm.tokens;

import static ispcrm.dynamodb.DynamoDb.number;
import static ispcrm.dynamodb.DynamoDb.text;

import ispcrm.access.Scope;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.Item;
import ispcrm.gateway.ApiException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionCheck;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Tokens in a DynamoDB table, keyed by the SHA-256 of the secret. The table and its indexes are
 * TokensTable in template.yaml. DynamoDB deletes expired tokens within days, but no code relies on
 * that.
 */
public final class DynamoDbTokens implements Tokens {
  private static final String KEY = "sha256";
  private static final Pattern ID = Pattern.compile("[0-9a-f-]{36}");

  /** Separates the time of creation from the id in a page's end. */
  private static final String SEPARATOR = " ";

  private final DynamoDbClient dynamoDb;
  private final String table;

  public DynamoDbTokens(DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  @Override
  public Optional<Token> find(BearerToken secret) {
    return DynamoDb.find(dynamoDb, table, KEY, secret.sha256()).map(DynamoDbTokens::token);
  }

  @Override
  public Optional<Token> find(String id) {
    return key(id)
        .flatMap(key -> DynamoDb.find(dynamoDb, table, KEY, key))
        .map(DynamoDbTokens::token);
  }

  /**
   * Checks that the table can be read; see {@link DynamoDb#checkReadable}.
   *
   * @throws RuntimeException if it cannot
   */
  public void checkReadable() {
    DynamoDb.checkReadable(dynamoDb, table, Map.of(KEY, text("health")));
  }

  @Override
  public Page list(String user, String after, int limit) {
    String[] end = after == null ? null : after.split(SEPARATOR, 2);
    List<Token> tokens = new ArrayList<>();
    boolean isPastEnd = end == null;
    Map<String, AttributeValue> start = Map.of();
    do {
      QueryResponse page = query(user, end == null ? null : end[0], start, limit);
      for (Token token : Item.readEach(page.items(), DynamoDbTokens::token, "id")) {
        tokens.add(token);
        if (!isPastEnd) {
          // Several tokens can be as old as the end of the previous page, to the second. Those up
          // to it were on that page, unless it has been deleted since.
          boolean isEnd = token.id().equals(end[1]);
          if (isEnd) {
            tokens.clear();
          }
          isPastEnd = isEnd || token.createdAt().getEpochSecond() < Long.parseLong(end[0]);
        }
      }
      start = page.lastEvaluatedKey();
    } while ((tokens.size() <= limit || !isPastEnd) && !start.isEmpty());
    if (tokens.size() <= limit) {
      return new Page(List.copyOf(tokens), null);
    }
    Token last = tokens.get(limit - 1);
    return new Page(
        List.copyOf(tokens.subList(0, limit)),
        last.createdAt().getEpochSecond() + SEPARATOR + last.id());
  }

  @Override
  public boolean add(IssuedToken issued, ConditionCheck check, TransactWriteItem... with) {
    Map<String, AttributeValue> item = item(issued.secret().sha256(), issued.token());
    TransactWriteItem put =
        TransactWriteItem.builder()
            .put(
                write ->
                    write
                        .tableName(table)
                        .item(item)
                        .conditionExpression("attribute_not_exists(sha256)"))
            .build();
    TransactWriteItem unchanged = TransactWriteItem.builder().conditionCheck(check).build();
    return DynamoDb.transact(dynamoDb, List.of(put, unchanged), with).isEmpty();
  }

  @Override
  public Optional<Token> revoke(
      String id, String by, Instant now, Function<Token, List<TransactWriteItem>> with) {
    return key(id).flatMap(key -> revokeAt(key, by, now, with));
  }

  private Optional<Token> revokeAt(
      String key, String by, Instant now, Function<Token, List<TransactWriteItem>> with) {
    Optional<Token> found = DynamoDb.find(dynamoDb, table, KEY, key).map(DynamoDbTokens::token);
    if (found.isEmpty() || found.get().revocation() != null) {
      return found;
    }
    TransactWriteItem revocation =
        TransactWriteItem.builder()
            .update(
                update ->
                    update
                        .tableName(table)
                        .key(Map.of(KEY, text(key)))
                        .updateExpression("SET revoked_by = :by, revoked_at = :now")
                        .conditionExpression(
                            "attribute_exists(sha256) AND attribute_not_exists(revoked_at)")
                        .expressionAttributeValues(
                            Map.of(":by", text(by), ":now", number(now.getEpochSecond()))))
            .build();
    // If the condition does not hold, another request revoked the token meanwhile.
    DynamoDb.transact(
        dynamoDb, List.of(revocation), with.apply(found.get()).toArray(TransactWriteItem[]::new));
    return DynamoDb.find(dynamoDb, table, KEY, key).map(DynamoDbTokens::token);
  }

  @Override
  public void recordUse(BearerToken secret, Token.Use use) {
    try {
      dynamoDb.updateItem(
          request ->
              request
                  .tableName(table)
                  .key(Map.of(KEY, text(secret.sha256())))
                  .updateExpression("SET last_used_at = :at, last_used_from = :from")
                  .conditionExpression("attribute_exists(sha256)")
                  .expressionAttributeValues(
                      Map.of(":at", number(use.at().getEpochSecond()), ":from", text(use.from()))));
    } catch (SdkException | ApiException e) {
      // A later use will be recorded instead.
    }
  }

  /** The key of the token with this id. The index lags a new token by a moment. */
  private Optional<String> key(String id) {
    // DynamoDB rejects an empty or very long key.
    if (!ID.matcher(id).matches()) {
      return Optional.empty();
    }
    return dynamoDb
        .query(
            QueryRequest.builder()
                .tableName(table)
                .indexName("by_id")
                .keyConditionExpression("id = :id")
                .expressionAttributeValues(Map.of(":id", text(id)))
                .build())
        .items()
        .stream()
        .map(item -> item.get(KEY).s())
        .findFirst();
  }

  private QueryResponse query(
      String user, String newest, Map<String, AttributeValue> start, int limit) {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":user", text(user));
    if (newest != null) {
      values.put(":newest", AttributeValue.fromN(newest));
    }
    return dynamoDb.query(
        QueryRequest.builder()
            .tableName(table)
            .indexName("by_user")
            .keyConditionExpression(
                newest == null ? "#user = :user" : "#user = :user AND created_at <= :newest")
            .expressionAttributeNames(Map.of("#user", "user"))
            .expressionAttributeValues(values)
            .scanIndexForward(false)
            .exclusiveStartKey(start.isEmpty() ? null : start)
            .limit(limit + 1)
            .build());
  }

  /** The item that stores a token. */
  static Map<String, AttributeValue> item(String sha256, Token token) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put(KEY, text(sha256));
    item.put("id", text(token.id()));
    item.put("user", text(token.user()));
    if (token.description() != null) {
      item.put("description", text(token.description()));
    }
    if (token.scopes() != null) {
      item.put("scopes", text(Scope.formatList(token.scopes())));
    }
    if (!token.allowedIps().isEmpty()) {
      item.put("allowed_ips", text(String.join(SEPARATOR, token.allowedIps())));
    }
    item.put("created_at", number(token.createdAt().getEpochSecond()));
    item.put("created_by", text(token.createdBy()));
    if (token.createdByToken() != null) {
      item.put("created_by_token", text(token.createdByToken()));
    }
    item.put("expires_at", number(token.expiresAt().getEpochSecond()));
    return item;
  }

  private static Token token(Map<String, AttributeValue> attributes) {
    return token(Item.of(attributes, "id"));
  }

  private static Token token(Item item) {
    Instant revokedAt = item.optionalTime("revoked_at");
    Instant lastUsedAt = item.optionalTime("last_used_at");
    String scopes = item.optionalText("scopes");
    String allowedIps = item.optionalText("allowed_ips");
    return new Token(
        item.text("id"),
        item.text("user"),
        item.optionalText("description"),
        scopes == null ? null : Scope.parseList(scopes),
        allowedIps == null ? List.of() : List.of(allowedIps.split(SEPARATOR, -1)),
        item.time("created_at"),
        item.text("created_by"),
        item.optionalText("created_by_token"),
        item.time("expires_at"),
        revokedAt == null ? null : new Token.Revocation(revokedAt, item.optionalText("revoked_by")),
        lastUsedAt == null ? null : new Token.Use(lastUsedAt, item.text("last_used_from")));
  }
}
