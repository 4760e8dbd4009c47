package ispcrm.history;

import static ispcrm.dynamodb.DynamoDb.number;
import static ispcrm.dynamodb.DynamoDb.text;

import ispcrm.access.Actor;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.FilteredPage;
import ispcrm.dynamodb.Item;
import ispcrm.dynamodb.KeyRange;
import ispcrm.dynamodb.Slice;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * The history in a DynamoDB table: a partition for each user, in which the entries are ordered by
 * time. The table is HistoryTable in template.yaml, and DynamoDB deletes entries when they are as
 * old as its parameter HistoryDays says.
 */
public final class History {
  private static final String USER = "user";
  private static final String KEY = "key";
  private static final String CHANGES = "changes";
  private static final String ADDRESS = "address";

  private static final String FEED = "feed";
  private static final String TYPE = "type";

  /** How many partitions the index of all entries has. */
  static final int FEEDS = 4;

  /** Sorts after every character that a key contains. */
  private static final String LAST_CHARACTER = "~";

  /** Sorts before every key. */
  private static final String FIRST_KEY = "0";

  /** The maximum that is read at once while erasing. */
  private static final int BATCH = 100;

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final Duration kept;

  /**
   * @param environment the function's environment: HISTORY_TABLE is the table, HISTORY_DAYS for how
   *     many days new entries are kept
   */
  public History(DynamoDbClient dynamoDb, Map<String, String> environment) {
    this.dynamoDb = dynamoDb;
    this.table = environment.get("HISTORY_TABLE");
    this.kept = Duration.ofDays(Long.parseLong(environment.get("HISTORY_DAYS")));
  }

  /**
   * Checks that the table can be read; see {@link DynamoDb#checkReadable}.
   *
   * @throws RuntimeException if it cannot
   */
  public void checkReadable() {
    DynamoDb.checkReadable(dynamoDb, table, Map.of(USER, text("health"), KEY, text(FIRST_KEY)));
  }

  /** The write of a new entry, for the transaction of the change that it records. */
  public TransactWriteItem add(Entry entry) {
    Map<String, AttributeValue> item = item(entry, kept);
    return TransactWriteItem.builder()
        .put(
            put ->
                put.tableName(table)
                    .item(item)
                    .conditionExpression(
                        "attribute_not_exists(#user) AND attribute_not_exists(#key)")
                    .expressionAttributeNames(Map.of("#user", USER, "#key", KEY)))
        .build();
  }

  /**
   * Lists a page of a user's entries, newest first.
   *
   * @param user the id of the user, who may be deleted
   * @param after the {@link Page#next} of the previous page; null for the first page
   * @param limit the maximum number of entries on the page, at least 1
   */
  public Page list(String user, String after, int limit) {
    Slice page = Slice.of(query(user, after, limit + 1), limit, KEY);
    return new Page(Item.readEach(page.items(), History::entry, USER, KEY), page.next());
  }

  /**
   * Which events a list contains.
   *
   * @param types empty for all
   * @param user whose; null for all, and for those of profiles
   * @param since when the list begins; null for the first event that is kept
   * @param until when the list ends
   */
  public record EventFilter(Set<EventType> types, String user, Instant since, Instant until) {
    private boolean matches(Event event) {
      return types.isEmpty() || types.contains(event.type());
    }

    private List<KeyRange> ranges() {
      return user == null
          ? IntStream.range(0, FEEDS)
              .mapToObj(feed -> range("by_time", FEED, Integer.toString(feed)))
              .toList()
          : List.of(range(null, USER, user));
    }

    private KeyRange range(String index, String partition, String value) {
      return new KeyRange(
          index,
          partition,
          text(value),
          KEY,
          since == null ? FIRST_KEY : timeKey(since),
          timeKey(until) + LAST_CHARACTER);
    }
  }

  /**
   * Lists a page of events, oldest first, which can have fewer events than the limit; see {@link
   * FilteredPage}. The index that has the events of all users may lag.
   *
   * @param after the next of the previous page; null for the first page
   * @param limit the maximum number of events on the page, at least 1
   */
  public FilteredPage<Event> events(EventFilter filter, String after, int limit) {
    return FilteredPage.read(
        dynamoDb,
        table,
        filter.ranges(),
        !filter.types().isEmpty(),
        after,
        limit,
        item -> Optional.of(event(Item.of(item, USER, KEY))).filter(filter::matches));
  }

  /** Where an entry is: its user, or what takes the user's place, and its key there. */
  public record Place(String user, String key) {}

  /** Finds an event as it is at this moment. */
  public Optional<Event> find(Place place) {
    Map<String, AttributeValue> item =
        dynamoDb
            .getItem(
                request ->
                    request
                        .tableName(table)
                        .key(Map.of(USER, text(place.user), KEY, text(place.key)))
                        .consistentRead(true))
            .item();
    return item.isEmpty() ? Optional.empty() : Optional.of(event(Item.of(item, USER, KEY)));
  }

  /** Finds an event by its id. The index in which it looks may lag. */
  public Optional<Event> find(String id) {
    return Page.NEXT.matcher(id).matches()
        ? KeyRange.read(
                dynamoDb,
                table,
                List.of(new KeyRange("by_time", FEED, text(feed(id)), KEY, id, id)),
                null,
                1)
            .items()
            .stream()
            .map(item -> event(Item.of(item, USER, KEY)))
            .findFirst()
        : Optional.empty();
  }

