package ispcrm.createtoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.emulation.CallingToken;
import ispcrm.emulation.InterruptedDynamoDb;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.idempotency.Idempotency;
import ispcrm.template.Template;
import ispcrm.tokens.BearerToken;
import ispcrm.tokens.Token;
import ispcrm.tokens.Tokens;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
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
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Above all: no token exceeds its user's role or the token that created it. */
class CreateTokenTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final Instant CALLER_EXPIRES_AT = Instant.parse("2026-01-12T00:00:00Z");

  /** An administrator's token that is not narrowed. */
  private static final Map<String, String> ADMIN =
      caller("admin", "false", List.of(Scope.values()));

  private static LocalDynamoDb dynamoDb;
  private static Tokens tokens;
  private static Users users;
  private static History history;
  private static Idempotency idempotency;
  private static CreateToken createToken;

  @BeforeAll
  static void start() {
    Template template = Template.load(Map.of());
    dynamoDb = LocalDynamoDb.start(template, null);
    history =
        new History(dynamoDb.client(), template.functions().get("create-token").environment());
    users = new Users(dynamoDb.client(), "UsersTable");
    for (Role role : Role.values()) {
      users.create(
          new CreateUserRequest(Map.of("id", role + "-1", "role", role.toString()))
              .toUser("", "IZ" + role, NOW));
    }
    users.create(
        new CreateUserRequest(Map.of("id", "caller", "role", "admin")).toUser("", "IZcaller", NOW));
    CallingToken.store(dynamoDb.client(), "caller");
    tokens = new Tokens(dynamoDb.client(), "TokensTable");
    idempotency =
        new Idempotency(
            dynamoDb.client(), template.functions().get("create-token").environment(), () -> NOW);
    createToken = new CreateToken(users, tokens, history, idempotency, 90, 366, () -> NOW);
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void aDefaultLifetimeOverTheMaximumIsRefusedAtTheStart() {
    assertThatThrownBy(() -> new CreateToken(null, null, null, null, 400, 366, () -> NOW))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "TokenDays must not exceed TokenDaysMax, but it is 400 and the maximum is 366.");
    assertThat(new CreateToken(null, null, null, null, 366, 366, () -> NOW)).isNotNull();
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
            "id",
            "token",
            "user",
            "description",
            "scopes",
            "narrowed",
            "allowed_ips",
            "created_at",
            "created_by",
            "created_by_token",
            "expires_at",
            "revoked_at",
            "revoked_by",
            "last_used_at",
            "last_used_from");
    assertThat(data.get("created_by").asString()).isEqualTo("caller");
    assertThat(data.get("created_by_token").asString()).isEqualTo(CallingToken.ID);
    assertThat(response.headers().get("Location"))
        .isEqualTo(body.at("/_links/self").asString())
        .isEqualTo("https://crm.example.net/api/v1/tokens/" + data.get("id").asString());
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

  /** Every role, and callers whose tokens were narrowed to each scope, and to all but each. */
  static Stream<Arguments> rolesAndCallers() {
    List<Arguments> all = new ArrayList<>();
    for (Role role : Role.values()) {
      for (Scope scope : Scope.values()) {
        all.add(Arguments.of(role, EnumSet.of(scope)));
        all.add(Arguments.of(role, EnumSet.complementOf(EnumSet.of(scope))));
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("rolesAndCallers")
  void aNarrowedCallerPassesOnOnlyItsScopes(Role role, Set<Scope> callers) {
    Set<Scope> expected = EnumSet.copyOf(role.scopes());
    expected.retainAll(callers);
    String body = "{\"user\":\"" + role + "-1\"}";
    if (role != Role.CUSTOMER && !callers.contains(Scope.STAFF_WRITE)) {
      assertThat(refused(narrowed(callers), body))
          .hasMessage(
              "Forbidden - staff and administrators require the scope staff:write, which this token lacks.");
    } else if (expected.isEmpty()) {
      assertThat(refused(narrowed(callers), body).status()).isEqualTo(403);
    } else {
      assertThat(stored(create(narrowed(callers), body)).scopes())
          .containsExactlyElementsOf(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("rolesAndCallers")
  void aRequestedScopeMustBeOneOfBoth(Role role, Set<Scope> callers) {
    for (Scope scope : Scope.values()) {
      String body = "{\"user\":\"" + role + "-1\",\"scopes\":[\"" + scope + "\"]}";
      if (role != Role.CUSTOMER && !callers.contains(Scope.STAFF_WRITE)) {
        assertThat(refused(narrowed(callers), body).status()).isEqualTo(403);
      } else if (!role.scopes().contains(scope)) {
        ApiException e = refused(narrowed(callers), body);
        assertThat(e.status()).isEqualTo(400);
        assertThat(e.fieldErrors().get("scopes"))
            .startsWith(
                callers.contains(Scope.USERS_READ)
                    ? "the user's role, " + role + ", allows only "
                    : "the user's role does not allow all of them");
      } else if (!callers.contains(scope)) {
        ApiException e = refused(narrowed(callers), body);
        assertThat(e.status()).isEqualTo(403);
        assertThat(e)
            .hasMessage("Forbidden - a new token cannot have scopes that your token lacks.");
      } else {
        assertThat(stored(create(narrowed(callers), body)).scopes()).containsExactly(scope);
      }
    }
  }

  /** So it also has the scopes that a later release adds to its user's role. */
  @Test
  void aTokenIsNotNarrowedUnlessTheCallerOrTheRequestSaysSo() {
    assertThat(stored(create(ADMIN, "{\"user\":\"admin-1\"}")).scopes()).isNull();
  }

  @Test
  void withoutTheAuthorizerNothingIsCreated() {
    assertThat(refused(Map.of(), "{\"user\":\"admin-1\"}").status()).isEqualTo(403);
    assertThat(refused(Map.of(), "{\"user\":\"admin-1\",\"scopes\":[\"users:read\"]}").status())
        .isEqualTo(403);
  }

  @Test
  void oneScopeTooManyIsEnoughToRefuse() {
    long before = count();
    assertThat(
            refused(
                    narrowed(Set.of(Scope.USERS_READ, Scope.STAFF_WRITE, Scope.TOKENS_WRITE)),
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
  void aTokenNeverOutlivesANarrowedCaller() {
    Map<String, String> narrowed = narrowed(Set.of(Scope.SELF_READ));
    assertThat(stored(create(narrowed, "{\"user\":\"customer-1\"}")).expiresAt())
        .isEqualTo(CALLER_EXPIRES_AT);
    assertThat(
            stored(create(narrowed, "{\"user\":\"customer-1\",\"expires_in_days\":1}")).expiresAt())
        .isEqualTo("2026-01-03T03:04:05Z");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "|[\"192.0.2.0/24\",\"2001:db8::1\"]|192.0.2.0/24 2001:db8::1",
        "192.0.2.0/24||192.0.2.0/24",
        "192.0.2.0/24|[\"192.0.2.128/25\"]|192.0.2.128/25",
        "192.0.2.0/24|[\"192.0.2.7\",\"192.0.3.0/24\"]|403",
        "192.0.2.0/24|[\"192.0.0.0/16\"]|403",
        "192.0.2.0/24|[\"::/0\"]|403",
        "192.0.2.0/24|[\"::ffff:0:0/96\"]|403",
        "|[\"::ffff:192.0.2.0/120\",\"192.0.2.0/24\"]|192.0.2.0/24",
        "|[\"::FFFF:192.0.2.7\",\"192.0.2.7/32\"]|192.0.2.7",
        "|[\"2001:DB8:0:0:1::/80\",\"2001:db8:0:1::2\"]|2001:db8:0:0:1::/80 2001:db8:0:1::2",
        "|[\"0:0::0/0\",\"::1\",\"1::\"]|::/0 ::1 1::"
      })
  void aTokenWorksFromNoMoreAddressesThanTheCaller(
      String callers, String requested, String outcome) {
    Map<String, String> caller = new HashMap<>(ADMIN);
    caller.put("allowed_ips", callers == null ? "" : callers);
    String body = "{\"user\":\"customer-1\",\"allowed_ips\":%s}".formatted(requested);
    if (outcome.equals("403")) {
      assertThat(refused(caller, body))
          .hasMessage("Forbidden - a new token cannot have addresses that your token lacks.");
    } else {
      assertThat(stored(create(caller, body)).allowedIps()).containsExactly(outcome.split(" ", -1));
    }
  }

  private static final String ADDRESSES =
      "must be a list of 1 to 20 IPv4 or IPv6 addresses or CIDR blocks, such as 192.0.2.0/24";

  @ParameterizedTest
  @ValueSource(strings = {"[]", "\"192.0.2.1\"", "{}", "1"})
  void addresses_noList_areRefused(String addresses) {
    assertThat(addressError(addresses)).isEqualTo(ADDRESSES);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1]|1",
        "[\"\"]|entry 1",
        "[\"192.0.2.256\"]|192.0.2.256",
        "[\"192.0.2\"]|192.0.2",
        "[\"192.0.2.7/24\"]|192.0.2.7/24 (the nearest block is 192.0.2.0/24)",
        "[\"192.0.2.1/33\"]|192.0.2.1/33 (the nearest block is 192.0.2.1)",
        "[\"192.0.2.0/024\"]|192.0.2.0/024 (the nearest block is 192.0.2.0/24)",
        "[\"192.0.2.0/24/24\"]|192.0.2.0/24/24",
        "[\"192.0.2.0/-1\"]|192.0.2.0/-1",
        "[\"2001:db8::1/32\"]|2001:db8::1/32 (the nearest block is 2001:db8::/32)",
        "[\"2001:db8:::1\"]|2001:db8:::1",
        "[\"::ffff:192.0.2.7/120\"]|::ffff:192.0.2.7/120 (the nearest block is 192.0.2.0/24)",
        "[\"::ffff:192.0.2.0/24\"]|::ffff:192.0.2.0/24 (the nearest block is 192.0.2.0/24)",
        "[\"::ffff:0:0/0\"]|::ffff:0:0/0 (the nearest block is 0.0.0.0/0)",
        "[\"::ffff:0:0/95\"]|::ffff:0:0/95 (the nearest block is 0.0.0.0)",
        "[\"example.net\"]|example.net",
        "[\"192.0.2.1\",null,\"a\\u001bb\"]|null, entry 3"
      })
  void addresses_invalidEntry_areRefusedWithNearestBlock(String addresses, String named) {
    assertThat(addressError(addresses)).isEqualTo(ADDRESSES + "; not valid: " + named);
  }

  private static String addressError(String addresses) {
    return refused(ADMIN, "{\"user\":\"staff-1\",\"allowed_ips\":" + addresses + "}")
        .fieldErrors()
        .get("allowed_ips");
  }

  @ParameterizedTest
  @CsvSource({"customer, disabled", "staff, suspended", "admin, inactive"})
  void aUserWithoutAccessGetsNoToken(String role, String status) {
    String id = "barred-" + role;
    users.create(
        new CreateUserRequest(Map.of("id", id, "role", role, "status", status))
            .toUser("", "B" + role, NOW));
    long before = count();
    ApiException e = refused(ADMIN, "{\"user\":\"" + id + "\"}");
    assertThat(e.status()).isEqualTo(409);
    assertThat(e)
        .hasMessage(
            "The token was not created - a user with the role %s and the status %s has no access."
                .formatted(role, status));
    assertThat(count()).isEqualTo(before);
  }

  /** The user is barred after the read and before the transaction. */
  @Test
  void aBarDuringTheCreationWins() {
    users.create(
        new CreateUserRequest(Map.of("id", "raced", "role", "staff")).toUser("", "R1", NOW));
    DynamoDbClient barring =
        new InterruptedDynamoDb(dynamoDb.client(), creation -> setStatus("raced", "suspended"));
    long before = count();
    CreateToken raced =
        new CreateToken(
            users, new Tokens(barring, "TokensTable"), history, idempotency, 90, 366, () -> NOW);
    ApiException e =
        catchThrowableOfType(
            ApiException.class, () -> raced.apply(request(ADMIN, "{\"user\":\"raced\"}")));
    assertThat(e.status()).isEqualTo(409);
    assertThat(count()).isEqualTo(before);
  }

  @Test
  void create_callerWithoutUsersRead_learnsNeitherRoleNorStatus() {
    users.create(
        new CreateUserRequest(Map.of("id", "hidden", "status", "disabled")).toUser("", "H1", NOW));
    assertThat(refused(narrowed(Set.of(Scope.TOKENS_WRITE)), "{\"user\":\"hidden\"}"))
        .hasMessage("The token was not created - this user has no access.");
  }

  @Test
  void create_callerRevokedOrDemotedMeanwhile_createsNothing() {
    long before = count();
    String body = "{\"user\":\"customer-1\"}";
    Map<String, String> unknown = new HashMap<>(ADMIN);
    unknown.put("token_key", "unknown");
    Map<String, String> demoted = new HashMap<>(ADMIN);
    demoted.put("user_id", "staff-1");
    Map<String, String> stale = new HashMap<>(ADMIN);
    stale.put("user_id", "stale");
    users.create(
        new CreateUserRequest(Map.of("id", "stale", "role", "admin"))
            .toUser("", "S1", NOW)
            .withTokensRevoked(NOW));
    for (Map<String, String> caller : List.of(unknown, demoted, stale)) {
      ApiException e = refused(caller, body);
      assertThat(e.status()).isEqualTo(409);
      assertThat(e)
          .hasMessage(
              "The token was not created - your token was revoked, or its user was changed, at the"
                  + " same time; try again.");
    }
    // For the caller itself, which the transaction can name only once.
    assertThat(refused(stale, "{\"user\":\"stale\"}").status()).isEqualTo(409);
    assertThat(count()).isEqualTo(before);
  }

  @Test
  void create_afterARevocationOfAllTokens_isNotRevokedWithThem() {
    User user =
        new CreateUserRequest(Map.of("id", "again")).toUser("", "A1", NOW).withTokensRevoked(NOW);
    users.create(user);
    Token token = stored(create(ADMIN, "{\"user\":\"again\"}"));
    assertThat(user.acceptsTokenOf(token.createdAt())).isTrue();
  }

  private static void setStatus(String user, String status) {
    dynamoDb
        .client()
        .updateItem(
            r ->
                r.tableName("UsersTable")
                    .key(Map.of("pk", AttributeValue.fromS("user#" + user)))
                    .updateExpression("SET #status = :status")
                    .expressionAttributeNames(Map.of("#status", "status"))
                    .expressionAttributeValues(Map.of(":status", AttributeValue.fromS(status))));
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
            + "must be text of up to 200 characters without control characters and invisible characters",
        "{\"user\":\"staff-1\",\"description\":\"a\\u0000\"}|description|"
            + "must be text of up to 200 characters without control characters and invisible characters",
        "{\"user\":\"staff-1\",\"description\":\"till\\u200b\"}|description|"
            + "must be text of up to 200 characters without control characters and invisible characters",
        "{\"user\":\"staff-1\",\"name\":\"x\"}|name|"
            + "is not a known field; the known fields are"
            + " user, description, scopes, expires_in_days, allowed_ips"
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

  private static long count() {
    return dynamoDb.client().scan(scan -> scan.tableName("TokensTable")).count();
  }

  private static Token stored(ApiResponse response) {
    String secret = new JsonMapper().readTree(response.body()).at("/data/token").asString();
    return tokens.find(BearerToken.parse(secret).orElseThrow()).orElseThrow();
  }

  private static Map<String, String> narrowed(Set<Scope> scopes) {
    return caller("admin", "true", scopes);
  }

  private static Map<String, String> caller(
      String role, String isNarrowed, Collection<Scope> scopes) {
    return Map.ofEntries(
        Map.entry("token_id", CallingToken.ID),
        Map.entry("token_key", CallingToken.KEY),
        Map.entry("token_created_at", CallingToken.CREATED_AT),
        Map.entry("user_id", "caller"),
        Map.entry("role", role),
        Map.entry("scopes", Scope.formatList(scopes)),
        Map.entry("is_narrowed", isNarrowed),
        Map.entry("allowed_ips", ""),
        Map.entry("token_expires_at", CALLER_EXPIRES_AT.toString()));
  }

  private static ApiException refused(Map<String, String> caller, String body) {
    return catchThrowableOfType(ApiException.class, () -> create(caller, body));
  }

  private static ApiResponse create(Map<String, String> caller, String body) {
    return createToken.apply(request(caller, body));
  }

  private static ApiRequest request(Map<String, String> caller, String body) {
    return ApiRequest.of(
        Map.of("body", body, "requestContext", Map.of("authorizer", caller)),
        "https://crm.example.net");
  }
}
