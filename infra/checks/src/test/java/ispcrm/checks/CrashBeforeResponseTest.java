package ispcrm.checks;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Kills a process after DynamoDB has carried out the transaction of a creation and before the
 * process learns of it. A repetition with the same key then gets the response that was lost, and
 * nothing is created twice.
 */
class CrashBeforeResponseTest {
  private static final Template TEMPLATE = Template.load(Map.of());
  private static final String USER = "{\"username\":\"crashed\"}";
  private static final String TOKEN = "{\"user\":\"jonewe\",\"scopes\":[\"self:read\"]}";

  private static LocalDynamoDb dynamoDb;
  private static Requests requests;
  private static StoredState state;

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    dynamoDb.useInThisProcess();
    requests = new Requests(new LocalLambda(TEMPLATE));
    Requests.storeCaller(dynamoDb.client());
    state = new StoredState(dynamoDb.client());
    assertThat(requests.createUser("{\"id\":\"jonewe\"}").status()).isEqualTo(201);
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void aUserWhoseResponseWasLostIsNotCreatedTwice() throws Exception {
    killBeforeTheResponse("create-user", USER);
    Requests.Response response = requests.createUser(USER, "the-key");
    assertReplayed(response);
    JsonNode user = response.body().get("data");
    assertThat(requests.getUser(user.get("id").asString()).body().get("data")).isEqualTo(user);
    assertThat(requests.history(user.get("id").asString())).hasSize(1);
    assertThat(requests.createUser(USER).status()).isEqualTo(409);
    state.checkClaims();
  }

  @Test
  void aTokenWhoseResponseWasLostIsNotCreatedTwice() throws Exception {
    killBeforeTheResponse("create-token", TOKEN);
    Requests.Response response = requests.createToken(TOKEN, "the-key");
    assertReplayed(response);
    assertThat(state.scan("TokensTable"))
        .filteredOn(token -> token.get("user").s().equals("jonewe"))
        .singleElement()
        .satisfies(
            token ->
                assertThat(token.get("id").s())
                    .isEqualTo(response.body().at("/data/id").asString()));
    assertThat(response.body().get("data").has("token")).isFalse();
  }

  private static void assertReplayed(Requests.Response response) {
    assertThat(response.status()).isEqualTo(201);
    assertThat(response.headers().path("Idempotency-Replayed").asString("")).isEqualTo("true");
  }

  private static void killBeforeTheResponse(String function, String body)
      throws IOException, InterruptedException {
    AtomicReference<Victim> victim = new AtomicReference<>();
    dynamoDb.loseResponses(
        call -> {
          boolean isCreation =
              call.operation().equals("TransactWriteItems") && call.function().equals(function);
          if (isCreation) {
            victim.get().kill();
          }
          return isCreation;
        });
    victim.set(Victim.start(Creation.class, function, body));
    assertThat(victim.get().out().readLine()).as("what it printed before it was killed").isNull();
    victim.get().assertKilled();
    dynamoDb.loseResponses(call -> false);
  }

  /** Makes one creation, and prints its response. */
  static final class Creation {

    private Creation() {}

    public static void main(String[] arguments) {
      Requests requests = new Requests(new LocalLambda(TEMPLATE));
      System.out.println(
          arguments[0].equals("create-user")
              ? requests.createUser(arguments[1], "the-key")
              : requests.createToken(arguments[1], "the-key"));
    }
  }
}
