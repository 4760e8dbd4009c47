package ispcrm.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import ispcrm.emulation.CallingToken;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Everything that a client determines. Jazzer generates it, guided by which of our code it reaches;
 * {@code mvn verify} only repeats the inputs that are kept in the test resources. Whatever the
 * input is, the response is never a 5xx, nobody gets in without the token, and what was accepted
 * can be read again.
 *
 * @see <a href="https://github.com/CodeIntelligenceTesting/jazzer">Jazzer</a>
 */
class ClientInputFuzzTest {
  private static final Template TEMPLATE = Template.load(Map.of());
  private static final JsonMapper JSON = JsonMapper.shared();

  /** What our parsers know, so that it need not be guessed. */
  private static final String WORDS = "words.dict";

  /** Stands for the administrator's token in an input, because each run has another. */
  private static final String TOKEN = "{token}";

  /** After so many, the tables are emptied, so that an hour of fuzzing fits into memory. */
  private static final int MAX_CREATED = 500;

  private static LocalDynamoDb dynamoDb;
  private static LocalLambda lambda;
  private static String token;
  private static int created;

  private record Response(int status, String body) {}

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    dynamoDb.useInThisProcess();
    lambda = new LocalLambda(TEMPLATE);
    fill();
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  /** Lines of headers, as {@code Authorization: Bearer x}. */
  @DictionaryFile(resourcePath = WORDS)
  @FuzzTest
  void token(byte[] data) {
    String text = text(data);
    Map<String, List<String>> headers = headers(text.replace(TOKEN, token).lines().toList());
    if (authorize(headers, "192.0.2.1").equals("Allow")) {
      assertThat(text).contains(TOKEN);
    }
  }

  /** A body. */
  @DictionaryFile(resourcePath = WORDS)
  @FuzzTest
  void creation(byte[] data) {
    Response response = call("POST", "create-user", null, "", List.of(), text(data));
    if (response.status() == 201) {
      assertReadable(response);
    }
  }

  /** A line with If-Match, and a body. */
  @DictionaryFile(resourcePath = WORDS)
  @FuzzTest
  void update(byte[] data) {
    String[] parts = text(data).split("\n", 2);
    Response response =
        call(
            "PATCH",
            "update-user",
            "jonewe",
            "",
            parts[0].isEmpty() ? List.of() : List.of("If-Match: " + parts[0]),
            parts.length == 2 ? parts[1] : "");
    if (response.status() == 200) {
      assertReadable(response);
    }
  }

  /** A body. */
  @DictionaryFile(resourcePath = WORDS)
  @FuzzTest
  void tokenCreation(byte[] data) {
    Response response = call("POST", "create-token", null, "", List.of(), text(data));
    if (response.status() == 201) {
      String id = JSON.readTree(response.body()).at("/data/id").asString();
      assertThat(call("GET", "get-token", id, "", List.of(), "").status()).isEqualTo(200);
    }
  }

  /** A query string before the cursor, and the cursor in the last line. */
  @DictionaryFile(resourcePath = WORDS)
  @FuzzTest
  void cursor(byte[] data) {
    String text = text(data);
    int end = text.lastIndexOf('\n');
    String query = text.substring(0, Math.max(end, 0)) + "&cursor=" + text.substring(end + 1);
    call("GET", "list-users", null, query, List.of(), "");
    call("GET", "list-tokens", null, query, List.of(), "");
    call("GET", "list-user-history", "jonewe", query, List.of(), "");
  }

  /** A query string, decoded. */
  @DictionaryFile(resourcePath = WORDS)
  @FuzzTest
  void query(byte[] data) {
    for (String function : List.of("list-users", "list-tokens", "get-user", "discover-root")) {
      call("GET", function, "jonewe", text(data), List.of(), "");
    }
  }

  /** The client's address, and lines of blocks that a token is limited to. */
  @DictionaryFile(resourcePath = WORDS)
  @FuzzTest
  void addresses(byte[] data) {
    List<String> lines = new ArrayList<>(text(data).lines().toList());
    String address = lines.isEmpty() ? "" : lines.remove(0);
    Response response =
        call(
            "POST",
            "create-token",
            null,
            "",
            List.of(),
            JSON.writeValueAsString(Map.of("user", "jonewe", "allowed_ips", lines)));
    if (response.status() == 201) {
      String restricted = JSON.readTree(response.body()).at("/data/token").asString();
      assertThat(authorize(Map.of("X-Auth-Token", List.of(restricted)), address))
          .isIn("Allow", "Deny");
    }
  }

  /**
   * A request to any endpoint: a line with the method, the function, and the id with the query
   * string; headers; an empty line; a body.
   */
  @DictionaryFile(resourcePath = WORDS)
  @FuzzTest
  void event(byte[] data) {
    String[] parts = text(data).split("\n\n", 2);
    List<String> lines = new ArrayList<>(parts[0].lines().toList());
    String[] line = (lines.isEmpty() ? "" : lines.remove(0)).split(" ", 3);
    String function = line.length > 1 ? line[1] : "";
    List<String> functions =
        TEMPLATE.functions().values().stream()
            .filter(endpoint -> !endpoint.routes().isEmpty())
            .map(Template.LambdaFunction::name)
            .sorted()
            .toList();
    String[] target = (line.length > 2 ? line[2] : "").split("\\?", 2);
    call(
        line[0],
        functions.contains(function)
            ? function
            : functions.get(Math.floorMod(function.hashCode(), functions.size())),
        target[0],
        target.length == 2 ? target[1] : "",
        lines,
        parts.length == 2 ? parts[1] : "");
  }

