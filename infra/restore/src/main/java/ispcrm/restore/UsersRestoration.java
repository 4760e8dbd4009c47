package ispcrm.restore;

import static ispcrm.dynamodb.DynamoDb.text;

import ispcrm.access.Role;
import ispcrm.restore.Report.Outcome;
import ispcrm.restore.StoredUser.Claim;
import ispcrm.users.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/**
 * Restores users. A user comes back together with the claims on its username and customer number,
 * in one transaction, and only if its id and both values do not belong to another user now. Claims
 * follow from the users and are never copied by themselves.
 *
 * <p>A table that was restored may contain a part of a recent transaction. So the preparation
 * removes claims that their users do not have, and then adds the claims that users lack.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html">
 *     DynamoDB transactions: how it works</a>
 */
final class UsersRestoration implements Restoration {
  static final String KEY = "pk";

  private final Table table;
  private final Report report;

  UsersRestoration(Table table, Report report) {
    this.table = table;
    this.report = report;
  }

  @Override
  public void copy(List<Map<String, AttributeValue>> items) {
    items.stream().filter(StoredUser::isDeleted).forEach(this::keepDeleted);
    List<StoredUser> users = users(items);
    var existing = table.find(users.stream().map(StoredUser::key).toList());
    for (StoredUser user : users) {
      if (existing.containsKey(user.key())) {
        keep(user, existing.get(user.key()));
      } else {
        create(user);
      }
    }
  }

  @Override
  public List<Consumer<List<Map<String, AttributeValue>>>> preparation() {
    return List.of(
        this::removeStaleClaims,
        items -> {
          items.forEach(this::disable);
          addMissingClaims(users(items));
        });
  }

  private static String key(Map<String, AttributeValue> item) {
    return item.get(KEY).s();
  }

  /** The users among these items; reports what is neither a user nor a claim. */
  private List<StoredUser> users(List<Map<String, AttributeValue>> items) {
    List<StoredUser> users = new ArrayList<>();
    for (Map<String, AttributeValue> item : items) {
      String key = key(item);
      if (StoredUser.isDeleted(item)) {
        continue;
      }
      if (StoredUser.isUser(key)) {
        try {
          users.add(StoredUser.of(item));
        } catch (BrokenRecordException e) {
          report.problem(key + ": " + e.getMessage());
        }
      } else if (!StoredUser.isClaim(key)) {
        report.problem(key + ": this is neither a user nor a claim");
      }
    }
    return users;
  }

  /** Keeps an id from being assigned again, and the values of its user from coming back. */
  private void keepDeleted(Map<String, AttributeValue> item) {
    try {
      table
          .dynamoDb()
          .putItem(
              request ->
                  request
                      .tableName(table.name())
                      .item(item)
                      .conditionExpression("attribute_not_exists(pk)"));
      report.count(Outcome.COPIED);
    } catch (ConditionalCheckFailedException e) {
      report.count(Outcome.KEPT);
    }
  }

  private void keep(StoredUser user, Map<String, AttributeValue> existing) {
    boolean isSame =
        StoredUser.text(existing, "created_at")
            .equals(StoredUser.text(user.attributes(), "created_at"));
    if (isSame || StoredUser.isDeleted(existing)) {
      report.count(Outcome.KEPT);
    } else {
      report.problem(user.key() + ": the id belongs to a user who was created at another time");
    }
  }

  private void create(StoredUser user) {
    boolean isDisabled = user.role() != Role.CUSTOMER && user.status() != Status.DISABLED;
    Map<String, AttributeValue> item = new HashMap<>(user.attributes());
    if (isDisabled) {
      item.putAll(StoredUser.disabled(item));
      StoredUser.DUE.forEach(item::remove);
    }
    List<TransactWriteItem> writes = new ArrayList<>();
    writes.add(
        TransactWriteItem.builder()
            .put(
                put ->
                    put.tableName(table.name())
                        .item(item)
                        .conditionExpression("attribute_not_exists(pk)")
                        .returnValuesOnConditionCheckFailure(
                            ReturnValuesOnConditionCheckFailure.ALL_OLD))
            .build());
    user.claims().forEach(claim -> writes.add(claiming(user, claim)));
    try {
      table.dynamoDb().transactWriteItems(request -> request.transactItems(writes));
      report.count(Outcome.COPIED);
      if (isDisabled) {
        report.disabled(user.id(), user.role().toString(), user.status().toString());
      }
    } catch (TransactionCanceledException e) {
      if (isConflict(e.cancellationReasons().get(0))) {
        keep(user, e.cancellationReasons().get(0).item());
      } else {
        refused(user, user.claims(), e);
      }
    }
  }

