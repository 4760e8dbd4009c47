package ispcrm.tokens;

import static ispcrm.dynamodb.DynamoDb.number;
import static ispcrm.dynamodb.DynamoDb.text;

import ispcrm.access.Authorization;
import ispcrm.access.Scope;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.FurtherWriteException;
import ispcrm.dynamodb.Item;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionCheck;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Tokens in a DynamoDB table, keyed by the SHA-256 of the secret. The table and its indexes are
 * TokensTable in template.yaml. DynamoDB deletes expired tokens within days, but no code relies on
 * that.
 */
public final class Tokens {
  private static final String KEY = "sha256";

  /** The partition key of the index of all tokens, and its only value. */
  private static final String LISTING = "listing";

  private static final String ALL_TOKENS = "tokens";

  private static final Pattern ID = Pattern.compile("[0-9a-f-]{36}");

  /** Separates the time of creation from the id in a page's end. */
  private static final String SEPARATOR = " ";

  /** How long an index takes at most to show a new token, except during a fault of DynamoDB. */
  private static final long INDEX_LAG_MILLIS = 1000;

  /** How long a request may wait until the use of its token is recorded. */
  private static final Duration MAX_RECORDING = Duration.ofMillis(500);

  /** A transaction has at most 100 items, and each revocation has two. */
  private static final int MAX_REVOCATIONS = 50;

  private final DynamoDbClient dynamoDb;
  private final String table;

