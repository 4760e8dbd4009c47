package ispcrm.bench;

import com.almworks.sqlite4java.SQLiteConnection;
import com.almworks.sqlite4java.SQLiteException;
import com.almworks.sqlite4java.SQLiteStatement;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.template.Template;
import ispcrm.users.DynamoDbUsers;
import ispcrm.users.User;
import ispcrm.users.UserField;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Fills a table with users, including the items that reserve their names. DynamoDB Local's API
 * accepts only a few hundred users per second, so one user is created through the API and copied,
 * with other digits, inside DynamoDB Local's store, which is an SQLite file.
 */
final class BulkLoader {
  /** Part of every unique value of the first user. */
  private static final String DIGITS = "0000000";

  private static final int BATCH = 50_000;
  private static final int MAX_MILLISECONDS = 30_000;

  /** One user in this many is suspended; the others are active. */
  static final int RARE = 10;

  /** This many users have the same profile. */
  private static final int USERS_PER_PROFILE = 100;

  /** DynamoDB Local stores integers of one digit in another form. */
  private static final long FIRST_NUMBER = 10;

  /** The same values as those of {@link #mac}, {@link #profileId} and {@link #radiusId}. */
  private static final String MAC =
      "printf('AA:%02d:%02d:%02d:%02d:FF', n / 1000000 % 100, n / 10000 % 100, n / 100 % 100,"
          + " n % 100)";

  private static final String PROFILE_ID = "(n / " + USERS_PER_PROFILE + " + " + FIRST_NUMBER + ")";
  private static final String RADIUS_ID = "(n + " + FIRST_NUMBER + ")";

  private static final JsonMapper JSON = new JsonMapper();

  private BulkLoader() {}

  /** The username of a user by its position in the list, starting at 0. */
  static String username(int place) {
    return String.format("user%07d", place);
  }

  /** The MAC address of a user, whom nobody else has. */
  static String mac(int place) {
    return String.format(
        "AA:%02d:%02d:%02d:%02d:FF",
        place / 1_000_000 % 100, place / 10_000 % 100, place / 100 % 100, place % 100);
  }

  /** The profile of a user. */
  static long profileId(int place) {
    return FIRST_NUMBER + place / USERS_PER_PROFILE;
  }

  /** The position of the last user on the first page of the users with the same profile. */
  static int lastOfProfile(int place, int pageSize) {
    return place / USERS_PER_PROFILE * USERS_PER_PROFILE + pageSize - 1;
  }

  /** The RADIUS id of a user, whom nobody else has. */
  static long radiusId(int place) {
    return FIRST_NUMBER + place;
  }

  private static User first() {
    return Functions.subscriber(username(0), "Subscriber " + DIGITS, "IZ" + DIGITS).toBuilder()
        .set(UserField.MAC_ADDRESS, mac(0))
        .set(UserField.PROFILE_ID, profileId(0))
        .set(UserField.RADIUS_ID, radiusId(0))
        .build();
  }

  /**
   * Creates the tables in a folder and fills them. DynamoDB Local can then be started on that
   * folder.
   *
   * @param users the number of users, at least 1
   */
  static void load(Template template, Path folder, int users) throws SQLiteException {
    try (LocalDynamoDb dynamoDb = LocalDynamoDb.start(template, folder)) {
      new DynamoDbUsers(dynamoDb.client(), table(template)).create(first());
    }
    Progress progress = new Progress("loading " + users + " users", users);
    SQLiteConnection store =
        new SQLiteConnection(folder.resolve("shared-local-instance.db").toFile());
    store.open(false);
    try {
      // DynamoDB Local releases its file only some time after it is closed.
      store.setBusyTimeout(MAX_MILLISECONDS);
      store.exec("PRAGMA synchronous=OFF");
      store.exec("PRAGMA journal_mode=MEMORY");
      store.exec("PRAGMA cache_size=-1000000");
      String table = "\"" + table(template) + "\"";
      Map<String, String> columns = columns(store, table(template));
      for (int from = 1; from < users; from += BATCH) {
        progress.at(from);
        store.exec("BEGIN");
        copy(store, table, columns, from, Math.min(users, from + BATCH));
        store.exec("COMMIT");
      }
      suspend(store, table, columns);
      progress.at(users);
    } finally {
      store.dispose();
    }
  }

  private static String table(Template template) {
    return template.functions().get("create-user").environment().get("USERS_TABLE");
  }

