package ispcrm.webhooks;

import static ispcrm.dynamodb.DynamoDb.number;
import static ispcrm.dynamodb.DynamoDb.text;
import static ispcrm.webhooks.Table.WEBHOOKS;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.Item;
import ispcrm.history.EventType;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.runtime.UnavailableException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/** Webhooks and their secrets in a DynamoDB table, which is WebhooksTable in template.yaml. */
public final class Webhooks {
  /** How many webhooks there can be. */
  public static final int MAX = 20;

  /** What an id looks like. */
  public static final Pattern ID = Pattern.compile("[0-9a-f]{16}");

  /** How long an earlier secret signs too. */
  private static final Duration OVERLAP = Duration.ofHours(24);

  private static final String URL = "url";
  private static final String TYPES = "types";
  private static final String DESCRIPTION = "description";
  private static final String PAYLOAD = "payload";
  private static final String DISABLED_REASON = "disabled_reason";
  private static final String BASE = "base";
  private static final String CREATED_AT = "created_at";
  private static final String UPDATED_AT = "updated_at";
  private static final String LAST_SUCCESS = "last_success_at";
  private static final String FAILING_SINCE = "failing_since";
  private static final String NEXT_ATTEMPT = "next_attempt_at";

  private static final String SECRETS = "secret#";
  private static final String SECRET = "secret";
  private static final String SECOND = "second";
  private static final String SECOND_UNTIL = "second_until";
  private static final String THIRD = "third";
  private static final String THIRD_UNTIL = "third_until";

  /** Sorts before the ids of all webhooks. */
  private static final String COUNT = "#count";

  private final DynamoDbClient dynamoDb;
  private final Table table;
  private final InstantSource clock;

  /**
   * @param environment the function's environment: WEBHOOKS_TABLE is the table
   */
  public Webhooks(DynamoDbClient dynamoDb, Map<String, String> environment, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.table = new Table(environment.get("WEBHOOKS_TABLE"));
    this.clock = clock;
  }

  /**
   * Checks that the table can be read; see {@link DynamoDb#checkReadable}.
   *
   * @throws RuntimeException if it cannot
   */
  public void checkReadable() {
    DynamoDb.checkReadable(dynamoDb, table.name(), Table.key(WEBHOOKS, COUNT));
  }

  /**
   * The webhook that a request is about, as it is at this moment.
   *
   * @throws ApiException 404 if no webhook has the id in the path
   */
  public Webhook of(ApiRequest request) {
    return find(request.pathParameters().getOrDefault("id", ""))
        .orElseThrow(() -> ApiException.notFound("webhook"));
  }

  /** Finds a webhook as it is at this moment. For text that is not an id, the result is empty. */
  public Optional<Webhook> find(String id) {
    if (!ID.matcher(id).matches()) {
      return Optional.empty();
    }
    Map<String, AttributeValue> item = read(WEBHOOKS, id);
    return item.isEmpty() ? Optional.empty() : Optional.of(webhook(Item.of(item, Table.KEY)));
  }

  /** A new id. */
  public static String newId() {
    return "%016x".formatted(new SecureRandom().nextLong());
  }

  private Map<String, AttributeValue> read(String partition, String key) {
    return dynamoDb
        .getItem(
            request ->
                request.tableName(table.name()).key(Table.key(partition, key)).consistentRead(true))
        .item();
  }

  /** Lists all webhooks as they are at this moment, in the order of their ids. */
  public List<Webhook> list() {
    return Item.readEach(
        dynamoDb
            .query(
                request ->
                    request
                        .tableName(table.name())
                        .keyConditionExpression("#partition = :partition AND #key > :count")
                        .expressionAttributeNames(
                            Map.of("#partition", Table.PARTITION, "#key", Table.KEY))
                        .expressionAttributeValues(
                            Map.of(":partition", text(WEBHOOKS), ":count", text(COUNT)))
                        .consistentRead(true))
            .items(),
        Webhooks::webhook,
        Table.KEY);
  }

  /**
   * Creates a webhook.
   *
   * @param with further writes for the same transaction
   * @return whether there were fewer than {@value #MAX}; otherwise, nothing is written
   */
  public boolean create(Webhook webhook, String secret, TransactWriteItem... with) {
    List<TransactWriteItem> writes = new ArrayList<>();
    writes.add(table.create(item(webhook)));
    Map<String, AttributeValue> stored = Table.item(SECRETS + webhook.id(), SECRET);
    stored.put(SECRET, text(secret));
    writes.add(table.put(stored));
    writes.addAll(Arrays.asList(with));
    return DynamoDb.transact(
            dynamoDb,
            List.of(
                count(
                    "SET #count = if_not_exists(#count, :zero) + :one",
                    "attribute_not_exists(#count) OR #count < :max",
                    Map.of(":zero", number(0), ":one", number(1), ":max", number(MAX)))),
            writes.toArray(TransactWriteItem[]::new))
        .isEmpty();
  }

