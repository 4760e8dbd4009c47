package ispcrm.createtoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.gateway.ApiException;
import ispcrm.gateway.ApiRequest;
import ispcrm.gateway.ApiResponse;
import ispcrm.template.Template;
import ispcrm.tokens.BearerToken;
import ispcrm.tokens.DynamoDbTokens;
import ispcrm.tokens.Token;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.DynamoDbUsers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Above all: no token exceeds its user's role or the token that created it. */
class CreateTokenTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final List<Scope> ADMIN = Role.ADMIN.scopes();

  private static LocalDynamoDb dynamoDb;
  private static DynamoDbTokens tokens;
  private static CreateToken createToken;

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(Template.load(Map.of()), null);
    DynamoDbUsers users = new DynamoDbUsers(dynamoDb.client(), "UsersTable");
    for (Role role : Role.values()) {
      users.create(
          new CreateUserRequest(Map.of("id", role + "-1", "role", role.toString()))
              .toUser("", "IZ" + role, NOW));
    }
    tokens = new DynamoDbTokens(dynamoDb.client(), "TokensTable");
    createToken = new CreateToken(users, tokens, 90, 366, () -> NOW);
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void aDefaultLifetimeOverTheMaximumIsRefusedAtTheStart() {
    assertThatThrownBy(() -> new CreateToken(null, null, 400, 366, () -> NOW))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "TokenDays must not exceed TokenDaysMax, but it is 400 and the maximum is 366.");
    assertThat(new CreateToken(null, null, 366, 366, () -> NOW)).isNotNull();
  }

  @Test
  void theResponseShowsTheTokenAndTheStoreKeepsTheRest() {
    ApiResponse response =
        create(
            ADMIN, "{\"user\":\"customer-1\",\"description\":\"portal\",\"expires_in_days\":30}");
    assertThat(response.status()).isEqualTo(201);
    JsonNode body = new JsonMapper().readTree(response.body());
    JsonNode data = body.get("data");
    assertThat(data.propertyNames())
        .containsExactly(
            "id", "token", "user", "description", "scopes", "created_at", "expires_at");
    assertThat(data.get("created_at").asString()).isEqualTo("2026-01-02 03:04:05");
    assertThat(data.get("expires_at").asString()).isEqualTo("2026-02-01 03:04:05");
    assertThat(data.get("scopes").toString()).isEqualTo("[\"self:read\"]");
    assertThat(body.at("/_links/user").asString())
        .isEqualTo("https://crm.example.net/api/v1/users/customer-1");
    assertThat(body.at("/_links/root").asString()).isEqualTo("https://crm.example.net/api/v1");
    Token stored = stored(response);
    assertThat(stored.id()).isEqualTo(data.get("id").asString());
    assertThat(stored.user()).isEqualTo("customer-1");
    assertThat(stored.description()).isEqualTo("portal");
    assertThat(stored.createdBy()).isEqualTo("caller");
    assertThat(Duration.between(stored.createdAt(), stored.expiresAt()))
        .isEqualTo(Duration.ofDays(30));
  }

  @Test
  void aTokenIsValidFor90DaysByDefault() {
    Token token = stored(create(ADMIN, "{\"user\":\"customer-1\"}"));
    assertThat(Duration.between(token.createdAt(), token.expiresAt()))
        .isEqualTo(Duration.ofDays(90));
  }

  static Stream<Arguments> rolesAndCallers() {
    List<Arguments> all = new ArrayList<>();
    for (Role role : Role.values()) {
      for (int bits = 0; bits < 1 << Scope.values().length; bits++) {
        all.add(Arguments.of(role, subset(bits)));
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("rolesAndCallers")
  void aTokenHasTheScopesOfItsUsersRoleThatTheCallerAlsoHas(Role role, Set<Scope> callers) {
    Set<Scope> expected = EnumSet.copyOf(role.scopes());
    expected.retainAll(callers);
    String body = "{\"user\":\"" + role + "-1\"}";
    if (expected.isEmpty()) {
      assertThat(refused(callers, body).status()).isEqualTo(403);
    } else {
      assertThat(stored(create(callers, body)).scopes()).containsExactlyElementsOf(expected);
    }
  }

  /** Every role, every set of the caller's scopes, every scope that can be requested. */
  @ParameterizedTest
  @MethodSource("rolesAndCallers")
  void aRequestedScopeMustBeOneOfBoth(Role role, Set<Scope> callers) {
    for (Scope scope : Scope.values()) {
      String body = "{\"user\":\"" + role + "-1\",\"scopes\":[\"" + scope + "\"]}";
      if (!role.scopes().contains(scope)) {
        ApiException e = refused(callers, body);
        assertThat(e.status()).isEqualTo(400);
        assertThat(e.fieldErrors().get("scopes"))
            .startsWith("the user's role, " + role + ", allows only ");
      } else if (!callers.contains(scope)) {
        ApiException e = refused(callers, body);
        assertThat(e.status()).isEqualTo(403);
        assertThat(e)
            .hasMessage("Forbidden - a new token cannot have scopes that your token lacks.");
      } else {
        assertThat(stored(create(callers, body)).scopes()).containsExactly(scope);
      }
    }
  }

  @Test
  void oneScopeTooManyIsEnoughToRefuse() {
    long before = count();
    assertThat(
            refused(
                    Set.of(Scope.USERS_READ, Scope.TOKENS_WRITE),
                    "{\"user\":\"staff-1\",\"scopes\":[\"users:read\",\"users:write\"]}")
                .status())
        .isEqualTo(403);
    assertThat(
            refused(ADMIN, "{\"user\":\"staff-1\",\"scopes\":[\"users:read\",\"self:read\"]}")
                .status())
        .isEqualTo(400);
    assertThat(count()).isEqualTo(before);
  }

  @Test
  void aTokenForAnUnknownUserIsNotFound() {
    ApiException e = refused(ADMIN, "{\"user\":\"nobody\"}");
    assertThat(e.status()).isEqualTo(404);
    assertThat(e).hasMessage("The token was not created - no user has this id.");
    assertThat(e.fieldErrors()).isEqualTo(Map.of("user", "no user has this id"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "366"})
  void aLifetimeWithinTheLimitsIsAccepted(String days) {
    Token token =
        stored(create(ADMIN, "{\"user\":\"customer-1\",\"expires_in_days\":" + days + "}"));
    assertThat(Duration.between(token.createdAt(), token.expiresAt()).toDays())
        .isEqualTo(Long.parseLong(days));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "367", "1.5", "\"30\"", "true", "99999999999"})
  void anotherLifetimeIsRefused(String days) {
    assertThat(
            refused(ADMIN, "{\"user\":\"customer-1\",\"expires_in_days\":" + days + "}")
                .fieldErrors())
        .isEqualTo(Map.of("expires_in_days", "must be an integer from 1 to 366"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "\"users:read\"",
        "[\"users:fly\"]",
        "[\"users:read\",\"users:fly\"]",
        "[\"users:read\",\"users:read\"]",
        "[1]",
        "[null]",
        "{}",
        "true"
      })
  void anotherListOfScopesIsRefused(String scopes) {
    assertThat(refused(ADMIN, "{\"user\":\"staff-1\",\"scopes\":" + scopes + "}").fieldErrors())
        .isEqualTo(
            Map.of(
                "scopes",
                "must be a list of one or more of "
                    + Scope.formatList(List.of(Scope.values())).replace(" ", ", ")
                    + ", without repetition"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|user|is required: the id of the user the token is for",
        "{\"user\":\"\"}|user|is required: the id of the user the token is for",
        "{\"user\":1}|user|is required: the id of the user the token is for",
        "{\"user\":\"staff-1\",\"description\":1}|description|"
            + "must be text of up to 200 characters without control characters",
        "{\"user\":\"staff-1\",\"description\":\"a\\u0000\"}|description|"
            + "must be text of up to 200 characters without control characters",
        "{\"user\":\"staff-1\",\"name\":\"x\"}|name|"
            + "is not a known field; the known fields are user, description, scopes, expires_in_days"
      })
  void anotherFieldIsRefused(String body, String field, String message) {
    ApiException e = refused(ADMIN, body);
    assertThat(e.status()).isEqualTo(400);
    assertThat(e).hasMessage("The token was not created - see errors.");
    assertThat(e.fieldErrors()).isEqualTo(Map.of(field, message));
  }

  @Test
  void aDescriptionHasUpTo200Characters() {
    String longest = "😀".repeat(200);
    assertThat(stored(create(ADMIN, description(longest))).description()).isEqualTo(longest);
    assertThat(refused(ADMIN, description(longest + "x")).fieldErrors())
        .containsOnlyKeys("description");
    assertThat(stored(create(ADMIN, description("  "))).description()).isNull();
  }

  private static String description(String text) {
    return "{\"user\":\"staff-1\",\"description\":\"" + text + "\"}";
  }

  private static Set<Scope> subset(int bits) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (int i = 0; i < Scope.values().length; i++) {
      if ((bits >> i & 1) == 1) {
        scopes.add(Scope.values()[i]);
      }
    }
    return scopes;
  }

  private static long count() {
    return dynamoDb.client().scan(scan -> scan.tableName("TokensTable")).count();
  }

  private static Token stored(ApiResponse response) {
    String secret = new JsonMapper().readTree(response.body()).at("/data/token").asString();
    return tokens.find(BearerToken.parse(secret).orElseThrow()).orElseThrow();
  }

  private static ApiException refused(Iterable<Scope> callers, String body) {
    return catchThrowableOfType(ApiException.class, () -> create(callers, body));
  }

  private static ApiResponse create(Iterable<Scope> callers, String body) {
    List<Scope> scopes = new ArrayList<>();
    callers.forEach(scopes::add);
    return createToken.apply(
        ApiRequest.of(
            Map.of(
                "body",
                body,
                "requestContext",
                Map.of(
                    "authorizer", Map.of("user_id", "caller", "scopes", Scope.formatList(scopes)))),
            "https://crm.example.net"));
  }
}
