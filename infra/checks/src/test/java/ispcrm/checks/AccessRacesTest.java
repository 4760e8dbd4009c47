package ispcrm.checks;

import static ispcrm.checks.Checkout.map;
import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import ispcrm.tokens.BearerToken;
import ispcrm.tokens.IssuedToken;
import ispcrm.tokens.Tokens;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.Status;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * No request is allowed that begins after the response that ended its access, and no token of a
 * barred user works, however closely the two meet.
 */
class AccessRacesTest {
  private static final Template TEMPLATE = Template.load(Map.of());

  private static LocalDynamoDb dynamoDb;
  private static LocalLambda lambda;
  private static Users users;
  private static Tokens tokens;
  private static ExecutorService other;
  private static int names;

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    dynamoDb.useInThisProcess();
    lambda = new LocalLambda(TEMPLATE);
    users = new Users(dynamoDb.client(), "UsersTable");
    tokens = new Tokens(dynamoDb.client(), "TokensTable");
    other = Executors.newSingleThreadExecutor();
  }

  @AfterAll
  static void stop() {
    other.shutdownNow();
    dynamoDb.close();
  }

  @ParameterizedTest
  @MethodSource("ispcrm.checks.Checkout#races")
  void aRevocationAgainstUse(int race) throws Exception {
    IssuedToken issued = issue(administrator());
    raceAgainstUse(
        issued,
        () ->
            assertThat(
                    invoke(
                            "revoke-token",
                            "revoke-token/ok",
                            Map.of("0192f0c8-6a4e-7c11-9d2b-3f6a5b7c8d9e", issued.token().id()))
                        .get("statusCode"))
                .isEqualTo(200));
  }

  @ParameterizedTest
  @MethodSource("ispcrm.checks.Checkout#races")
  void aDemotionAgainstUse(int race) throws Exception {
    User user = administrator();
    raceAgainstUse(issue(user), () -> set(user, "role", Role.CUSTOMER.toString()));
  }

  @ParameterizedTest
  @MethodSource("ispcrm.checks.Checkout#races")
  void aBarAgainstTheCreationOfAToken(int race) throws Exception {
    User user = administrator();
    Future<Map<String, Object>> creation =
        other.submit(
            () ->
                invoke(
                    "create-token",
                    "create-token/ok",
                    Map.of(
                        "jonewe",
                        user.id(),
                        "\\\"scopes\\\":[\\\"self:read\\\"],",
                        "",
                        "tokens:write self:read",
                        Scope.formatList(Role.ADMIN.scopes()))));
    pauseABit();
    set(user, "status", Status.SUSPENDED.toString());
    Map<String, Object> response = creation.get();
    if (response.get("statusCode").equals(201)) {
      String secret =
          Checkout.JSON.readTree((String) response.get("body")).at("/data/token").asString();
      assertThat(isAllowed(BearerToken.parse(secret).orElseThrow())).isFalse();
    } else {
      assertThat(response.get("statusCode")).isEqualTo(409);
    }
  }

  private static void raceAgainstUse(IssuedToken token, Runnable end) throws Exception {
    assertThat(isAllowed(token.secret())).isTrue();
    AtomicBoolean hasEnded = new AtomicBoolean();
    Future<Boolean> lateUse =
        other.submit(
            () -> {
              while (true) {
                boolean isLate = hasEnded.get();
                boolean isAllowed = isAllowed(token.secret());
                if (isLate) {
                  return isAllowed;
                }
              }
            });
    pauseABit();
    end.run();
    hasEnded.set(true);
    assertThat(lateUse.get()).isFalse();
  }

  private static void pauseABit() throws InterruptedException {
    Thread.sleep(ThreadLocalRandom.current().nextLong(10));
  }

  private static User administrator() {
    String id = "boss" + ++names;
    User user =
        new CreateUserRequest(Map.of("id", id, "role", "admin"))
            .toUser("", "C-" + id, Instant.now());
    assertThat(users.create(user)).isEmpty();
    return user;
  }

  private static IssuedToken issue(User user) {
    IssuedToken issued =
        IssuedToken.issue(
            user.id(), null, List.of(Scope.USERS_READ), "admin", Instant.now(), Duration.ofDays(1));
    assertThat(tokens.add(issued, users.unchanged(user))).isTrue();
    return issued;
  }

  private static void set(User user, String field, String value) {
    dynamoDb
        .client()
        .updateItem(
            r ->
                r.tableName("UsersTable")
                    .key(Map.of("pk", AttributeValue.fromS("user#" + user.id())))
                    .updateExpression("SET #field = :value")
                    .expressionAttributeNames(Map.of("#field", field))
                    .expressionAttributeValues(Map.of(":value", AttributeValue.fromS(value))));
  }

  /** Whether the authorizer allows GET /api/v1/users. */
  private static boolean isAllowed(BearerToken secret) {
    String event =
        Checkout.read("events/authorizer/bearer.json")
            .replaceAll("ispcrm_[0-9A-Za-z]+", secret.secret())
            .replace("/api/v1/users/{id}", "/api/v1/users");
    try {
      return lambda.invoke("authorizer", event).contains("\"Effect\":\"Allow\"");
    } catch (RuntimeException e) {
      assertThat(e).hasMessage("Unauthorized");
      return false;
    }
  }

  private static Map<String, Object> invoke(
      String module, String event, Map<String, String> replacements) {
    String text = Checkout.read("events/" + event + ".json");
    for (Map.Entry<String, String> replacement : replacements.entrySet()) {
      text = text.replace(replacement.getKey(), replacement.getValue());
    }
    return map(Checkout.JSON.readValue(lambda.invoke(module, text), LinkedHashMap.class));
  }
}
