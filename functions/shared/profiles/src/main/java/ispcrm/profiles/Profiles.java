package ispcrm.profiles;

import static ispcrm.dynamodb.DynamoDb.attribute;
import static ispcrm.dynamodb.DynamoDb.number;
import static ispcrm.dynamodb.DynamoDb.text;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.Item;
import ispcrm.values.Timestamps;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Profiles in a DynamoDB table: one partition, ordered by id. The table is ProfilesTable in
 * template.yaml.
 */
public final class Profiles {
  private static final Pattern ID_TEXT = Pattern.compile("0|[1-9][0-9]{0,15}");

  private static final String PARTITION = "listing";
  private static final String ALL_PROFILES = "profiles";
  private static final String ID = "id";
  private static final String NAME = "name";
  private static final String ATTRIBUTES = "attributes";
  private static final String RESTRICTED = "restricted_attributes";
  private static final String CREATED_AT = "created_at";
  private static final String UPDATED_AT = "updated_at";

  private final DynamoDbClient dynamoDb;
  private final String table;

  public Profiles(DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  /**
   * Checks that the table can be read; see {@link DynamoDb#checkReadable}.
   *
   * @throws RuntimeException if it cannot
   */
  public void checkReadable() {
    DynamoDb.checkReadable(dynamoDb, table, key(0));
  }

  /**
   * Finds the profile with this id as it is at this moment. For text that is not an id, the result
   * is empty.
   */
  public Optional<Profile> find(String id) {
    return ID_TEXT.matcher(id).matches() ? find(Long.parseLong(id)) : Optional.empty();
  }

  private Optional<Profile> find(long id) {
    Map<String, AttributeValue> item =
        dynamoDb
            .getItem(request -> request.tableName(table).key(key(id)).consistentRead(true))
            .item();
    return item.isEmpty() ? Optional.empty() : Optional.of(profile(Item.of(item, ID)));
  }

  /**
   * Lists a page of profiles in the order of their ids, as they are at this moment.
   *
   * @param after the {@link Page#next} of the previous page; null for the first page
   * @param limit the maximum number of profiles on the page, at least 1
   */
  public Page list(String after, int limit) {
    QueryResponse response =
        dynamoDb.query(
            request ->
                request
                    .tableName(table)
                    .keyConditionExpression("listing = :listing AND id > :after")
                    .expressionAttributeValues(
                        Map.of(
                            ":listing", text(ALL_PROFILES),
                            ":after", AttributeValue.fromN(after == null ? "-1" : after)))
                    .consistentRead(true)
                    .limit(limit + 1));
    List<Map<String, AttributeValue>> items = response.items();
    boolean hasMore = items.size() > limit || response.hasLastEvaluatedKey();
    List<Map<String, AttributeValue>> page = items.subList(0, Math.min(limit, items.size()));
    return new Page(
        Item.readEach(page, Profiles::profile, ID),
        hasMore ? page.get(page.size() - 1).get(ID).n() : null);
  }

  /**
   * Creates a profile.
   *
   * @param with further writes for the same transaction
   * @return whether there was no profile with this id; otherwise, nothing is written
   */
  public boolean create(Profile profile, TransactWriteItem... with) {
    return transact(
        TransactWriteItem.builder()
            .put(
                put ->
                    put.tableName(table)
                        .item(item(profile))
                        .conditionExpression("attribute_not_exists(id)"))
            .build(),
        with);
  }

  /**
   * Replaces a profile.
   *
   * @param before as it was read
   * @return whether it still was so; otherwise, nothing is written
   */
  public boolean update(Profile before, Profile after, TransactWriteItem... with) {
    Condition same = new Condition(before);
    return transact(
        TransactWriteItem.builder()
            .put(
                put ->
                    put.tableName(table)
                        .item(item(after))
                        .conditionExpression(same.expression)
                        .expressionAttributeNames(same.names)
                        .expressionAttributeValues(same.values))
            .build(),
        with);
  }

  /**
   * Deletes a profile.
   *
   * @param before as it was read
   * @return whether it still was so; otherwise, nothing is written
   */
  public boolean delete(Profile before, TransactWriteItem... with) {
    Condition same = new Condition(before);
    return transact(
        TransactWriteItem.builder()
            .delete(
                delete ->
                    delete
                        .tableName(table)
                        .key(key(before.id()))
                        .conditionExpression(same.expression)
                        .expressionAttributeNames(same.names)
                        .expressionAttributeValues(same.values))
            .build(),
        with);
  }

  private boolean transact(TransactWriteItem item, TransactWriteItem... with) {
    return DynamoDb.transact(dynamoDb, List.of(item), with).isEmpty();
  }

  private static Map<String, AttributeValue> key(long id) {
    return Map.of(PARTITION, text(ALL_PROFILES), ID, number(id));
  }

  /** The item that stores a profile. */
  static Map<String, AttributeValue> item(Profile profile) {
    Map<String, AttributeValue> item = new HashMap<>(key(profile.id()));
    item.put(NAME, text(profile.name()));
    item.put(ATTRIBUTES, attribute(profile.attributes()));
    if (profile.restrictedAttributes() != null) {
      item.put(RESTRICTED, attribute(profile.restrictedAttributes()));
    }
    item.put(CREATED_AT, text(Timestamps.format(profile.createdAt())));
    item.put(UPDATED_AT, text(Timestamps.format(profile.updatedAt())));
    return item;
  }

  private static Profile profile(Item item) {
    return new Profile(
        item.number(ID),
        item.text(NAME),
        attributes(item, ATTRIBUTES),
        item.has(RESTRICTED) ? attributes(item, RESTRICTED) : null,
        time(item, CREATED_AT),
        time(item, UPDATED_AT));
  }

  private static Map<String, Object> attributes(Item item, String name) {
    return item.read(
        name,
        value -> {
          Map<String, Object> attributes = new TreeMap<>();
          value.m().forEach((key, attribute) -> attributes.put(key, DynamoDb.value(attribute)));
          return attributes;
        });
  }

  private static Instant time(Item item, String name) {
    return item.read(name, value -> Timestamps.parse(value.s()).orElseThrow());
  }

  /** That a profile is stored as it was read. */
  private static final class Condition {
    final String expression;
    final Map<String, String> names = new HashMap<>();
    final Map<String, AttributeValue> values = new HashMap<>();

    Condition(Profile profile) {
      Map<String, AttributeValue> item = item(profile);
      StringBuilder conditions = new StringBuilder("attribute_exists(id)");
      for (String name : List.of(NAME, ATTRIBUTES, RESTRICTED)) {
        names.put("#" + name, name);
        if (item.containsKey(name)) {
          values.put(":" + name, item.get(name));
          conditions.append(" AND #").append(name).append(" = :").append(name);
        } else {
          conditions.append(" AND attribute_not_exists(#").append(name).append(")");
        }
      }
      expression = conditions.toString();
    }
  }

  /**
   * Some profiles, and where the next page begins.
   *
   * @param next null on the last page
   */
  public record Page(List<Profile> profiles, String next) {
    /** What {@link #next} looks like. */
    public static final Pattern NEXT = Pattern.compile("[0-9]{1,16}");
  }
}
