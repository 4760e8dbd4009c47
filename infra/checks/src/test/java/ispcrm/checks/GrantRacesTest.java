package ispcrm.checks;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.access.Role;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import ispcrm.tokens.IssuedToken;
import ispcrm.tokens.Tokens;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Nothing that a caller grants appears after the response that ended the caller's access, however
 * closely the two requests meet.
 */
class GrantRacesTest {
  private static final Template TEMPLATE = Template.load(Map.of());

  private static LocalDynamoDb dynamoDb;
  private static LocalLambda lambda;
  private static Users users;
  private static Tokens tokens;
  private static ExecutorService other;
  private static int names;

  /** What ends the access of a caller. */
  private enum End {
    REVOCATION,
    REVOCATION_OF_ALL,
    DEMOTION,
    BAR,
    DELETION
  }

  /** What a caller grants to somebody. */
  private enum Grant {
    TOKEN,
    NEW_STAFF,
    ROLE,
    ACCESS
  }

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    dynamoDb.useInThisProcess();
    lambda = new LocalLambda(TEMPLATE);
    Requests.storeCaller(dynamoDb.client());
    users = new Users(dynamoDb.client(), "UsersTable");
    tokens = new Tokens(dynamoDb.client(), "TokensTable");
    other = Executors.newSingleThreadExecutor();
  }

  @AfterAll
  static void stop() {
    other.shutdownNow();
    dynamoDb.close();
  }

  static Stream<Arguments> pairs() {
    return Arrays.stream(End.values())
        .flatMap(end -> Arrays.stream(Grant.values()).map(grant -> Arguments.of(end, grant)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void grant_thatMeetsTheEndOfItsCaller_appearsBeforeItOrNever(End end, Grant grant)
      throws Exception {
    for (int unused : Checkout.races().toArray()) {
      String name = "r" + ++names;
      User boss = create("boss-" + name, Map.of("role", "admin"));
      create(name, grant == Grant.ACCESS ? Map.of("status", "disabled") : Map.of());
      Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      IssuedToken token =
          IssuedToken.issue(boss.id(), null, null, "admin", now, Duration.ofDays(1));
      assertThat(tokens.add(token, users.unchanged(boss))).isTrue();
      Requests caller =
          new Requests(
              lambda,
              Requests.administrator(
                  boss.id(), token.token().id(), token.secret().sha256(), now.toString()));
      CyclicBarrier start = new CyclicBarrier(2);
      Future<Integer> granted =
          other.submit(
              () -> {
                start.await();
                return grant(grant, caller, name);
              });
      start.await();
      Thread.sleep(ThreadLocalRandom.current().nextLong(12));
      assertThat(end(end, boss.id(), token.token().id())).isEqualTo(200);
      boolean isThereAtTheEnd = isThere(grant, name);
      assertThat(granted.get()).isIn(200, 201, 409);
      assertThat(isThere(grant, name)).as(end + " " + grant).isEqualTo(isThereAtTheEnd);
      assertThat(granted.get() < 400).isEqualTo(isThereAtTheEnd);
    }
  }

  private static int end(End end, String boss, String token) {
    Requests administrator = new Requests(lambda);
    return switch (end) {
      case REVOCATION -> administrator.revokeToken(token).status();
      case REVOCATION_OF_ALL -> administrator.revokeTokensOfUser(boss).status();
      case DEMOTION -> administrator.updateUser(boss, "{\"role\":\"staff\"}").status();
      case BAR -> administrator.updateUser(boss, "{\"status\":\"disabled\"}").status();
      case DELETION -> administrator.deleteUser(boss).status();
    };
  }

  private static int grant(Grant grant, Requests caller, String name) {
    return switch (grant) {
      case TOKEN -> caller.createToken("{\"user\":\"%s\"}".formatted(name), null).status();
      case NEW_STAFF ->
          caller.createUser("{\"id\":\"new-%s\",\"role\":\"staff\"}".formatted(name)).status();
      case ROLE -> caller.updateUser(name, "{\"role\":\"admin\"}").status();
      case ACCESS -> caller.updateUser(name, "{\"status\":\"active\"}").status();
    };
  }

  private static boolean isThere(Grant grant, String name) {
    return switch (grant) {
      case TOKEN -> !tokens.list(name, null, 1).tokens().isEmpty();
      case NEW_STAFF -> users.find("new-" + name).isPresent();
      case ROLE -> users.find(name).orElseThrow().role() == Role.ADMIN;
      case ACCESS -> users.find(name).orElseThrow().hasAccess();
    };
  }

  private static User create(String id, Map<String, String> fields) {
    Map<String, Object> body = new HashMap<>(fields);
    body.put("id", id);
    User user = new CreateUserRequest(body).toUser("", "C-" + id, Instant.now());
    assertThat(users.create(user)).isEmpty();
    return user;
  }
}