  private TransactWriteItem count(
      String update, String condition, Map<String, AttributeValue> values) {
    return TransactWriteItem.builder()
        .update(
            request ->
                request
                    .tableName(table.name())
                    .key(Table.key(WEBHOOKS, COUNT))
                    .updateExpression(update)
                    .conditionExpression(condition)
                    .expressionAttributeNames(Map.of("#count", "count"))
                    .expressionAttributeValues(values))
        .build();
  }

  /**
   * Deletes a webhook and its secret. What is to be delivered to it expires.
   *
   * @return whether there is none now
   */
  public boolean delete(String id) {
    TransactWriteItem webhook =
        TransactWriteItem.builder()
            .delete(
                delete ->
                    delete
                        .tableName(table.name())
                        .key(Table.key(WEBHOOKS, id))
                        .conditionExpression("attribute_exists(#key)")
                        .expressionAttributeNames(Map.of("#key", Table.KEY)))
            .build();
    return written(
        () ->
            DynamoDb.transact(
                    dynamoDb,
                    List.of(
                        webhook,
                        table.delete(SECRETS + id, SECRET),
                        count("SET #count = #count - :one", "#count > :zero", countdown())))
                .isEmpty(),
        () -> find(id).isEmpty());
  }

  /**
   * Writes, and looks for what was written if no response arrives, or if the write is refused,
   * which it also is if it was carried out before.
   *
   * @param isWritten whether it was
   */
  private static boolean written(BooleanSupplier write, BooleanSupplier isWritten) {
    try {
      return write.getAsBoolean() || isWritten.getAsBoolean();
    } catch (UnavailableException e) {
      if (isWritten.getAsBoolean()) {
        return true;
      }
      throw e;
    }
  }

  private static Map<String, AttributeValue> countdown() {
    return Map.of(":one", number(1), ":zero", number(0));
  }

  /**
   * Writes the fields that clients set, and the health if the webhook became active.
   *
   * @return whether there still is such a webhook
   */
  public boolean update(Webhook before, Webhook after) {
    Map<String, AttributeValue> old = item(before);
    Map<String, AttributeValue> item = item(after);
    Set<String> names = new HashSet<>(old.keySet());
    names.addAll(item.keySet());
    names.removeIf(name -> Objects.equals(old.get(name), item.get(name)));
    Map<String, AttributeValue> changed = new HashMap<>();
    names.forEach(name -> changed.put(name, item.get(name)));
    return written(
        () -> change(after.id(), changed),
        () -> find(after.id()).filter(after::equals).isPresent());
  }

  /** Notes how the deliveries go, unless the webhook was deleted meanwhile. */
  public void note(String id, Webhook.Health health) {
    Map<String, AttributeValue> changed = new HashMap<>();
    changed.put(LAST_SUCCESS, time(health.lastSuccess()));
    changed.put(FAILING_SINCE, time(health.failingSince()));
    changed.put(NEXT_ATTEMPT, time(health.nextAttempt()));
    change(id, changed);
  }

  /** Stops deliveries, unless the webhook was deleted meanwhile. */
  public void disable(String id, String reason) {
    change(id, Map.of(DISABLED_REASON, text(reason)));
  }

  private static AttributeValue time(Instant time) {
    return time == null ? null : number(time.getEpochSecond());
  }

  /**
   * @param changed the attributes that change; null for those that are removed
   */
  private boolean change(String id, Map<String, AttributeValue> changed) {
    if (changed.isEmpty()) {
      return true;
    }
    List<String> set = new ArrayList<>();
    List<String> remove = new ArrayList<>();
    Map<String, String> names = new HashMap<>(Map.of("#key", Table.KEY));
    Map<String, AttributeValue> values = new HashMap<>();
    changed.forEach(
        (name, value) -> {
          names.put("#" + name, name);
          if (value == null) {
            remove.add("#" + name);
          } else {
            set.add("#%s = :%s".formatted(name, name));
            values.put(":" + name, value);
          }
        });
    String update =
        (set.isEmpty() ? "" : "SET " + String.join(", ", set))
            + (remove.isEmpty() ? "" : " REMOVE " + String.join(", ", remove));
    try {
      dynamoDb.updateItem(
          request ->
              request
                  .tableName(table.name())
                  .key(Table.key(WEBHOOKS, id))
                  .updateExpression(update)
                  .conditionExpression("attribute_exists(#key)")
                  .expressionAttributeNames(names)
                  .expressionAttributeValues(values.isEmpty() ? null : values));
      return true;
    } catch (ConditionalCheckFailedException itIsGone) {
      return false;
    }
  }