  /**
   * Erases the values and the addresses in the entries of a deleted user. The entries still show
   * who did what and when, and which fields were changed. Erasing again continues what was not
   * completed.
   *
   * @param limit the time after which it stops
   * @return whether all values are erased
   */
  public boolean erase(String user, Duration limit) {
    long begin = System.nanoTime();
    String after = null;
    do {
      QueryResponse page = query(user, after, BATCH);
      for (Map<String, AttributeValue> item : page.items()) {
        if (Duration.ofNanos(System.nanoTime() - begin).compareTo(limit) > 0) {
          return false;
        }
        erase(item);
      }
      after = page.hasLastEvaluatedKey() ? page.lastEvaluatedKey().get(KEY).s() : null;
    } while (after != null);
    return true;
  }

  /** Erases the values and the address of an entry, unless an earlier attempt has done so. */
  private void erase(Map<String, AttributeValue> item) {
    AttributeValue changes = item.get(CHANGES);
    if (changes == null || !changes.hasM()) {
      return;
    }
    Map<String, Change> erased = new TreeMap<>();
    changes.m().keySet().forEach(field -> erased.put(field, Change.ERASED));
    if (changes.equals(attribute(erased)) && !item.containsKey(ADDRESS)) {
      return;
    }
    try {
      dynamoDb.updateItem(
          request ->
              request
                  .tableName(table)
                  .key(Map.of(USER, item.get(USER), KEY, item.get(KEY)))
                  .updateExpression("SET #changes = :erased REMOVE " + ADDRESS)
                  .conditionExpression("attribute_exists(#changes)")
                  .expressionAttributeNames(Map.of("#changes", CHANGES))
                  .expressionAttributeValues(Map.of(":erased", attribute(erased))));
    } catch (ConditionalCheckFailedException itIsGone) {
      // DynamoDB has deleted the entry meanwhile, because it is old.
    }
  }

  /**
   * Reads entries as they are at this moment, because erasing must not miss one.
   *
   * @param after the key of an entry; null to begin with the newest
   */
  private QueryResponse query(String user, String after, int limit) {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":user", text(user));
    if (after != null) {
      values.put(":after", text(after));
    }
    return dynamoDb.query(
        QueryRequest.builder()
            .tableName(table)
            .keyConditionExpression(
                after == null ? "#user = :user" : "#user = :user AND #key < :after")
            .expressionAttributeNames(
                after == null ? Map.of("#user", USER) : Map.of("#user", USER, "#key", KEY))
            .expressionAttributeValues(values)
            .scanIndexForward(false)
            .consistentRead(true)
            .limit(limit)
            .build());
  }

  /**
   * The item that stores an entry.
   *
   * @param kept how long
   */
  static Map<String, AttributeValue> item(Entry entry, Duration kept) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put(USER, text(entry.user()));
    String key = key(entry.at());
    item.put(KEY, text(key));
    item.put(FEED, text(feed(key)));
    item.put(TYPE, text(EventType.of(entry).toString()));
    item.put("at", number(entry.at().getEpochSecond()));
    item.put("action", text(entry.action().toString()));
    put(item, "by_user", entry.by().user());
    put(item, "by_token", entry.by().token());
    put(item, ADDRESS, entry.by().address());
    put(item, "request_id", entry.by().requestId());
    item.put(CHANGES, attribute(entry.changes()));
    item.put("expires_at", number(entry.at().plus(kept).getEpochSecond()));
    return item;
  }

  /** Unique, and later than the keys of earlier milliseconds. */
  private static String key(Instant at) {
    return timeKey(at) + "-%08x".formatted(new SecureRandom().nextInt());
  }

  private static String timeKey(Instant at) {
    return "%014d".formatted(at.toEpochMilli());
  }

  /** The partition of an entry in the index of all entries. A single one would get every write. */
  private static String feed(String key) {
    return Integer.toString(Character.digit(key.charAt(key.length() - 1), 16) % FEEDS);
  }

  private static Event event(Item item) {
    return new Event(
        item.text(KEY), item.read(TYPE, type -> EventType.of(type.s()).orElseThrow()), entry(item));
  }

  private static void put(Map<String, AttributeValue> item, String name, String value) {
    if (value != null) {
      item.put(name, text(value));
    }
  }

  private static AttributeValue attribute(Map<String, Change> changes) {
    Map<String, AttributeValue> fields = new HashMap<>();
    changes.forEach(
        (field, change) ->
            fields.put(
                field,
                AttributeValue.fromM(
                    Map.of(
                        "old", DynamoDb.attribute(change.before()),
                        "new", DynamoDb.attribute(change.after())))));
    return AttributeValue.fromM(fields);
  }

  private static Entry entry(Item item) {
    return new Entry(
        item.text(USER),
        item.read("action", action -> Action.of(action.s())),
        item.time("at"),
        new Actor(
            item.optionalText("by_user"),
            item.optionalText("by_token"),
            item.optionalText(ADDRESS),
            item.optionalText("request_id")),
        item.read(CHANGES, changes -> changes(changes.m())));
  }

  private static Map<String, Change> changes(Map<String, AttributeValue> fields) {
    Map<String, Change> changes = new LinkedHashMap<>();
    // DynamoDB does not keep the order of a map.
    new TreeMap<>(fields)
        .forEach(
            (field, change) ->
                changes.put(
                    field,
                    new Change(
                        DynamoDb.value(change.m().get("old")),
                        DynamoDb.value(change.m().get("new")))));
    return changes;
  }

  /**
   * Some entries, and where the next page begins.
   *
   * @param next null on the last page
   */
  public record Page(List<Entry> entries, String next) {
    /** What {@link #next} looks like. */
    public static final Pattern NEXT = Pattern.compile("[0-9]{14}-[0-9a-f]{8}");
  }
}