  /** The columns of DynamoDB Local that contain the keys of the indexes, by attribute. */
  private static Map<String, String> columns(SQLiteConnection store, String table)
      throws SQLiteException {
    SQLiteStatement select = store.prepare("SELECT TableInfo FROM dm WHERE TableName = ?", false);
    try {
      select.bind(1, table).step();
      Map<String, String> columns = new TreeMap<>();
      for (JsonNode index : JSON.readTree(select.columnBlob(0)).get("UniqueGSIIndexes")) {
        for (JsonNode key : index) {
          columns.put(
              key.at("/DynamoDBAttribute/AttributeName").asString(),
              key.get("SQLiteColumnName").asString());
        }
      }
      return columns;
    } finally {
      select.dispose();
    }
  }

  /**
   * hashValue only affects the order of a scan, which the measurements do not use, so it is random.
   */
  private static void copy(
      SQLiteConnection store, String table, Map<String, String> columns, int from, int to)
      throws SQLiteException {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("hashKey", other("hashKey"));
    values.put("hashValue", "randomblob(20)");
    values.put("itemSize", "itemSize");
    String json = text("ObjectJSON");
    json = replace(json, "'\"" + mac(0) + "\"'", "'\"' || " + MAC + " || '\"'");
    json = replace(json, number("profile_id", "" + profileId(0)), number("profile_id", PROFILE_ID));
    json = replace(json, number("radius_id", "" + radiusId(0)), number("radius_id", RADIUS_ID));
    values.put("ObjectJSON", blob(digits(json)));
    columns.forEach(
        (attribute, column) ->
            values.put(
                column,
                switch (attribute) {
                  case "mac" -> ifPresent(column, MAC);
                  case "profile_id" -> ifPresent(column, sortable(PROFILE_ID));
                  case "radius_id" -> ifPresent(column, sortable(RADIUS_ID));
                  default -> other(column);
                }));
    SQLiteStatement insert =
        store.prepare(
            "WITH RECURSIVE place(n) AS (SELECT "
                + from
                + " UNION ALL SELECT n + 1 FROM place WHERE n + 1 < "
                + to
                + ") INSERT INTO "
                + table
                + " ("
                + String.join(", ", values.keySet())
                + ") SELECT "
                + String.join(", ", values.values())
                + " FROM place, (SELECT * FROM "
                + table
                + " WHERE hashKey IN (CAST('user#user0000000' AS BLOB),"
                + " CAST('name#user0000000' AS BLOB), CAST('customer_id#iz0000000' AS BLOB)))",
            false);
    try {
      insert.stepThrough();
    } finally {
      insert.dispose();
    }
  }

  /**
   * How DynamoDB Local stores an integer of several digits: its exponent and then its 38 digits.
   */
  private static String sortable(String integer) {
    return "'>>' || printf('%%03d', length(%1$s) - 1) || 'E' || substr(%1$s || '%2$s', 1, 38)"
        .formatted(integer, "0".repeat(38));
  }

  /** The member of an item's JSON with this value. */
  private static String number(String name, String integer) {
    return "'\"" + name + "\":{\"N\":\"' || " + integer + " || '\"}'";
  }

  private static String ifPresent(String column, String value) {
    return "CASE WHEN " + column + " IS NULL THEN NULL ELSE " + blob(value) + " END";
  }

  /** The value of a text column for another user. */
  private static String other(String column) {
    return "CASE WHEN " + column + " IS NULL THEN NULL ELSE " + blob(digits(text(column))) + " END";
  }

  private static String digits(String text) {
    return replace(text, "'" + DIGITS + "'", "substr('" + DIGITS + "' || n, -7)");
  }

  private static String text(String column) {
    return "CAST(" + column + " AS TEXT)";
  }

  private static String blob(String value) {
    return "CAST(" + value + " AS BLOB)";
  }

  private static String replace(String text, String from, String to) {
    return "replace(" + text + ", " + from + ", " + to + ")";
  }

  /** A suspended user is not due. */
  private static void suspend(SQLiteConnection store, String table, Map<String, String> columns)
      throws SQLiteException {
    String json = text("ObjectJSON");
    json = replace(json, "'\"active\"'", "'\"suspended\"'");
    json = replace(json, "'\"due\":{\"S\":\"expiry\"},'", "''");
    json =
        replace(
            json,
            "'\"due_key\":{\"S\":\""
                + Functions.EXPIRATION
                + " 00:00:00 ' || substr(CAST(hashKey AS TEXT), 6) || '\"},'",
            "''");
    store.exec(
        "UPDATE %s SET %s = CAST('suspended' AS BLOB), %s = NULL, %s = NULL, ObjectJSON = %s"
                .formatted(
                    table,
                    columns.get("status"),
                    columns.get("due"),
                    columns.get("due_key"),
                    blob(json))
            + " WHERE CAST(hashKey AS TEXT) LIKE 'user#%"
            + Integer.toString(RARE).substring(1)
            + "'");
  }
}
