package ispcrm.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What the tables contain, and what must always be true of it. */
record StoredState(DynamoDbClient dynamoDb) {

  /** Every user has exactly its claims, and every claim has its user. */
  void checkClaims() {
    Map<String, String> claims = new TreeMap<>();
    Map<String, String> expected = new TreeMap<>();
    for (Map<String, AttributeValue> item : scan("UsersTable")) {
      String key = item.get("pk").s();
      if (!key.startsWith("user#")) {
        claims.put(key, item.get("id").s());
      } else if (!item.containsKey("deleted_at")) {
        String id = item.get("id").s();
        expected.put("name#" + id.toLowerCase(Locale.ROOT), id);
        expected.put("name#" + item.get("username").s().toLowerCase(Locale.ROOT), id);
        expected.put("customer_id#" + item.get("customer_id").s().toLowerCase(Locale.ROOT), id);
      }
    }
    assertThat(claims).isEqualTo(expected);
  }

  /**
   * Checks the claims, and that the history of every user leads to what is stored: the changes of
   * its entries, one after the other, fit together and end with the user's fields, and the tokens
   * that were created and revoked are those in the table.
   *
   * @return the number of entries
   */
  int check() {
    checkClaims();
    Map<String, List<Map<String, AttributeValue>>> entries = new TreeMap<>();
    for (Map<String, AttributeValue> entry : scan("HistoryTable")) {
      entries.computeIfAbsent(entry.get("user").s(), user -> new ArrayList<>()).add(entry);
    }
    int count = 0;
    for (Map<String, AttributeValue> item : scan("UsersTable")) {
      if (isUser(item)) {
        List<Map<String, AttributeValue>> own = entries.remove(item.get("id").s());
        assertThat(own).as(item.toString()).isNotNull();
        count += own.size();
        checkHistory(item, own);
      }
    }
    assertThat(entries).isEmpty();
    checkTokens();
    return count;
  }

  /** Whether an item is a user whom the API has created, unlike the caller. */
  private static boolean isUser(Map<String, AttributeValue> item) {
    return item.get("pk").s().startsWith("user#") && !item.get("id").s().equals(Requests.CALLER);
  }

  /** The history of a deleted user no longer names tokens. */
  private void checkTokens() {
    Set<String> users = new TreeSet<>();
    for (Map<String, AttributeValue> item : scan("UsersTable")) {
      if (isUser(item) && !item.containsKey("deleted_at")) {
        users.add(item.get("id").s());
      }
    }
    List<Map<String, AttributeValue>> tokens =
        scan("TokensTable").stream()
            .filter(token -> users.contains(token.get("user").s()))
            .toList();
    assertThat(tokens.stream().map(token -> token.get("id").s()))
        .containsExactlyInAnyOrderElementsOf(named(users, "token_created", "new"));
    assertThat(
            tokens.stream()
                .filter(token -> token.containsKey("revoked_at"))
                .map(token -> token.get("id").s()))
        .containsExactlyInAnyOrderElementsOf(named(users, "token_revoked", "old"));
  }

  /** The tokens that the history of these users names. */
  private List<String> named(Set<String> users, String action, String value) {
    return scan("HistoryTable").stream()
        .filter(entry -> users.contains(entry.get("user").s()))
        .filter(entry -> entry.get("action").s().equals(action))
        .map(entry -> entry.get("changes").m().get("token").m().get(value).s())
        .toList();
  }

  private static void checkHistory(
      Map<String, AttributeValue> user, List<Map<String, AttributeValue>> entries) {
    entries.removeIf(entry -> entry.get("action").s().startsWith("token_"));
    entries.sort(Comparator.comparing(entry -> entry.get("key").s()));
    boolean isDeleted = user.containsKey("deleted_at");
    List<String> actions = entries.stream().map(entry -> entry.get("action").s()).toList();
    assertThat(actions).first().isEqualTo("created");
    assertThat(actions.contains("deleted")).isEqualTo(isDeleted);
    if (isDeleted) {
      assertThat(actions).last().isEqualTo("deleted");
      return;
    }
    Map<String, AttributeValue> fields = new LinkedHashMap<>();
    for (Map<String, AttributeValue> entry : inOrder(entries)) {
      entry
          .get("changes")
          .m()
          .forEach(
              (field, change) -> {
                AttributeValue none = AttributeValue.fromNul(true);
                assertThat(fields.getOrDefault(field, none)).isEqualTo(change.m().get("old"));
                fields.put(field, change.m().get("new"));
              });
    }
    fields.values().removeIf(value -> Boolean.TRUE.equals(value.nul()));
    fields.forEach((field, value) -> assertThat(user.get(field)).as(field).isEqualTo(value));
  }

  /**
   * Two functions can make changes within the same millisecond, or with clocks that differ. The
   * values show which was first.
   */
  private static List<Map<String, AttributeValue>> inOrder(
      List<Map<String, AttributeValue>> entries) {
    Map<String, AttributeValue> fields = new LinkedHashMap<>();
    List<Map<String, AttributeValue>> rest = new ArrayList<>(entries);
    List<Map<String, AttributeValue>> ordered = new ArrayList<>();
    while (!rest.isEmpty()) {
      Map<String, AttributeValue> next =
          rest.stream().filter(entry -> fits(entry, fields)).findFirst().orElse(rest.get(0));
      rest.remove(next);
      ordered.add(next);
      next.get("changes").m().forEach((field, change) -> fields.put(field, change.m().get("new")));
    }
    return ordered;
  }

  private static boolean fits(
      Map<String, AttributeValue> entry, Map<String, AttributeValue> fields) {
    AttributeValue none = AttributeValue.fromNul(true);
    return entry.get("changes").m().entrySet().stream()
        .allMatch(
            change ->
                fields
                    .getOrDefault(change.getKey(), none)
                    .equals(change.getValue().m().get("old")));
  }

  List<Map<String, AttributeValue>> scan(String table) {
    return dynamoDb.scanPaginator(request -> request.tableName(table)).items().stream().toList();
  }

  void removeClaim(String key) {
    dynamoDb.deleteItem(
        r -> r.tableName("UsersTable").key(Map.of("pk", AttributeValue.fromS(key))));
  }

  void addClaim(String key, String id) {
    dynamoDb.putItem(
        r ->
            r.tableName("UsersTable")
                .item(Map.of("pk", AttributeValue.fromS(key), "id", AttributeValue.fromS(id))));
  }
}
