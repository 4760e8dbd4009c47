package ispcrm.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ispcrm.checks.Requests.Response;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** However closely two changes meet, no update is lost, and no name belongs to two users. */
class UserRacesTest {
  private static final Template TEMPLATE = Template.load(Map.of());

  private static LocalDynamoDb dynamoDb;
  private static Requests requests;
  private static StoredState state;
  private static ExecutorService threads;
  private static int names;

  private final String a = "a" + ++names;
  private final String b = "b" + names;
  private final String wanted = "wanted" + names;

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    dynamoDb.useInThisProcess();
    requests = new Requests(new LocalLambda(TEMPLATE));
    state = new StoredState(dynamoDb.client());
    threads = Executors.newFixedThreadPool(2);
  }

  @AfterAll
  static void stop() {
    threads.shutdownNow();
    state.check();
    dynamoDb.close();
  }

  @ParameterizedTest
  @MethodSource("ispcrm.checks.Checkout#races")
  void twoRenamesToTheSameName(int race) throws Exception {
    create(a);
    create(b);
    List<Response> responses =
        race(
            () -> requests.updateUser(a, "{\"username\":\"%s\"}".formatted(wanted)),
            () ->
                requests.updateUser(
                    b, "{\"username\":\"%s\"}".formatted(wanted.toUpperCase(Locale.ROOT))));
    assertThat(responses).extracting(Response::status).containsExactlyInAnyOrder(200, 409);
    String winner = responses.get(0).status() == 200 ? a : b;
    assertThat(requests.listUsers(Map.of("username", List.of(wanted))).body().at("/users/0/id"))
        .hasToString("\"" + winner + "\"");
  }

  @ParameterizedTest
  @MethodSource("ispcrm.checks.Checkout#races")
  void aCreationAgainstARenameToItsName(int race) throws Exception {
    create(a);
    List<Response> responses =
        race(
            () -> requests.createUser("{\"id\":\"%s\"}".formatted(wanted)),
            () -> requests.updateUser(a, "{\"username\":\"%s\"}".formatted(wanted)));
    assertThat(List.of(responses.get(0).status(), responses.get(1).status()))
        .isIn(List.of(201, 409), List.of(409, 200));
  }

  @ParameterizedTest
  @MethodSource("ispcrm.checks.Checkout#races")
  void anUpdateAgainstADeletion(int race) throws Exception {
    create(a);
    List<Response> responses =
        race(
            () ->
                requests.updateUser(a, "{\"username\":\"%s\",\"profile_id\":7}".formatted(wanted)),
            () -> requests.deleteUser(a));
    assertThat(responses.get(0).status()).isIn(200, 404);
    assertThat(responses.get(1).status()).isEqualTo(200);
    assertThat(requests.getUser(a).status()).isEqualTo(404);
    assertThat(requests.history(a))
        .hasSize(responses.get(0).status() == 200 ? 3 : 2)
        .first()
        .extracting(entry -> entry.get("action").asString())
        .isEqualTo("deleted");
    assertThat(requests.createUser("{\"id\":\"%s\"}".formatted(wanted)).status()).isEqualTo(201);
  }

  @ParameterizedTest
  @MethodSource("ispcrm.checks.Checkout#races")
  void anUpdateAgainstAnUpdateOfOtherFields(int race) throws Exception {
    create(a);
    List<Response> responses =
        race(
            () -> requests.updateUser(a, "{\"name\":\"Renamed\",\"mac\":\"AABBCCDDEEFF\"}"),
            () -> requests.updateUser(a, "{\"status\":\"suspended\",\"profile_id\":7}"));
    assertThat(responses).extracting(Response::status).containsExactly(200, 200);
    JsonNode user = requests.getUser(a).body().get("data");
    assertThat(user.get("name").asString()).isEqualTo("Renamed");
    assertThat(user.get("mac").asString()).isEqualTo("AA:BB:CC:DD:EE:FF");
    assertThat(user.get("status").asString()).isEqualTo("suspended");
    assertThat(user.get("profile_id").asInt()).isEqualTo(7);
    assertThat(requests.history(a)).hasSize(3);
  }

  /** Without this test, the checks after each race could be blind. */
  @Test
  void aLostClaimIsNoticed() {
    create(a);
    state.removeClaim("name#" + a);
    assertThatThrownBy(state::checkClaims).isInstanceOf(AssertionError.class);
    state.addClaim("name#" + a, a);
  }

  private static void create(String id) {
    assertThat(requests.createUser("{\"id\":\"%s\"}".formatted(id)).status()).isEqualTo(201);
  }

  private static List<Response> race(Callable<Response> first, Callable<Response> second)
      throws Exception {
    CyclicBarrier start = new CyclicBarrier(2);
    Future<Response> one = threads.submit(() -> afterStart(start, first));
    Future<Response> other = threads.submit(() -> afterStart(start, second));
    return List.of(one.get(), other.get());
  }

  private static Response afterStart(CyclicBarrier start, Callable<Response> request)
      throws Exception {
    start.await();
    return request.call();
  }
}
