package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.e2e.Api.Response;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Every code in the contract's table of errors is the response to a request. */
class ErrorCodesIT {
  private static final String USERS = "/api/v1/users";
  private static final String TOKENS = "/api/v1/tokens";
  private static final String WEBHOOKS = "/api/v1/webhooks";

  /** Only API Gateway returns it; TemplateTest checks the response that it is configured with. */
  private static final Map<String, Integer> OF_API_GATEWAY_ONLY = Map.of("timeout", 504);

  private final Map<String, Integer> seen = new TreeMap<>(OF_API_GATEWAY_ONLY);

  @Test
  void everyErrorOfTheTableIsReturned() throws Exception {
    String dynamoDb = "127.0.0.1:" + LocalRun.freePort();
    try (LocalRun run = LocalRun.start(Map.of("ISPCRM_DYNAMODB", dynamoDb))) {
      errorsOfRequests(run.api());
      errorsOfOtherCallers(run.api());
      errorsOfUsers(run.api());
      errorsOfWebhooks(run.api());
      see(requestsThatConflict(run.api()));
      deleteHistory(dynamoDb);
      see(run.api().get(USERS + "/jonewe/history"));
      see(run.api().as(null).get("/api/v1/health"));
    }
    try (LocalRun run = LocalRun.start(Map.of("ISPCRM_THROTTLE", "on"))) {
      for (int request = 0; request < 20 && !seen.containsKey("throttled"); request++) {
        see(run.api().sendOnce("POST", TOKENS, "{}"));
      }
    }
    assertThat(seen).isEqualTo(Contract.errors());
  }

  private void errorsOfRequests(Api api) {
    see(api.get(USERS + "/%00"));
    see(api.get(USERS + "/nobody"));
    see(api.get(USERS + "?limit=x"));
    see(api.get(USERS + "?cursor=x"));
    see(api.post(USERS, "[]"));
    see(api.post(USERS, "{\"id\":\"a\",\"id\":\"b\"}"));
    see(api.post(USERS, "{}"));
    see(api.post(USERS, "{\"id\":\"" + "a".repeat(70_000) + "\"}"));
    see(api.send("PUT", USERS, "{}"));
    see(api.send("POST", USERS, "{\"id\":\"a\"}", "Idempotency-Key", "two words"));
  }

  private void errorsOfOtherCallers(Api api) {
    see(api.as(null).get(USERS));
    api.post(USERS, "{\"id\":\"customer\"}").expect(201);
    see(api.as(api.createToken("customer")).get(USERS));
    String elsewhere =
        api.post(TOKENS, "{\"user\":\"admin\",\"allowed_ips\":[\"192.0.2.1\"]}")
            .expect(201)
            .json()
            .at("/data/token")
            .asString();
    see(api.as(elsewhere).get(USERS));
  }

  private void errorsOfUsers(Api api) {
    api.post(USERS, "{\"id\":\"other-admin\",\"role\":\"admin\"}").expect(201);
    Api other = api.as(api.createToken("other-admin"));
    see(other.send("DELETE", USERS + "/other-admin", null));
    see(other.send("PATCH", USERS + "/admin", "{\"role\":\"staff\"}"));

    api.send("POST", USERS, "{\"id\":\"a\",\"status\":\"disabled\"}", "Idempotency-Key", "1")
        .expect(201);
    see(api.send("POST", USERS, "{\"id\":\"b\"}", "Idempotency-Key", "1"));
    see(api.post(USERS, "{\"id\":\"a\"}"));
    see(api.post(TOKENS, "{\"user\":\"a\"}"));
    see(api.send("DELETE", "/api/v1/profiles/10", null));
    see(api.send("PUT", USERS + "/admin/password", "{\"password\":\"x\"}"));
    see(api.send("PATCH", USERS + "/a", "{\"name\":\"A\"}", "If-Match", "\"old\""));
    see(api.send("PATCH", USERS + "/a", "[]", "Content-Type", "application/json-patch+json"));
    api.send("DELETE", USERS + "/a", null).expect(200);
    see(api.post(USERS, "{\"id\":\"a\"}"));
  }

  private void errorsOfWebhooks(Api api) {
    String body = "{\"url\":\"https://hooks.example.net/\",\"status\":\"disabled\"}";
    for (int i = 0; i < 20; i++) {
      api.post(WEBHOOKS, body).expect(201);
    }
    see(api.post(WEBHOOKS, body));
    String id = api.get(WEBHOOKS).expect(200).json().at("/webhooks/0/id").asString();
    see(api.post(WEBHOOKS + "/" + id + "/test", "{}"));
  }

  /** One of many updates of the same user at once that gave up. */
  private static Response requestsThatConflict(Api api) throws Exception {
    List<Response> conflicts = new ArrayList<>();
    ExecutorService clients = Executors.newFixedThreadPool(16);
    try {
      for (int round = 0; round < 40 && conflicts.isEmpty(); round++) {
        List<Callable<Response>> updates =
            IntStream.range(0, 16)
                .<Callable<Response>>mapToObj(
                    number ->
                        () ->
                            api.send("PATCH", USERS + "/customer", "{\"name\":\"" + number + "\"}"))
                .toList();
        for (Future<Response> update : clients.invokeAll(updates)) {
          if (update.get().status() == 409) {
            conflicts.add(update.get());
          }
        }
      }
    } finally {
      clients.shutdownNow();
    }
    assertThat(conflicts).as("updates that gave up").isNotEmpty();
    return conflicts.get(0);
  }

  private static void deleteHistory(String dynamoDb) {
    try (DynamoDbClient client =
        DynamoDbClient.builder()
            .endpointOverride(URI.create("http://" + dynamoDb))
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
            .build()) {
      client.deleteTable(request -> request.tableName("HistoryTable"));
    }
  }

  private void see(Response error) {
    String code = error.json().path("code").asString(error.request() + ": " + error.body());
    seen.putIfAbsent(code, error.status());
    assertThat(error.status()).as(code).isEqualTo(seen.get(code));
  }
}
