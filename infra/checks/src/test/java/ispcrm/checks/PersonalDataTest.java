package ispcrm.checks;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.history.Event;
import ispcrm.history.History;
import ispcrm.template.Template;
import ispcrm.webhooks.Deliveries;
import ispcrm.webhooks.Due;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;

/** The runbook lists everything that the tables store about a person, and what removes it. */
class PersonalDataTest {
  private static final Template TEMPLATE = Template.load(Map.of());
  private static final Pattern ROW =
      Pattern.compile(
          "^\\| table of ([a-z ]+)(?:,[^|]*)? \\| ([^|]+) \\| ([^|]+) \\|$", Pattern.MULTILINE);
  private static final Pattern ATTRIBUTE = Pattern.compile("`([A-Za-z_0-9]+)`");
  private static final Map<String, String> TABLES =
      Map.of(
          "users", "UsersTable",
          "tokens", "TokensTable",
          "the history", "HistoryTable",
          "stored responses", "IdempotencyTable",
          "passwords", "PasswordsTable",
          "webhooks", "WebhooksTable");

  private static final String PASSWORD = "kQ7-pa\"ss%{User-Name}";

  /** The user whom the authorizer's event reads. */
  private static final String ID = "jonewe";

  private static final String KEY = "key";

  private LocalDynamoDb dynamoDb;
  private Requests requests;
  private final List<String> log = new ArrayList<>();

  /**
   * A row of the runbook's table.
   *
   * @param isErased whether the deletion of the user removes the attributes
   */
  private record Row(String table, Set<String> attributes, boolean isErased) {}

  @BeforeEach
  void createUserWithEverything() {
    dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    dynamoDb.useInThisProcess();
    requests = new Requests(new LocalLambda(TEMPLATE, log::add));
    Requests.storeCaller(dynamoDb.client());
    requests.createUser(
        """
        {"id":"jonewe","username":"jon","name":"Jon Ewe","customer_id":"IZ1","status":"active",
         "status_reason":"Paid","expiration":"2020-01-01","activated_at":"2024-01-01",
         "mac":"AA:BB:CC:DD:EE:FF","profile_id":1,"profile_name":"100 Mbps","radius_id":2,
         "email":"jon@example.net","phone":"+1 555 0100","address":"Hill 1\\nTown","notes":"Dog",
         "metadata":{"line":"a7"}}
        """,
        KEY);
    requests.updateUser(ID, "{\"name\":\"Jonathan Ewe\"}");
    requests.setPassword(ID, "{\"password\":\"" + PASSWORD.replace("\"", "\\\"") + "\"}");
    JsonNode token =
        requests
            .createToken(
                """
                {"user":"jonewe","description":"Portal","scopes":["self:read"],
                 "allowed_ips":["0.0.0.0/0"]}
                """,
                KEY)
            .body()
            .get("data");
    requests
        .lambda()
        .invoke(
            "authorizer",
            Checkout.read("events/authorizer/bearer.json")
                .replaceAll("ispcrm_[0-9A-Za-z]+", token.get("token").asString()));
    requests.revokeToken(token.get("id").asString());
    requests.revokeTokensOfUser(ID);
    History history = new History(dynamoDb.client(), environment());
    Event event =
        history
            .events(new History.EventFilter(Set.of(), ID, null, Instant.now()), null, 1)
            .matches()
            .get(0);
    new Deliveries(dynamoDb.client(), environment())
        .write(List.of(new Deliveries.Work("webhook", Due.event(event.time(), event))));
  }

  private static Map<String, String> environment() {
    return TEMPLATE.functions().get("deliver-events").environment();
  }

  @AfterEach
  void stop() {
    dynamoDb.close();
  }

  @Test
  void runbook_listsEveryAttributeOfEveryTable() {
    Map<String, Set<String>> stored = attributes();
    requests.deleteUser(ID);
    attributes().forEach((table, names) -> stored.get(table).addAll(names));
    Map<String, Set<String>> listed = new TreeMap<>();
    for (Row row : rows()) {
      listed.computeIfAbsent(row.table(), table -> new TreeSet<>()).addAll(row.attributes());
    }
    assertThat(listed).isEqualTo(stored);
  }

  @Test
  void deletion_removesWhatTheRunbookSays() {
    requests.deleteUser(ID);
    Map<String, Set<String>> stored = attributes();
    Map<String, Set<String>> kept = new TreeMap<>();
    for (Row row : rows()) {
      kept.computeIfAbsent(row.table(), table -> new TreeSet<>())
          .addAll(row.isErased() ? Set.of() : row.attributes());
    }
    assertThat(stored).isEqualTo(kept);
  }

  @Test
  void password_isInItsTableAloneAndNowhereAfterTheDeletion() {
    assertThat(tablesWithPassword()).containsExactly("PasswordsTable");
    List<Object> responses =
        List.of(
            requests.getUser(ID),
            requests.listUsers(Map.of()),
            requests.history(ID),
            requests.setPassword(ID, "{\"password\":[\"" + PASSWORD.substring(0, 6) + "\"]}"),
            requests.setPassword(ID, "{\"password\":\"" + PASSWORD.substring(0, 6)));
    assertThat(responses.toString()).doesNotContain(PASSWORD.substring(0, 6));
    requests.deleteUser(ID);
    assertThat(tablesWithPassword()).isEmpty();
    assertThat(log.toString()).doesNotContain(PASSWORD.substring(0, 6));
  }

  private List<String> tablesWithPassword() {
    return dynamoDb.client().listTables().tableNames().stream()
        .filter(
            table ->
                dynamoDb
                    .client()
                    .scan(scan -> scan.tableName(table))
                    .items()
                    .toString()
                    .contains(PASSWORD))
        .toList();
  }

  /** The names of the attributes that each table has of the user. */
  private Map<String, Set<String>> attributes() {
    Map<String, Set<String>> names = new TreeMap<>();
    for (String table : dynamoDb.client().listTables().tableNames()) {
      if (table.equals("ProfilesTable")) {
        continue; // It contains nobody's data.
      }
      names.put(table, new TreeSet<>());
      for (Map<String, AttributeValue> item :
          dynamoDb.client().scan(scan -> scan.tableName(table)).items()) {
        if (isOfUser(item)) {
          names.get(table).addAll(item.keySet());
        }
      }
    }
    return names;
  }

  /** The administrator's items are not of the user. */
  private static boolean isOfUser(Map<String, AttributeValue> item) {
    return !Requests.CALLER.equals(
        item.getOrDefault("user", item.getOrDefault("id", AttributeValue.fromS(ID))).s());
  }

  private static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (MatchResult row : ROW.matcher(Checkout.read("infra/docs/runbook.md")).results().toList()) {
      Set<String> attributes =
          ATTRIBUTE
              .matcher(row.group(2))
              .results()
              .map(name -> name.group(1))
              .collect(Collectors.toCollection(TreeSet::new));
      rows.add(
          new Row(TABLES.get(row.group(1)), attributes, row.group(3).startsWith("the deletion")));
    }
    return rows;
  }
}