  /**
   * Replaces the secret, which nobody reads for this. The earlier one signs too for {@link
   * #OVERLAP}, and so does the one before it.
   *
   * @param with further writes for the same transaction
   * @return whether there is such a webhook
   */
  public boolean rotate(String id, String secret, TransactWriteItem... with) {
    TransactWriteItem update =
        TransactWriteItem.builder()
            .update(
                request ->
                    request
                        .tableName(table.name())
                        .key(Table.key(SECRETS + id, SECRET))
                        .updateExpression(
                            "SET third = if_not_exists(#second, :none),"
                                + " third_until = if_not_exists(second_until, :past),"
                                + " #second = secret, second_until = :until, secret = :secret")
                        .conditionExpression("attribute_exists(secret)")
                        .expressionAttributeNames(Map.of("#second", SECOND))
                        .expressionAttributeValues(
                            Map.of(
                                ":none", text(""),
                                ":past", number(0),
                                ":until", number(clock.instant().plus(OVERLAP).getEpochSecond()),
                                ":secret", text(secret))))
            .build();
    // Nobody can read whether the secret was written, but this was written with it.
    AttributeValue rotation = text(newId());
    TransactWriteItem mark =
        TransactWriteItem.builder()
            .update(
                request ->
                    request
                        .tableName(table.name())
                        .key(Table.key(WEBHOOKS, id))
                        .updateExpression("SET rotation = :rotation")
                        .conditionExpression("attribute_exists(#key)")
                        .expressionAttributeNames(Map.of("#key", Table.KEY))
                        .expressionAttributeValues(Map.of(":rotation", rotation)))
            .build();
    return written(
        () -> DynamoDb.transact(dynamoDb, List.of(update, mark), with).isEmpty(),
        () -> rotation.equals(read(WEBHOOKS, id).get("rotation")));
  }

  /** The secrets that sign, the newest first; empty if there is no such webhook. */
  public List<String> secrets(String id) {
    Map<String, AttributeValue> attributes = read(SECRETS + id, SECRET);
    if (attributes.isEmpty()) {
      return List.of();
    }
    Item item = Item.of(attributes, Table.PARTITION);
    List<String> secrets = new ArrayList<>(List.of(item.text(SECRET)));
    Instant now = clock.instant();
    if (item.has(SECOND) && item.time(SECOND_UNTIL).isAfter(now)) {
      secrets.add(item.text(SECOND));
    }
    if (item.has(THIRD) && item.time(THIRD_UNTIL).isAfter(now)) {
      secrets.add(item.text(THIRD));
    }
    return secrets;
  }

  /** The item that stores a webhook. */
  static Map<String, AttributeValue> item(Webhook webhook) {
    Map<String, AttributeValue> item = Table.item(WEBHOOKS, webhook.id());
    item.put(URL, text(webhook.url()));
    if (!webhook.types().isEmpty()) {
      item.put(TYPES, types(webhook.types()));
    }
    Table.put(item, DESCRIPTION, webhook.description());
    item.put(PAYLOAD, text(webhook.payload().toString()));
    Table.put(item, DISABLED_REASON, webhook.disabledReason());
    item.put(BASE, text(webhook.base()));
    Table.put(item, CREATED_AT, webhook.createdAt());
    Table.put(item, UPDATED_AT, webhook.updatedAt());
    Table.put(item, LAST_SUCCESS, webhook.health().lastSuccess());
    Table.put(item, FAILING_SINCE, webhook.health().failingSince());
    Table.put(item, NEXT_ATTEMPT, webhook.health().nextAttempt());
    return item;
  }

  private static Webhook webhook(Item item) {
    return new Webhook(
        item.text(Table.KEY),
        item.text(URL),
        item.has(TYPES) ? item.read(TYPES, Webhooks::types) : Set.of(),
        item.optionalText(DESCRIPTION),
        item.read(PAYLOAD, payload -> Payload.of(payload.s()).orElseThrow()),
        item.optionalText(DISABLED_REASON),
        item.text(BASE),
        item.time(CREATED_AT),
        item.time(UPDATED_AT),
        new Webhook.Health(
            item.optionalTime(LAST_SUCCESS),
            item.optionalTime(FAILING_SINCE),
            item.optionalTime(NEXT_ATTEMPT)));
  }

  static AttributeValue types(Collection<EventType> types) {
    return DynamoDb.attribute(types.stream().map(EventType::toString).toList());
  }

  static Set<EventType> types(AttributeValue names) {
    Set<EventType> types = EnumSet.noneOf(EventType.class);
    names.l().forEach(name -> types.add(EventType.of(name.s()).orElseThrow()));
    return types;
  }
}