  /** API Gateway makes such text of bytes that are not UTF-8. */
  private static String text(byte[] data) {
    return new String(data, StandardCharsets.UTF_8);
  }

  private static Map<String, List<String>> headers(List<String> lines) {
    return lines.stream()
        .map(line -> line.split(": ?", 2))
        .filter(header -> header.length == 2)
        .collect(
            Collectors.groupingBy(
                header -> header[0],
                LinkedHashMap::new,
                Collectors.mapping(header -> header[1], Collectors.toList())));
  }

  private static Map<String, List<String>> parameters(String query) {
    return Arrays.stream(query.split("&"))
        .filter(parameter -> !parameter.isEmpty())
        .map(parameter -> (parameter + "=").split("=", 2))
        .collect(
            Collectors.groupingBy(
                parameter -> parameter[0],
                LinkedHashMap::new,
                Collectors.mapping(
                    parameter -> parameter[1].replaceFirst("=$", ""), Collectors.toList())));
  }

  /** Calls an endpoint's function for an administrator. Whatever is sent, the response is sound. */
  private static Response call(
      String method, String function, String id, String query, List<String> headers, String body) {
    if (method.equals("POST") && created > MAX_CREATED) {
      fill();
    }
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("httpMethod", method);
    event.put("path", "/api/v1/users");
    event.put("body", body);
    event.put("multiValueQueryStringParameters", parameters(query));
    event.put("multiValueHeaders", headers(headers));
    if (id != null) {
      event.put("pathParameters", Map.of("id", id));
    }
    event.put(
        "requestContext",
        Map.of(
            "requestId",
            "r",
            "authorizer",
            Map.of(
                "token_id", CallingToken.ID,
                "token_key", CallingToken.KEY,
                "token_created_at", CallingToken.CREATED_AT,
                "user_id", "admin",
                "role", "admin",
                "scopes",
                    "users:read users:write users:delete staff:write history:read tokens:read"
                        + " tokens:write",
                "is_narrowed", "false",
                "token_expires_at", "2100-01-01T00:00:00Z",
                "address", "192.0.2.1")));
    JsonNode output = JSON.readTree(lambda.invoke(function, JSON.writeValueAsString(event)));
    Response response =
        new Response(output.get("statusCode").asInt(), output.get("body").asString());
    assertThat(response.status()).as(response.body()).isBetween(200, 499);
    if (response.status() >= 400 && !method.equals("HEAD")) {
      assertThat(JSON.readTree(response.body()).at("/code").asString()).isNotEmpty();
    }
    if (response.status() == 201) {
      created++;
    }
    return response;
  }

  /** A user that was written can be read again, by its id and in a list. */
  private static void assertReadable(Response written) {
    JsonNode user = JSON.readTree(written.body()).get("data");
    Response read = call("GET", "get-user", user.get("id").asString(), "", List.of(), "");
    assertThat(JSON.readTree(read.body()).get("data")).isEqualTo(user);
    Response list = call("GET", "list-users", null, "limit=200", List.of(), "");
    assertThat(list.status()).isEqualTo(200);
  }

  private static String authorize(Map<String, List<String>> headers, String address) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("methodArn", "arn");
    event.put("httpMethod", "GET");
    event.put("resource", "/api/v1");
    event.put("multiValueHeaders", headers);
    event.put("requestContext", Map.of("requestId", "r", "identity", Map.of("sourceIp", address)));
    String request = JSON.writeValueAsString(event);
    try {
      return JSON.readTree(lambda.invoke("authorizer", request))
          .at("/policyDocument/Statement/0/Effect")
          .asString();
    } catch (RuntimeException e) {
      // API Gateway turns this message, and no other, into a 401.
      assertThatThrownBy(
              () -> {
                throw e;
              })
          .hasMessage("Unauthorized");
      return "Unauthorized";
    }
  }

  /** Leaves an administrator with a token, and a customer. */
  private static void fill() {
    created = 0;
    DynamoDbClient client = dynamoDb.client();
    for (String table : TEMPLATE.tables().keySet()) {
      List<String> keys =
          client.describeTable(request -> request.tableName(table)).table().keySchema().stream()
              .map(key -> key.attributeName())
              .toList();
      client
          .scanPaginator(request -> request.tableName(table))
          .items()
          .forEach(
              item -> {
                Map<String, AttributeValue> key = new LinkedHashMap<>(item);
                key.keySet().retainAll(keys);
                client.deleteItem(request -> request.tableName(table).key(key));
              });
    }
    token = JSON.readTree(lambda.invoke("bootstrap-admin", "{}")).get("token").asString();
    CallingToken.store(client, "admin");
    String jonewe = "{\"id\":\"jonewe\",\"name\":\"Jon Ewe\",\"radius_id\":1}";
    assertThat(call("POST", "create-user", null, "", List.of(), jonewe).status()).isEqualTo(201);
  }
}