  public Tokens(DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  /** Finds what is stored about this token, whether it is valid or not. */
  public Optional<Token> find(BearerToken secret) {
    return read(secret.sha256());
  }

  /** Finds a token by its id, whether it is valid or not. */
  public Optional<Token> find(String id) {
    return key(id).flatMap(this::read);
  }

  private Optional<Token> read(String sha256) {
    return DynamoDb.find(dynamoDb, table, KEY, sha256).map(Tokens::token);
  }

  /**
   * Checks that the table can be read; see {@link DynamoDb#checkReadable}.
   *
   * @throws RuntimeException if it cannot
   */
  public void checkReadable() {
    DynamoDb.checkReadable(dynamoDb, table, Map.of(KEY, text("health")));
  }

  /**
   * Lists a page of tokens, newest first, whether they are valid or not.
   *
   * @param user the id of the user whose tokens to list; null for all tokens
   * @param after the {@link Page#next} of the previous page; null for the first page
   * @param limit the maximum number of tokens on the page, at least 1
   */
  public Page list(String user, String after, int limit) {
    String[] end = after == null ? null : after.split(SEPARATOR, 2);
    List<Token> tokens = new ArrayList<>();
    boolean isPastEnd = end == null;
    Map<String, AttributeValue> start = Map.of();
    do {
      QueryResponse page = query(user, end == null ? null : end[0], start, limit);
      for (Token token : Item.readEach(page.items(), Tokens::token, "id")) {
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

  /**
   * Stores a new token if its user still is what the caller believes.
   *
   * @param check a condition on the user, which is checked in the same transaction
   * @param with further writes for the same transaction
   * @return whether the condition held; if not, nothing is stored
   * @throws FurtherWriteException if only a condition of the further writes did not hold
   */
  public boolean add(IssuedToken issued, ConditionCheck check, TransactWriteItem... with) {
    Map<String, AttributeValue> item = item(issued.token());
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

  /**
   * Revokes a token. It ends every use from the next request. A token that was revoked earlier
   * stays as it is.
   *
   * @param token as it was read
   * @param by the id of the user who revokes it
   * @param entry the write of the entry of the history for the same transaction; not asked if it
   *     was revoked earlier
   * @return the revoked token; empty if it has expired, and DynamoDB has deleted it meanwhile
   */
  public Optional<Token> revoke(
      Token token, String by, Instant now, Function<Token, TransactWriteItem> entry) {
    if (token.revocation() != null) {
      return Optional.of(token);
    }
    List<Token> revoked = revoke(List.of(token), by, now, entry);
    // Otherwise, another request has revoked it meanwhile.
    return revoked.isEmpty() ? read(token.sha256()) : Optional.of(revoked.get(0));
  }

  /**
   * Revokes the tokens that a revoked token has created, and those that these have created. Takes
   * at least a second, because it waits for the index of tokens by their creators. If the time is
   * up before all are revoked, a repetition continues.
   *
   * @param id the id of the revoked token
   * @param by as for {@link #revoke}
   * @param entry the write of the entry of the history for each token that is revoked
   * @return all of them, including those that were revoked earlier
   */
  public List<Token> revokeDescendants(
      String id, String by, Instant now, Function<Token, TransactWriteItem> entry) {
    Map<String, Token> descendants = new LinkedHashMap<>();
    int known;
    do {
      // A revoked token creates no more tokens, but the index may not show its last ones yet.
      pause();
      known = descendants.size();
      List<String> creators = new ArrayList<>(descendants.keySet());
      creators.add(id);
      while (!creators.isEmpty()) {
        List<Token> created =
            creators.stream()
                .flatMap(creator -> createdBy(creator).stream())
                .filter(token -> !descendants.containsKey(token.id()))
                .toList();
        created.forEach(token -> descendants.put(token.id(), token));
        List<Token> open = created.stream().filter(token -> token.revocation() == null).toList();
        for (int i = 0; i < open.size(); i += MAX_REVOCATIONS) {
          revoke(open.subList(i, Math.min(open.size(), i + MAX_REVOCATIONS)), by, now, entry)
              .forEach(revoked -> descendants.put(revoked.id(), revoked));
        }
        creators = created.stream().map(Token::id).toList();
      }
    } while (descendants.size() > known);
    return List.copyOf(descendants.values());
  }

  /**
   * Revokes tokens in one transaction.
   *
   * @return the tokens without those that other requests have revoked meanwhile
   */
  private List<Token> revoke(
      List<Token> open, String by, Instant now, Function<Token, TransactWriteItem> entry) {
    List<Token> rest = new ArrayList<>(open);
    while (!rest.isEmpty()) {
      List<Integer> failed =
          List.copyOf(
              DynamoDb.transact(
                  dynamoDb,
                  rest.stream().map(token -> revocation(token.sha256(), by, now)).toList(),
                  rest.stream().map(entry).toArray(TransactWriteItem[]::new)));
      if (failed.isEmpty()) {
        return rest.stream()
            .map(token -> token.withRevocation(now.truncatedTo(ChronoUnit.SECONDS), by))
            .toList();
      }
      List<Token> refused = failed.stream().map(rest::get).toList();
      rest.removeAll(refused);
    }
    return List.of();
  }

  private TransactWriteItem revocation(String sha256, String by, Instant now) {
    return TransactWriteItem.builder()
        .update(
            update ->
                update
                    .tableName(table)
                    .key(Map.of(KEY, text(sha256)))
                    .updateExpression("SET revoked_by = :by, revoked_at = :now")
                    .conditionExpression(
                        "attribute_exists(sha256) AND attribute_not_exists(revoked_at)")
                    .expressionAttributeValues(
                        Map.of(":by", text(by), ":now", number(now.getEpochSecond()))))
        .build();
  }

  private List<Token> createdBy(String token) {
    return queryAll(
        QueryRequest.builder()
            .tableName(table)
            .indexName("by_creator")
            .keyConditionExpression("created_by_token = :token")
            .expressionAttributeValues(Map.of(":token", text(token)))
            .build());
  }

  private List<Token> queryAll(QueryRequest request) {
    List<Map<String, AttributeValue>> items =
        dynamoDb.queryPaginator(request).items().stream().toList();
    return Item.readEach(items, Tokens::token, "id");
  }

  private static void pause() {
    try {
      Thread.sleep(INDEX_LAG_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for an index", e);
    }
  }

  /** A condition for a transaction: the calling token has not been revoked. */
  public TransactWriteItem stillAuthorized(Authorization caller) {
    return TransactWriteItem.builder()
        .conditionCheck(
            check ->
                check
                    .tableName(table)
                    .key(Map.of(KEY, text(caller.tokenKey())))
                    .conditionExpression(
                        "attribute_exists(sha256) AND attribute_not_exists(revoked_at)"))
        .build();
  }

  /**
   * Erases the descriptions of the tokens of a deleted user, and the addresses of their uses.
   * Tokens that are not revoked become so, because they lose the limit to their addresses. Erasing
   * again continues what was not completed.
   */
  public void erase(String user, Instant now) {
    queryAll(
            QueryRequest.builder()
                .tableName(table)
                .indexName("by_user")
                .keyConditionExpression("#user = :user")
                .expressionAttributeNames(Map.of("#user", "user"))
                .expressionAttributeValues(Map.of(":user", text(user)))
                .build())
        .stream()
        .filter(token -> !isErased(token))
        .forEach(token -> eraseItem(token.sha256(), now));
  }

  private void eraseItem(String sha256, Instant now) {
    try {
      dynamoDb.updateItem(
          request ->
              request
                  .tableName(table)
                  .key(Map.of(KEY, text(sha256)))
                  .updateExpression(
                      "SET revoked_at = if_not_exists(revoked_at, :now)"
                          + " REMOVE description, allowed_ips, last_used_from")
                  .conditionExpression("attribute_exists(sha256)")
                  .expressionAttributeValues(Map.of(":now", number(now.getEpochSecond()))));
    } catch (ConditionalCheckFailedException itIsGone) {
      // DynamoDB has deleted the token meanwhile, because it has expired.
    }
  }

  private static boolean isErased(Token token) {
    return token.revocation() != null
        && token.description() == null
        && token.allowedIps().isEmpty()
        && (token.lastUse() == null || token.lastUse().from() == null);
  }

  /**
   * Records that a token was used. A use is allowed even if it cannot be recorded, so a failure is
   * only logged, and the caller does not wait for long.
   */
  public void recordUse(BearerToken secret, Token.Use use) {
    DynamoDb.tolerateFailure(
        "The use of a token was not recorded, which a later use will be",
        () ->
            dynamoDb.updateItem(
                request ->
                    request
                        .tableName(table)
                        .key(Map.of(KEY, text(secret.sha256())))
                        .updateExpression("SET last_used_at = :at, last_used_from = :from")
                        .conditionExpression("attribute_exists(sha256)")
                        .expressionAttributeValues(
                            Map.of(
                                ":at",
                                number(use.at().getEpochSecond()),
                                ":from",
                                text(use.from())))
                        .overrideConfiguration(limits -> limits.apiCallTimeout(MAX_RECORDING))));
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
    values.put(":partition", text(user == null ? ALL_TOKENS : user));
    if (newest != null) {
      values.put(":newest", AttributeValue.fromN(newest));
    }
    return dynamoDb.query(
        QueryRequest.builder()
            .tableName(table)
            .indexName(user == null ? "by_time" : "by_user")
            .keyConditionExpression(
                "#partition = :partition" + (newest == null ? "" : " AND created_at <= :newest"))
            .expressionAttributeNames(Map.of("#partition", user == null ? LISTING : "user"))
            .expressionAttributeValues(values)
            .scanIndexForward(false)
            .exclusiveStartKey(start.isEmpty() ? null : start)
            .limit(limit + 1)
            .build());
  }

  /** The item that stores a token. */
  static Map<String, AttributeValue> item(Token token) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put(KEY, text(token.sha256()));
    item.put(LISTING, text(ALL_TOKENS));
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
        item.text(KEY),
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
        lastUsedAt == null ? null : new Token.Use(lastUsedAt, item.optionalText("last_used_from")));
  }

  /**
   * Some tokens, and where the next page begins.
   *
   * @param next null on the last page
   */
  public record Page(List<Token> tokens, String next) {
    /** What {@link #next} looks like. */
    public static final Pattern NEXT = Pattern.compile("[0-9]{1,12} [0-9a-f-]{36}");
  }
}
