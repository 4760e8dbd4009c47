package ispcrm.webhooks;

import static ispcrm.dynamodb.DynamoDb.number;
import static ispcrm.dynamodb.DynamoDb.text;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.Item;
import ispcrm.dynamodb.Slice;
import ispcrm.history.Event;
import ispcrm.history.History;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * What is to be delivered to webhooks, and what was, in the table of the webhooks. For each
 * webhook, the work is ordered by the time at which it is due, so that its sender finds it at once.
 */
public final class Deliveries {
  /**
   * How many writes one transaction can have.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html">TransactWriteItems</a>
   */
  public static final int MAX_WRITES = 100;

  private static final Duration KEPT = Duration.ofDays(30);

  /** For how long the work of a webhook waits that nobody enables again. */
  private static final Duration WORK_KEPT = Duration.ofDays(7);

  private static final String WORK = "due#";
  private static final String ATTEMPTS_OF = "delivery#";
  private static final String LEASES = "lease#";

  private static final String ID = "id";
  private static final String TYPE = "type";
  private static final String USER = "user";
  private static final String ENTRY = "entry";
  private static final String ATTEMPTS = "attempts";
  private static final String SINCE = "since";
  private static final String UNTIL = "until";
  private static final String TYPES = "types";
  private static final String AFTER = "after";

  private final DynamoDbClient dynamoDb;
  private final Table table;

  /**
   * @param environment the function's environment: WEBHOOKS_TABLE is the table
   */
  public Deliveries(DynamoDbClient dynamoDb, Map<String, String> environment) {
    this.dynamoDb = dynamoDb;
    this.table = new Table(environment.get("WEBHOOKS_TABLE"));
  }

  /** What only one sender of a webhook does at a time. */
  public enum Task {
    SENDING,
    /** Waiting for the next attempt. */
    WAITING
  }

  /** Work for a webhook. */
  public record Work(String webhook, Due due) {}

  /**
   * Writes work in one transaction. The same work is written once, however often this is done.
   *
   * @param work at most {@value #MAX_WRITES}
   */
  public void write(List<Work> work) {
    DynamoDb.transact(dynamoDb, work.stream().map(part -> put(part.webhook, part.due)).toList());
  }

  private TransactWriteItem put(String webhook, Due due) {
    return table.put(item(webhook, due));
  }

  /** The writes of new work for a webhook, for {@link #writeNew}. */
  public TransactWriteItem[] add(String webhook, List<Due> work) {
    return work.stream()
        .map(due -> table.create(item(webhook, due)))
        .toArray(TransactWriteItem[]::new);
  }

  /**
   * Writes new work in one transaction.
   *
   * @param writes those of {@link #add} first
   */
  public void writeNew(TransactWriteItem... writes) {
    DynamoDb.transact(dynamoDb, List.of(), writes);
  }

  /**
   * Lists the work of a webhook in the order in which it becomes due, as it is at this moment.
   *
   * @param limit how much at most
   */
  public List<Due> next(String webhook, int limit) {
    List<Due> found = new ArrayList<>();
    Map<String, AttributeValue> start = null;
    do {
      Map<String, AttributeValue> after = start;
      QueryResponse page =
          dynamoDb.query(
              request ->
                  request
                      .tableName(table.name())
                      .keyConditionExpression("#partition = :partition")
                      .expressionAttributeNames(Map.of("#partition", Table.PARTITION))
                      .expressionAttributeValues(Map.of(":partition", text(WORK + webhook)))
                      .exclusiveStartKey(after)
                      .consistentRead(true)
                      .limit(limit));
      found.addAll(Item.readEach(page.items(), Deliveries::due, Table.PARTITION, Table.KEY));
      start = page.hasLastEvaluatedKey() ? page.lastEvaluatedKey() : null;
    } while (start != null && found.isEmpty());
    return found;
  }

  /** Replaces what remains of a replay, or ends it, and adds what was found. */
  public void continueReplay(String webhook, Due replay, String after, List<Due> found) {
    List<TransactWriteItem> writes = new ArrayList<>();
    found.forEach(due -> writes.add(put(webhook, due)));
    writes.add(
        after == null ? delete(webhook, replay) : table.put(item(webhook, replay.from(after))));
    DynamoDb.transact(dynamoDb, writes);
  }

  /** Notes an attempt. The next one, if there is one, takes the place of the work. */
  public void note(String webhook, Due due, Delivery delivery) {
    List<TransactWriteItem> writes = new ArrayList<>();
    writes.add(table.put(item(webhook, delivery)));
    writes.add(delete(webhook, due));
    if (delivery.nextAttempt() != null) {
      writes.add(put(webhook, due.again(delivery.nextAttempt())));
    }
    DynamoDb.transact(dynamoDb, writes);
  }

  private TransactWriteItem delete(String webhook, Due due) {
    return table.delete(WORK + webhook, key(due));
  }