  /** Adds a claim, or leaves it as it is if it is this user's; fails if it is another user's. */
  private TransactWriteItem claiming(StoredUser user, Claim claim) {
    return TransactWriteItem.builder()
        .update(
            update ->
                update
                    .tableName(table.name())
                    .key(Map.of(KEY, text(claim.key())))
                    .conditionExpression("attribute_not_exists(pk) OR id = :id")
                    .updateExpression("SET id = :id")
                    .expressionAttributeValues(Map.of(":id", text(user.id())))
                    .returnValuesOnConditionCheckFailure(
                        ReturnValuesOnConditionCheckFailure.ALL_OLD))
        .build();
  }

  /**
   * Reports why a transaction was refused.
   *
   * @param claims the claims at the end of the transaction
   */
  private void refused(StoredUser user, List<Claim> claims, TransactionCanceledException e) {
    List<String> problems = new ArrayList<>();
    List<CancellationReason> reasons = e.cancellationReasons();
    for (int i = 0; i < reasons.size(); i++) {
      CancellationReason reason = reasons.get(i);
      if (isConflict(reason)) {
        Claim claim = claims.get(i - reasons.size() + claims.size());
        problems.add(
            "the %s %s belongs to user %s"
                .formatted(claim.field(), claim.value(), StoredUser.text(reason.item(), "id")));
      } else if ("ValidationError".equals(reason.code())) {
        problems.add("DynamoDB rejects it: " + reason.message());
      }
    }
    if (problems.isEmpty()) {
      throw e;
    }
    report.problem(user.key() + ": " + String.join(", ", problems));
  }

  private static boolean isConflict(CancellationReason reason) {
    return "ConditionalCheckFailed".equals(reason.code());
  }

  private void removeStaleClaims(List<Map<String, AttributeValue>> items) {
    List<Map<String, AttributeValue>> claims =
        items.stream().filter(item -> StoredUser.isClaim(key(item))).toList();
    var owners = table.find(claims.stream().map(StoredUser::keyOfOwner).toList());
    for (Map<String, AttributeValue> claim : claims) {
      Map<String, AttributeValue> owner = owners.get(StoredUser.keyOfOwner(claim));
      if (owner == null || !mayClaim(owner, key(claim))) {
        table
            .dynamoDb()
            .deleteItem(
                request -> request.tableName(table.name()).key(Map.of(KEY, claim.get(KEY))));
        report.count(Outcome.UNCLAIMED);
      }
    }
  }

  /** Whether a user has the value of a claim; also true if the user is broken. */
  private static boolean mayClaim(Map<String, AttributeValue> user, String claimKey) {
    try {
      return StoredUser.of(user).claims().stream().anyMatch(claim -> claim.key().equals(claimKey));
    } catch (BrokenRecordException e) {
      return true;
    }
  }

  /** Disables a user who is not clearly a customer, even if the record is broken. */
  private void disable(Map<String, AttributeValue> item) {
    String role = StoredUser.text(item, "role");
    String status = StoredUser.text(item, "status");
    if (!StoredUser.isUser(key(item))
        || StoredUser.isDeleted(item)
        || role.equals(Role.CUSTOMER.toString())
        || status.equals(Status.DISABLED.toString())) {
      return;
    }
    Map<String, String> names = new HashMap<>(Map.of("#due", "due"));
    Map<String, AttributeValue> values = new HashMap<>();
    StoredUser.disabled(item)
        .forEach(
            (name, value) -> {
              names.put("#" + name, name);
              values.put(":" + name, value);
            });
    String changes =
        values.keySet().stream()
            .map(value -> value.replace(':', '#') + " = " + value)
            .collect(Collectors.joining(", "));
    table
        .dynamoDb()
        .updateItem(
            request ->
                request
                    .tableName(table.name())
                    .key(Map.of(KEY, item.get(KEY)))
                    .updateExpression("SET " + changes + " REMOVE #due, due_key")
                    .expressionAttributeNames(names)
                    .expressionAttributeValues(values));
    report.disabled(StoredUser.text(item, "id"), role, status);
  }

  private void addMissingClaims(List<StoredUser> users) {
    var claims =
        table.find(users.stream().flatMap(user -> user.claims().stream()).map(Claim::key).toList());
    for (StoredUser user : users) {
      report.count(Outcome.CHECKED);
      for (Claim claim : user.claims()) {
        Map<String, AttributeValue> existing = claims.getOrDefault(claim.key(), Map.of());
        if (!StoredUser.text(existing, "id").equals(user.id())) {
          try {
            table
                .dynamoDb()
                .transactWriteItems(request -> request.transactItems(claiming(user, claim)));
            report.count(Outcome.CLAIMED);
          } catch (TransactionCanceledException e) {
            refused(user, List.of(claim), e);
          }
        }
      }
    }
  }
}
