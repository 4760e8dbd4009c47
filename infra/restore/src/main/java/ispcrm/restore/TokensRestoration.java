package ispcrm.restore;

import static ispcrm.dynamodb.DynamoDb.number;

import ispcrm.restore.Report.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/**
 * Restores tokens. A token that exists stays as it is. A token that is absent comes back revoked,
 * because nobody knows whether it was revoked before it was lost; if it has expired, it stays
 * absent. BatchWriteItem accepts no conditions, so each token takes a call of its own.
 */
final class TokensRestoration implements Restoration {
  static final String KEY = "sha256";
  static final String EXPIRES_AT = "expires_at";

  private static final String REVOKED_AT = "revoked_at";

  private final Table table;
  private final Instant now;
  private final Report report;

  TokensRestoration(Table table, Instant now, Report report) {
    this.table = table;
    this.now = now;
    this.report = report;
  }

  @Override
  public void copy(List<Map<String, AttributeValue>> items) {
    List<Map<String, AttributeValue>> tokens = new ArrayList<>();
    for (Map<String, AttributeValue> item : items) {
      if (isExpired(item)) {
        report.count(Outcome.EXPIRED);
      } else if (isSound(item)) {
        tokens.add(item);
      }
    }
    var existing = table.find(tokens.stream().map(token -> token.get(KEY).s()).toList());
    for (Map<String, AttributeValue> token : tokens) {
      boolean isAdded = !existing.containsKey(token.get(KEY).s()) && add(token);
      report.count(isAdded ? Outcome.COPIED : Outcome.KEPT);
    }
  }

  @Override
  public List<Consumer<List<Map<String, AttributeValue>>>> preparation() {
    return List.of(tokens -> tokens.forEach(this::prepare));
  }

  private void prepare(Map<String, AttributeValue> token) {
    if (token.containsKey(REVOKED_AT)) {
      report.count(Outcome.KEPT);
    } else {
      revoke(token);
      report.count(Outcome.REVOKED);
    }
    isSound(token);
  }

  private boolean isExpired(Map<String, AttributeValue> token) {
    return isTime(token, EXPIRES_AT)
        && Long.parseLong(token.get(EXPIRES_AT).n()) <= now.getEpochSecond();
  }

  /** Whether the API can read a token; if it cannot, reports it, but never its hash. */
  private boolean isSound(Map<String, AttributeValue> token) {
    List<String> broken = new ArrayList<>();
    for (String name : List.of("id", "user", "created_by")) {
      if (StoredUser.text(token, name).isEmpty()) {
        broken.add(name);
      }
    }
    for (String name : List.of("created_at", EXPIRES_AT)) {
      if (!isTime(token, name)) {
        broken.add(name);
      }
    }
    if (token.containsKey(REVOKED_AT) && !isTime(token, REVOKED_AT)) {
      broken.add(REVOKED_AT);
    }
    if (!broken.isEmpty()) {
      report.problem(
          "token id '%s' of user '%s': missing or invalid: %s"
              .formatted(
                  StoredUser.text(token, "id"),
                  StoredUser.text(token, "user"),
                  String.join(", ", broken)));
    }
    return broken.isEmpty();
  }

  private static boolean isTime(Map<String, AttributeValue> token, String name) {
    AttributeValue value = token.get(name);
    return value != null && value.n() != null && value.n().matches("\\d{1,18}");
  }

  /** Adds a token and revokes it; does nothing and returns false if it exists. */
  private boolean add(Map<String, AttributeValue> token) {
    Map<String, AttributeValue> item = new HashMap<>(token);
    item.putIfAbsent(REVOKED_AT, number(now.getEpochSecond()));
    try {
      table
          .dynamoDb()
          .putItem(
              request ->
                  request
                      .tableName(table.name())
                      .item(item)
                      .conditionExpression("attribute_not_exists(sha256)"));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    }
  }

  private void revoke(Map<String, AttributeValue> token) {
    table
        .dynamoDb()
        .updateItem(
            request ->
                request
                    .tableName(table.name())
                    .key(Map.of(KEY, token.get(KEY)))
                    .updateExpression("SET revoked_at = :now")
                    .expressionAttributeValues(Map.of(":now", number(now.getEpochSecond()))));
  }
}
