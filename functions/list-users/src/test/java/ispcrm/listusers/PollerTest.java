package ispcrm.listusers;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.http.ApiRequest;
import ispcrm.template.Template;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.UpdateUserRequest;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client that polls with {@code updated_since} while users change ends with exactly the table's
 * users. Some changes become visible only seconds after their time, as a slow write does.
 */
class PollerTest {
  private static final int CHANGES = 500;
  private static final int MAX_DELAY_SECONDS = 14;

  private final Random random = new Random(12);
  private final Map<String, JsonNode> copy = new TreeMap<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00.500Z");
  private String since = "2026-01-01";

  @Test
  void theCopyIsTheTable() {
    try (LocalDynamoDb dynamoDb = LocalDynamoDb.start(Template.load(Map.of()), null)) {
      Users users = new Users(dynamoDb.client(), "UsersTable");
      ListUsers list = new ListUsers(users, () -> now);
      List<String> ids = new ArrayList<>();
      int polls = 0;
      for (int change = 0; change < CHANGES; change++) {
        Instant begin = now;
        if (random.nextInt(10) == 0) {
          now = now.plusSeconds(random.nextInt(MAX_DELAY_SECONDS));
          // What the others see while this write is under way.
          poll(list);
        }
        change(users, ids, begin.truncatedTo(ChronoUnit.SECONDS));
        now = now.plusMillis(random.nextInt(3000));
        if (random.nextInt(20) == 0) {
          poll(list);
          polls++;
        }
      }
      now = now.plusSeconds(60);
      poll(list);
      assertThat(polls).isGreaterThan(10);
      Map<String, JsonNode> table = new TreeMap<>();
      pages(list, Map.of("limit", List.of("200")))
          .forEach(user -> table.put(user.get("id").asString(), user));
      assertThat(copy).isEqualTo(table).hasSizeGreaterThan(100);
    }
  }

  private void change(Users users, List<String> ids, Instant time) {
    int kind = random.nextInt(10);
    if (ids.isEmpty() || kind < 4) {
      String id = "u" + ids.size() + "-" + random.nextInt(1000);
      User user = new CreateUserRequest(Map.of("id", id)).toUser(id, "C" + ids.size(), time);
      assertThat(users.create(user)).isEmpty();
      ids.add(id);
      return;
    }
    String id = ids.get(random.nextInt(ids.size()));
    User before = users.find(id).orElse(null);
    if (before == null) {
      return;
    }
    if (kind == 9) {
      assertThat(users.delete(before, time)).isTrue();
    } else {
      User after =
          new UpdateUserRequest(Map.of("name", "Name " + random.nextInt())).apply(before, time);
      assertThat(users.update(before, after)).isEmpty();
    }
  }

  /** Reads what has changed since the last poll, as the contract describes. */
  private void poll(ListUsers list) {
    for (JsonNode user : pages(list, Map.of("updated_since", List.of(since)))) {
      String id = user.get("id").asString();
      if (user.get("status").asString().equals("deleted")) {
        copy.remove(id);
      } else {
        copy.put(id, user);
      }
    }
  }

  private List<JsonNode> pages(ListUsers list, Map<String, List<String>> first) {
    List<JsonNode> users = new ArrayList<>();
    Map<String, List<String>> query = first;
    while (query != null) {
      Map<String, Object> event = new LinkedHashMap<>();
      event.put("multiValueQueryStringParameters", query);
      JsonNode page =
          new JsonMapper()
              .readTree(list.apply(ApiRequest.of(event, "https://crm.example.net")).body());
      page.get("users").forEach(users::add);
      assertThat(page.has("updated_until"))
          .isEqualTo(first.containsKey("updated_since") && page.at("/_links/next").isMissingNode());
      since = page.path("updated_until").asString(since);
      JsonNode next = page.at("/_links/next");
      query = next.isMissingNode() ? null : query(next.asString());
    }
    return users;
  }

  private static Map<String, List<String>> query(String url) {
    Map<String, List<String>> query = new LinkedHashMap<>();
    for (String parameter : URI.create(url).getRawQuery().split("&", -1)) {
      String[] parts = parameter.split("=", 2);
      query.put(parts[0], List.of(URLDecoder.decode(parts[1], StandardCharsets.UTF_8)));
    }
    return query;
  }
}
