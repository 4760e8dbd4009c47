package ispcrm.bench;

import com.almworks.sqlite4java.SQLiteConnection;
import com.almworks.sqlite4java.SQLiteException;
import com.almworks.sqlite4java.SQLiteStatement;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.template.Template;
import ispcrm.users.DynamoDbUsers;
import java.nio.file.Path;

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
  static final int RARE = 10_000;

  private BulkLoader() {}

  /** The username of a user by its position in the list, starting at 0. */
  static String username(int place) {
    return String.format("user%07d", place);
  }

  /**
   * Creates the tables in a folder and fills them. DynamoDB Local can then be started on that
   * folder.
   *
   * @param users the number of users, at least 1
   */
  static void load(Template template, Path folder, int users) throws SQLiteException {
    try (LocalDynamoDb dynamoDb = LocalDynamoDb.start(template, folder)) {
      new DynamoDbUsers(dynamoDb.client(), table(template))
          .create(Functions.subscriber(username(0), "Subscriber " + DIGITS, "IZ" + DIGITS));
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
      for (int from = 1; from < users; from += BATCH) {
        progress.at(from);
        store.exec("BEGIN");
        copy(store, table, from, Math.min(users, from + BATCH));
        store.exec("COMMIT");
      }
      suspend(store, table);
      progress.at(users);
    } finally {
      store.dispose();
    }
  }

  private static String table(Template template) {
    return template.functions().get("create-user").environment().get("USERS_TABLE");
  }

  /**
   * hashValue only affects the order of a scan, which the measurements do not use, so it is random.
   */
  private static void copy(SQLiteConnection store, String table, int from, int to)
      throws SQLiteException {
    SQLiteStatement insert =
        store.prepare(
            "WITH RECURSIVE place(n) AS (SELECT "
                + from
                + " UNION ALL SELECT n + 1 FROM place WHERE n + 1 < "
                + to
                + ") INSERT INTO "
                + table
                + " (hashKey, hashValue, itemSize, ObjectJSON, indexKey_0, indexKey_1, indexKey_2)"
                + " SELECT "
                + other("hashKey")
                + ", randomblob(20), itemSize, "
                + other("ObjectJSON")
                + ", indexKey_0, "
                + other("indexKey_1")
                + ", indexKey_2 FROM place, (SELECT * FROM "
                + table
                + " WHERE hashKey IN (CAST('user#user0000000' AS BLOB),"
                + " CAST('username#user0000000' AS BLOB), CAST('customer_id#iz0000000' AS BLOB)))",
            false);
    try {
      insert.stepThrough();
    } finally {
      insert.dispose();
    }
  }

  private static String other(String column) {
    return "CAST(replace(CAST(%1$s AS TEXT), '%2$s', substr('%2$s' || n, -7)) AS BLOB)"
        .formatted(column, DIGITS);
  }

  private static void suspend(SQLiteConnection store, String table) throws SQLiteException {
    store.exec(
        "UPDATE "
            + table
            + " SET indexKey_2 = CAST('suspended' AS BLOB), itemSize = itemSize + 3, ObjectJSON ="
            + " CAST(replace(CAST(ObjectJSON AS TEXT), '\"active\"', '\"suspended\"') AS BLOB)"
            + " WHERE CAST(hashKey AS TEXT) LIKE 'user#%"
            + Integer.toString(RARE).substring(1)
            + "'");
  }
}
