package ispcrm.passwords;

import static ispcrm.dynamodb.DynamoDb.text;

import ispcrm.dynamodb.BatchReader;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.Item;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * The passwords with which subscribers log in to the network, in a DynamoDB table: an item for each
 * user who has one. CHAP and MS-CHAP require the password itself, so it is not hashed; the table is
 * encrypted. It is PasswordsTable in template.yaml.
 */
public final class Passwords {
  private static final String USER = "user";
  private static final String PASSWORD = "password";

  private final DynamoDbClient dynamoDb;
  private final String table;

  public Passwords(DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  /**
   * Checks that the table can be read; see {@link DynamoDb#checkReadable}.
   *
   * @throws RuntimeException if it cannot
   */
  public void checkReadable() {
    DynamoDb.checkReadable(dynamoDb, table, Map.of(USER, text("#health")));
  }

  /** The write that stores a user's password, for the transaction that says when it was set. */
  public TransactWriteItem set(String user, String password) {
    return TransactWriteItem.builder()
        .put(put -> put.tableName(table).item(item(user, password)))
        .build();
  }

  /** The write that removes a user's password, for the transaction that says so. */
  public TransactWriteItem remove(String user) {
    return TransactWriteItem.builder()
        .delete(delete -> delete.tableName(table).key(Map.of(USER, text(user))))
        .build();
  }

  /** Where a user's password is stored. */
  public BatchReader.Key key(String user) {
    return new BatchReader.Key(table, USER, user);
  }

  /** The password in an item that was read from {@link #key}. */
  public static String password(Item item) {
    return item.text(PASSWORD);
  }

  /** The item that stores a user's password. */
  public static Map<String, AttributeValue> item(String user, String password) {
    return Map.of(USER, text(user), PASSWORD, text(password));
  }
}