  /**
   * Becomes the only sender of a webhook with a task for some time, or remains it.
   *
   * @param owner who asks
   * @return whether nobody else is
   */
  public boolean acquire(String webhook, Task task, String owner, Instant now, Duration time) {
    try {
      dynamoDb.updateItem(
          request ->
              request
                  .tableName(table.name())
                  .key(Table.key(LEASES + webhook, task.name().toLowerCase(Locale.ROOT)))
                  .updateExpression("SET #owner = :owner, #until = :until, expires_at = :expiry")
                  .conditionExpression(
                      "attribute_not_exists(#until) OR #until <= :now OR #owner = :owner")
                  .expressionAttributeNames(Map.of("#owner", "owner", "#until", UNTIL))
                  .expressionAttributeValues(
                      Map.of(
                          ":owner", text(owner),
                          ":now", number(now.toEpochMilli()),
                          ":until", number(now.plus(time).toEpochMilli()),
                          ":expiry", number(now.plus(KEPT).getEpochSecond()))));
      return true;
    } catch (ConditionalCheckFailedException anotherOneIs) {
      return false;
    }
  }

  /**
   * Lists a page of the attempts of a webhook, newest first.
   *
   * @param after the {@link Page#next} of the previous page; null for the first page
   * @param limit the maximum number of attempts on the page, at least 1
   */
  public Page list(String webhook, String after, int limit) {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":partition", text(ATTEMPTS_OF + webhook));
    values.put(":after", text(after == null ? "~" : after));
    Slice page =
        Slice.of(
            dynamoDb.query(
                request ->
                    request
                        .tableName(table.name())
                        .keyConditionExpression("#partition = :partition AND #key < :after")
                        .expressionAttributeNames(
                            Map.of("#partition", Table.PARTITION, "#key", Table.KEY))
                        .expressionAttributeValues(values)
                        .scanIndexForward(false)
                        .consistentRead(true)
                        .limit(limit + 1)),
            limit,
            Table.KEY);
    return new Page(
        Item.readEach(page.items(), Deliveries::delivery, Table.PARTITION, Table.KEY), page.next());
  }

  private static String key(Due due) {
    return time(due.at()) + "-" + due.id();
  }

  private static String time(Instant at) {
    return "%014d".formatted(at.toEpochMilli());
  }

  /** The time with which the key of an item begins. */
  private static Instant time(Item item) {
    return item.read(Table.KEY, key -> Event.time(key.s()));
  }

  private static Map<String, AttributeValue> item(String webhook, Due due) {
    Map<String, AttributeValue> item = Table.item(WORK + webhook, key(due));
    item.put(ID, text(due.id()));
    item.put(TYPE, text(due.type()));
    if (due.place() != null) {
      item.put(USER, text(due.place().user()));
      item.put(ENTRY, text(due.place().key()));
    }
    if (due.replay() != null) {
      item.put(TYPES, Webhooks.types(due.replay().types()));
      item.put(SINCE, number(due.replay().since().toEpochMilli()));
      item.put(UNTIL, number(due.replay().until().toEpochMilli()));
      Table.put(item, AFTER, due.replay().after());
    }
    item.put(ATTEMPTS, number(due.attempts()));
    Table.put(item, Table.EXPIRES_AT, due.at().plus(WORK_KEPT));
    return item;
  }

  private static Due due(Item item) {
    return new Due(
        time(item),
        item.text(ID),
        item.text(TYPE),
        item.has(ENTRY) ? new History.Place(item.text(USER), item.text(ENTRY)) : null,
        item.has(SINCE)
            ? new Due.Replay(
                item.read(TYPES, Webhooks::types),
                Instant.ofEpochMilli(item.number(SINCE)),
                Instant.ofEpochMilli(item.number(UNTIL)),
                item.optionalText(AFTER))
            : null,
        Math.toIntExact(item.number(ATTEMPTS)));
  }

  private static Map<String, AttributeValue> item(String webhook, Delivery delivery) {
    Map<String, AttributeValue> item =
        Table.item(
            ATTEMPTS_OF + webhook,
            time(delivery.at()) + "-%08x".formatted(new SecureRandom().nextInt()));
    item.put(ID, text(delivery.event()));
    item.put(TYPE, text(delivery.type()));
    item.put("attempt", number(delivery.attempt()));
    if (delivery.status() != null) {
      item.put("status", number(delivery.status()));
    }
    Table.put(item, "reason", delivery.reason());
    item.put("milliseconds", number(delivery.milliseconds()));
    Table.put(item, "next_attempt_at", delivery.nextAttempt());
    Table.put(item, Table.EXPIRES_AT, delivery.at().plus(KEPT));
    return item;
  }

  private static Delivery delivery(Item item) {
    return new Delivery(
        time(item),
        item.text(ID),
        item.text(TYPE),
        Math.toIntExact(item.number("attempt")),
        item.has("status") ? Math.toIntExact(item.number("status")) : null,
        item.optionalText("reason"),
        item.number("milliseconds"),
        item.optionalTime("next_attempt_at"));
  }

  /**
   * Some attempts, and where the next page begins.
   *
   * @param next null on the last page
   */
  public record Page(List<Delivery> deliveries, String next) {
    /** What {@link #next} looks like. */
    public static final Pattern NEXT = Pattern.compile("[0-9]{14}-[0-9a-f]{8}");
  }
}
