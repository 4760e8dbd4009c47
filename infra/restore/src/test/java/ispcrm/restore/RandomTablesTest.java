package ispcrm.restore;

import static ispcrm.dynamodb.DynamoDb.number;
import static ispcrm.dynamodb.DynamoDb.text;
import static ispcrm.restore.Sandbox.NOW;
import static ispcrm.restore.Sandbox.with;
import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.access.Role;
import ispcrm.restore.Sandbox.Result;
import ispcrm.users.Status;
import ispcrm.users.User;
import ispcrm.users.UserField;
import ispcrm.values.Timestamps;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What must hold for any two tables. Ids, usernames and customer numbers are so few that they often
 * collide, and the restored tables contain every kind of damage.
 */
class RandomTablesTest {
  private static final int VALUES = 20;
  private static final Sandbox SANDBOX = new Sandbox();

  @AfterAll
  static void close() {
    SANDBOX.close();
  }

  static IntStream seeds() {
    return IntStream.range(0, 5);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void users(int seed) {
    Random random = new Random(seed);
    var before = soundUsers(random);
    String to = fill(SANDBOX.newUsersTable(), before);
    var restored = damagedUsers(random);
    String from = fill(SANDBOX.newUsersTable(), restored);

    Result copied = SANDBOX.restore(from, to);
    var after = SANDBOX.items(to);
    assertThat(after).containsAllEntriesOf(before);
    assertThat(claims(after)).isEqualTo(claimsOfUsers(after));
    after.forEach(
        (key, user) -> {
          if (StoredUser.isUser(key) && !before.containsKey(key)) {
            assertThat(with(user, "status", null))
                .isEqualTo(with(restored.get(key), "status", null));
            assertThat(user.get("status"))
                .isEqualTo(isCustomer(user) ? restored.get(key).get("status") : text("disabled"));
          }
        });
    restored.forEach(
        (key, user) -> {
          if (StoredUser.isUser(key) && !after.containsKey(key)) {
            assertThat(copied.err()).contains("left out: " + key + ": ");
          }
        });
    assertThat(copied.status()).isEqualTo(copied.err().isEmpty() ? 0 : 1);
    assertThat(SANDBOX.restore(from, to).status()).isEqualTo(copied.status());
    assertThat(SANDBOX.items(to)).isEqualTo(after);

    Result prepared = SANDBOX.restore(from);
    var adopted = SANDBOX.items(from);
    assertThat(users(adopted).keySet()).isEqualTo(users(restored).keySet());
    adopted.forEach(
        (key, item) -> {
          if (StoredUser.isUser(key)) {
            assertThat(isCustomer(item) || item.get("status").s().equals("disabled")).isTrue();
            if (!prepared.err().contains("needs repair: " + key + ": ")) {
              assertThat(claims(adopted)).containsAllEntriesOf(claimsOfUsers(Map.of(key, item)));
            }
          } else {
            var owner = adopted.get("user#" + item.get("id").s());
            // A broken user keeps all claims, because any of them may be right.
            if (owner.containsKey("name")) {
              assertThat(claimsOfUsers(Map.of("owner", owner))).containsKey(key);
            }
          }
        });
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void tokens(int seed) {
    Random random = new Random(seed);
    var before = tokens(random);
    String to = fill(SANDBOX.newTokensTable(), before);
    var restored = tokens(random);
    String from = fill(SANDBOX.newTokensTable(), restored);

    SANDBOX.restore(from, to);
    var after = SANDBOX.items(to);
    assertThat(after).containsAllEntriesOf(before);
    after.forEach(
        (key, token) -> {
          if (!before.containsKey(key)) {
            assertThat(token).containsKey("revoked_at");
            assertThat(with(token, "revoked_at", null))
                .isEqualTo(with(restored.get(key), "revoked_at", null));
          }
        });
    SANDBOX.restore(from, to);
    assertThat(SANDBOX.items(to)).isEqualTo(after);

    SANDBOX.restore(from);
    assertThat(SANDBOX.items(from).keySet()).isEqualTo(restored.keySet());
    assertThat(SANDBOX.items(from).values())
        .allSatisfy(token -> assertThat(token).containsKey("revoked_at"));
  }

  private static boolean isCustomer(Map<String, AttributeValue> user) {
    return user.get("role").equals(text("customer"));
  }

  private static String fill(String table, Map<String, Map<String, AttributeValue>> items) {
    items.values().forEach(item -> SANDBOX.put(table, item));
    return table;
  }

  private static Map<String, Map<String, AttributeValue>> users(
      Map<String, Map<String, AttributeValue>> items) {
    Map<String, Map<String, AttributeValue>> users = new TreeMap<>(items);
    users.keySet().removeIf(key -> !key.startsWith("user#"));
    return users;
  }

  /** The owners of the claims. */
  private static Map<String, String> claims(Map<String, Map<String, AttributeValue>> items) {
    Map<String, String> claims = new TreeMap<>();
    items.forEach(
        (key, item) -> {
          if (!key.startsWith("user#")) {
            claims.put(key, item.get("id").s());
          }
        });
    return claims;
  }

  /** The claims that the users must have. Fails if two have the same one. */
  private static Map<String, String> claimsOfUsers(Map<String, Map<String, AttributeValue>> items) {
    Map<String, String> claims = new TreeMap<>();
    for (Map<String, AttributeValue> user : items.values()) {
      if (user.containsKey("listing")) {
        for (String field : List.of("id", "username", "customer_id")) {
          String key =
              (field.equals("customer_id") ? field : "name")
                  + "#"
                  + user.get(field).s().toLowerCase(Locale.ROOT);
          assertThat(claims.put(key, user.get("id").s())).as(key).isNull();
        }
      }
    }
    return claims;
  }

  private static Map<String, Map<String, AttributeValue>> soundUsers(Random random) {
    Map<String, Map<String, AttributeValue>> items = new TreeMap<>();
    for (int i = 0; i < VALUES; i++) {
      var user = user(random);
      Map<String, String> claims = claimsOfUsers(Map.of("", user));
      if (!items.containsKey(user.get("pk").s())
          && claims.keySet().stream().noneMatch(items::containsKey)) {
        items.put(user.get("pk").s(), user);
        claims.forEach((key, id) -> items.put(key, claim(key, id)));
      }
    }
    return items;
  }

  private static Map<String, Map<String, AttributeValue>> damagedUsers(Random random) {
    Map<String, Map<String, AttributeValue>> items = new TreeMap<>();
    for (int i = 0; i < VALUES; i++) {
      var user = user(random);
      items.put(user.get("pk").s(), random.nextInt(8) == 0 ? with(user, "name", null) : user);
      claimsOfUsers(Map.of("", user)).forEach((key, id) -> items.put(key, claim(key, id)));
    }
    for (int i = 0; i < random.nextInt(VALUES); i++) {
      String key = "name#n" + random.nextInt(VALUES);
      items.put(key, claim(key, "u" + random.nextInt(VALUES)));
      items.remove("customer_id#c" + random.nextInt(VALUES));
    }
    return items;
  }

  @SafeVarargs
  private static <T> T any(Random random, T... values) {
    return values[random.nextInt(values.length)];
  }

  private static Map<String, AttributeValue> claim(String key, String id) {
    return Map.of("pk", text(key), "id", text(id));
  }

  private static Map<String, AttributeValue> user(Random random) {
    String username = (random.nextBoolean() ? "n" : "N") + random.nextInt(VALUES);
    User user =
        User.builder()
            .set(UserField.ID, "u" + random.nextInt(VALUES))
            .set(UserField.USERNAME, username)
            .set(UserField.NAME, "A name")
            .set(UserField.CUSTOMER_ID, "C" + random.nextInt(VALUES))
            .set(UserField.STATUS, any(random, Status.values()))
            .set(UserField.ROLE, any(random, Role.values()))
            .setCreated(NOW.minusSeconds(random.nextInt(2)))
            .build();
    Map<String, AttributeValue> item = new HashMap<>();
    user.settableFields()
        .forEach(
            (name, value) -> {
              if (value != null) {
                item.put(name, text(value.toString()));
              }
            });
    item.put("created_at", text(Timestamps.format(user.get(UserField.CREATED_AT))));
    item.put("updated_at", item.get("created_at"));
    item.put("pk", text("user#" + user.id()));
    item.put("listing", text("users"));
    item.put("username_key", text(username.toLowerCase(Locale.ROOT)));
    return item;
  }

  private static Map<String, Map<String, AttributeValue>> tokens(Random random) {
    Map<String, Map<String, AttributeValue>> items = new TreeMap<>();
    for (int i = 0; i < VALUES; i++) {
      Map<String, AttributeValue> item = new HashMap<>();
      String hash = "hash" + random.nextInt(2 * VALUES);
      item.put("sha256", text(hash));
      item.put("id", text("id-" + random.nextInt(1000)));
      item.put("user", text("u" + random.nextInt(VALUES)));
      item.put("scopes", text("users:read"));
      item.put("created_by", text("admin"));
      item.put("created_at", number(NOW.getEpochSecond() - 100));
      item.put("expires_at", number(NOW.getEpochSecond() - 2 + random.nextInt(5)));
      if (random.nextInt(3) == 0) {
        item.put("revoked_at", number(NOW.getEpochSecond() - 50));
      }
      if (random.nextInt(6) == 0) {
        item.remove(any(random, "id", "created_by", "expires_at"));
      }
      items.put(hash, item);
    }
    return items;
  }
}
