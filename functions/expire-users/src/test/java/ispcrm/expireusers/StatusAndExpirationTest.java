package ispcrm.expireusers;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.history.History;
import ispcrm.idempotency.Idempotency;
import ispcrm.template.Template;
import ispcrm.tokens.Tokens;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.Status;
import ispcrm.users.UpdateUserRequest;
import ispcrm.users.User;
import ispcrm.users.UserField;
import ispcrm.users.Users;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

/**
 * What becomes of the status and the expiration of a customer, for every order of two requests that
 * set either. infra/docs/expiry.md is the table; the system property {@code expiry.write} writes it
 * anew.
 */
class StatusAndExpirationTest {
  private static final Template TEMPLATE = Template.load(Map.of());
  private static final Path DOCUMENT = TEMPLATE.root().resolve("infra/docs/expiry.md");
  private static final Instant CREATED = Instant.parse("2100-01-01T00:00:00Z");
  private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

  /** The second request comes two hours after the first. */
  private static final Instant CHANGED = Instant.parse("2100-01-01T02:00:00Z");

  private static final Map<String, String> EXPIRATIONS = new LinkedHashMap<>();

  static {
    EXPIRATIONS.put("null", null);
    EXPIRATIONS.put("past", "2099-12-31");
    EXPIRATIONS.put("in between", "2100-01-01 01:00:00");
    EXPIRATIONS.put("future", "2101-01-01");
  }

  private Instant now;

  @Test
  void twoRequests_inEveryOrder_areAsTheTableSays() throws IOException {
    List<Map<String, Object>> requests = requests();
    StringBuilder table = new StringBuilder("\n| first \\ second |");
    requests.forEach(second -> table.append(' ').append(name(second)).append(" |"));
    table.append("\n|").append(" --- |".repeat(requests.size() + 1)).append('\n');
    try (LocalDynamoDb dynamoDb = LocalDynamoDb.start(TEMPLATE, null)) {
      Users users = new Users(dynamoDb.client(), "UsersTable");
      for (Map<String, Object> first : requests) {
        table.append("| ").append(name(first)).append(" |");
        List<String> ids = new ArrayList<>();
        now = CREATED;
        for (int i = 0; i < requests.size(); i++) {
          ids.add("u" + requests.indexOf(first) + "-" + i);
          Map<String, Object> body = new HashMap<>(first);
          body.put("id", ids.get(i));
          users.create(new CreateUserRequest(body).toUser("", "C" + ids.get(i), now));
        }
        expire(dynamoDb, CREATED.plus(TEN_MINUTES));
        expire(dynamoDb, CHANGED);
        List<String> responses = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
          responses.add(change(users, ids.get(i), requests.get(i)));
        }
        expire(dynamoDb, CHANGED.plus(TEN_MINUTES));
        for (int i = 0; i < requests.size(); i++) {
          User user = users.find(ids.get(i)).orElseThrow();
          assertConsistent(user, requests.get(i), first);
          table.append(' ').append(responses.get(i)).append(user.status()).append(" |");
        }
        table.append('\n');
      }
    }
    String document = Files.readString(DOCUMENT);
    String introduction = document.substring(0, document.indexOf("\n| "));
    if (Boolean.getBoolean("expiry.write")) {
      Files.writeString(DOCUMENT, introduction + table);
    }
    assertThat(Files.readString(DOCUMENT)).isEqualTo(introduction + table);
  }

  /** Only a request that says both may leave a customer active after the expiration. */
  private static void assertConsistent(
      User user, Map<String, Object> second, Map<String, Object> first) {
    Instant expiration = user.get(UserField.EXPIRATION);
    if (user.status() == Status.ACTIVE && expiration != null && !expiration.isAfter(CHANGED)) {
      assertThat(second.size() == 2 || first.size() == 2).as(first + ", " + second).isTrue();
    }
  }

  private String change(Users users, String id, Map<String, Object> body) {
    UpdateUserRequest update = new UpdateUserRequest(body);
    User before = users.find(id).orElseThrow();
    if (!update.contradictions(before, now).isEmpty()) {
      return "400, ";
    }
    User after = update.apply(before, now);
    assertThat(after.equals(before) || users.update(before, after).isEmpty()).isTrue();
    return "";
  }

  private void expire(LocalDynamoDb dynamoDb, Instant time) {
    now = time;
    Map<String, String> environment = TEMPLATE.functions().get("expire-users").environment();
    InstantSource clock = () -> now;
    new ExpireUsers(
            new Users(dynamoDb.client(), "UsersTable"),
            new Tokens(dynamoDb.client(), "TokensTable"),
            new History(dynamoDb.client(), environment),
            new Idempotency(dynamoDb.client(), environment, clock),
            true,
            clock)
        .apply(Duration.ofHours(1));
  }

  private static List<Map<String, Object>> requests() {
    List<Map<String, Object>> requests = new ArrayList<>();
    for (String status : List.of("active", "suspended", "expired")) {
      requests.add(Map.of("status", status));
    }
    for (String expiration : EXPIRATIONS.keySet()) {
      requests.add(Map.of("expiration", expiration));
    }
    requests.add(Map.of("status", "active", "expiration", "past"));
    requests.add(Map.of("status", "active", "expiration", "in between"));
    requests.add(Map.of("status", "suspended", "expiration", "in between"));
    return requests.stream().map(StatusAndExpirationTest::withTime).toList();
  }

  private static Map<String, Object> withTime(Map<String, Object> request) {
    Map<String, Object> body = new LinkedHashMap<>();
    if (request.containsKey("status")) {
      body.put("status", request.get("status"));
    }
    if (request.containsKey("expiration")) {
      body.put("expiration", EXPIRATIONS.get(request.get("expiration")));
    }
    return body;
  }

  private static String name(Map<String, Object> request) {
    StringJoiner name = new StringJoiner(", ");
    request.forEach(
        (field, value) ->
            name.add(
                field.equals("status")
                    ? value.toString()
                    : EXPIRATIONS.entrySet().stream()
                        .filter(one -> String.valueOf(one.getValue()).equals("" + value))
                        .map(Map.Entry::getKey)
                        .findFirst()
                        .orElseThrow()));
    return name.toString();
  }
}
