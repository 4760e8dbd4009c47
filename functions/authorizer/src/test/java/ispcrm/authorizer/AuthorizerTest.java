package ispcrm.authorizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ispcrm.access.Endpoint;
import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.emulation.Fault;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import ispcrm.tokens.BearerToken;
import ispcrm.tokens.IssuedToken;
import ispcrm.tokens.Token;
import ispcrm.tokens.Tokens;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.Status;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionCheck;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The authorizer, called as Lambda calls it. */
class AuthorizerTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Template TEMPLATE = Template.load(Map.of());
  private static final String TABLE = "TokensTable";
  private static final String USERS = "UsersTable";

  /** The outcome of each event if its token belongs to the customer jonewe. */
  private static final Map<String, String> OUTCOMES =
      Map.of(
          "bearer.json", "Allow",
          "x-auth-token.json", "Allow",
          "lower-case-scheme.json", "Allow",
          "other-user.json", "Deny",
          "unknown-route.json", "Deny",
          "no-token.json", "Unauthorized",
          "mistyped-token.json", "Unauthorized",
          "two-different-tokens.json", "Unauthorized",
          "query-string-token.json", "Unauthorized");

  private static LocalDynamoDb dynamoDb;
  private static LocalLambda lambda;
  private static Users users;

  @BeforeAll
  static void start() throws IOException {
    dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    dynamoDb.useInThisProcess();
    lambda = new LocalLambda(TEMPLATE);
    users = new Users(dynamoDb.client(), USERS);
    create("jonewe", Role.CUSTOMER, Status.ACTIVE);
    create("admin", Role.ADMIN, Status.ACTIVE);
    String header = event("bearer.json").at("/headers/Authorization").asString();
    store(
        BearerToken.parse(header.substring("Bearer ".length())).orElseThrow(),
        "jonewe",
        List.of(Scope.SELF_READ),
        Duration.ofDays(1));
  }

  @AfterAll
  static void close() {
    dynamoDb.close();
  }

  static Stream<String> events() throws IOException {
    try (Stream<Path> files = Files.list(TEMPLATE.root().resolve("events/authorizer"))) {
      return files.map(file -> file.getFileName().toString()).toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("events")
  void everyEventHasItsOutcome(String file) throws IOException {
    assertThat(outcome(event(file))).isEqualTo(OUTCOMES.get(file));
  }

  @Test
  void thePolicyIsForThisCallAloneAndNamesTheCaller() throws IOException {
    ObjectNode event = event("bearer.json");
    JsonNode policy = JSON.readTree(lambda.invoke("authorizer", event.toString()));
    assertThat(policy.at("/policyDocument/Statement").size()).isEqualTo(1);
    assertThat(policy.at("/policyDocument/Statement/0/Resource")).isEqualTo(event.get("methodArn"));
    assertThat(policy.at("/policyDocument/Statement/0/Action").asString())
        .isEqualTo("execute-api:Invoke");
    assertThat(policy.get("principalId").asString()).isEqualTo("jonewe");
    assertThat(policy.get("context").propertyNames())
        .containsExactlyInAnyOrder(
            "token_id",
            "token_key",
            "user_id",
            "role",
            "scopes",
            "is_narrowed",
            "allowed_ips",
            "token_created_at",
            "token_expires_at",
            "address");
    assertThat(policy.at("/context/address").asString()).isEqualTo("203.0.113.7");
    assertThat(policy.at("/context/scopes").asString()).isEqualTo("self:read");
    assertThat(policy.at("/context/role").asString()).isEqualTo("customer");
  }

  /** infra/checks compares the endpoints and their scopes with the contract. */
  static Stream<Arguments> endpointsAndScopes() {
    return Arrays.stream(Endpoint.values())
        .filter(endpoint -> !endpoint.isPublic())
        .flatMap(
            endpoint -> Arrays.stream(Scope.values()).map(scope -> Arguments.of(endpoint, scope)));
  }

  @ParameterizedTest
  @MethodSource("endpointsAndScopes")
  void aScopeOpensTheEndpointsThatRequireIt(Endpoint endpoint, Scope scope) throws IOException {
    boolean isOpen =
        endpoint.scopes().isEmpty()
            || (endpoint.scopes().contains(scope) && scope != Scope.SELF_READ);
    BearerToken secret = store("admin", List.of(scope), Duration.ofDays(1));
    for (String path : endpoint.paths()) {
      ObjectNode event = eventWith(secret);
      event.put("httpMethod", endpoint.methods().get(0));
      event.put("resource", path);
      assertThat(outcome(event)).isEqualTo(isOpen ? "Allow" : "Deny");
    }
  }

  @ParameterizedTest
  @CsvSource({"DELETE, /api/v1/users", "PUT, /api/v1/tokens", "PUT, /api/v1/users/{id}"})
  void anotherMethodIsClosedToEveryToken(String method, String resource) throws IOException {
    ObjectNode event = eventWith(store("admin", Role.ADMIN.scopes(), Duration.ofDays(1)));
    event.put("httpMethod", method);
    event.put("resource", resource);
    assertThat(outcome(event)).isEqualTo("Deny");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v7/users", "/users", "/Admin/getToken", "/api/v1/api/v1/users"})
  void anotherRouteIsClosedToEveryToken(String route) throws IOException {
    ObjectNode event = eventWith(store("admin", Role.ADMIN.scopes(), Duration.ofDays(1)));
    event.put("resource", route);
    assertThat(outcome(event)).isEqualTo("Deny");
  }

  @ParameterizedTest
  @CsvSource({
    "jonewe, Allow",
    "j%6Fnewe, Allow",
    "%6a%6F%6e%65%77%65, Allow",
    "j%256Fnewe, Deny",
    "jonewe%00, Deny",
    "jonewe%2F, Deny",
    "jon%ZZewe, Deny",
    "jonewe%, Deny",
    "jonewe%FF, Deny",
    "+jonewe, Deny"
  })
  void theOwnRecordIsRecognizedByItsDecodedId(String id, String effect) throws IOException {
    ObjectNode event = eventWith(store("jonewe", List.of(Scope.SELF_READ), Duration.ofDays(1)));
    event.put("resource", "/api/v1/users/{id}");
    event.set("pathParameters", JSON.valueToTree(Map.of("id", id)));
    assertThat(outcome(event)).isEqualTo(effect);
  }

  @Test
  void unknownExpiredAndRevokedTokensLookTheSame() throws IOException {
    BearerToken revoked = store("jonewe", List.of(Scope.SELF_READ), Duration.ofDays(1));
    dynamoDb
        .client()
        .updateItem(
            r ->
                r.tableName(TABLE)
                    .key(Map.of("sha256", AttributeValue.fromS(revoked.sha256())))
                    .updateExpression("SET revoked_at = :now")
                    .expressionAttributeValues(Map.of(":now", AttributeValue.fromN("1"))));
    for (BearerToken bad :
        List.of(
            BearerToken.generate(),
            store("jonewe", List.of(Scope.SELF_READ), Duration.ofSeconds(-1)),
            revoked)) {
      assertThat(outcome(eventWith(bad))).isEqualTo("Unauthorized");
    }
  }

  @Test
  void aRepeatedHeaderMustHaveTheSameToken() throws IOException {
    BearerToken one = store("jonewe", List.of(Scope.SELF_READ), Duration.ofDays(1));
    BearerToken other = store("jonewe", List.of(Scope.SELF_READ), Duration.ofDays(1));
    ObjectNode event = eventWith(one);
    ((ObjectNode) event.get("multiValueHeaders"))
        .set("X-Auth-Token", JSON.valueToTree(List.of(one.secret(), other.secret())));
    assertThat(outcome(event)).isEqualTo("Unauthorized");
  }

  @Test
  void aFaultOfOurOwnIsNotUnauthorized() {
    LocalLambda broken = new LocalLambda(Template.load(Map.of("TokensTable", "no-such-table")));
    assertThatThrownBy(
            () -> broken.invoke("authorizer", eventWith(BearerToken.generate()).toString()))
        .isInstanceOf(RuntimeException.class)
        .hasMessageNotContaining("Unauthorized");
  }

  @ParameterizedTest
  @CsvSource({
    "customer, active, Allow",
    "customer, inactive, Allow",
    "customer, suspended, Allow",
    "customer, expired, Allow",
    "customer, disabled, Unauthorized",
    "staff, active, Allow",
    "staff, inactive, Unauthorized",
    "staff, suspended, Unauthorized",
    "staff, expired, Unauthorized",
    "staff, disabled, Unauthorized",
    "admin, active, Allow",
    "admin, inactive, Unauthorized",
    "admin, suspended, Unauthorized",
    "admin, expired, Unauthorized",
    "admin, disabled, Unauthorized"
  })
  void accessFollowsTheStatusOfTheUser(String role, String status, String outcome)
      throws IOException {
    String id = role + "-" + status;
    create(id, Role.of(role).orElseThrow(), Status.of(status).orElseThrow());
    ObjectNode event = eventWith(store(id, null, Duration.ofDays(1)));
    event.put("resource", "/api/v1");
    assertThat(outcome(event)).isEqualTo(outcome);
  }

  @Test
  void tokenFromBeforeTheRevocationOfAll_isUnauthorized() throws IOException {
    create("stale", Role.CUSTOMER, Status.ACTIVE);
    ObjectNode event = eventWith(store("stale", null, Duration.ofDays(1)));
    event.put("resource", "/api/v1");
    assertThat(outcome(event)).isEqualTo("Allow");
    User user = users.find("stale").orElseThrow();
    assertThat(users.revokeTokens(user.withTokensRevoked(Instant.now().plusSeconds(1)))).isTrue();
    assertThat(outcome(event)).isEqualTo("Unauthorized");
  }

  @Test
  void aTokenOfAUserWhoIsGoneIsUnauthorized() throws IOException {
    assertThat(outcome(eventWith(store("gone", null, Duration.ofDays(1)))))
        .isEqualTo("Unauthorized");
  }

  @Test
  void scopesFollowTheRoleOnEachRequest() throws IOException {
    create("boss", Role.ADMIN, Status.ACTIVE);
    ObjectNode event = eventWith(store("boss", null, Duration.ofDays(1)));
    event.put("httpMethod", "POST");
    event.put("resource", "/api/v1/tokens");
    assertThat(outcome(event)).isEqualTo("Allow");
    set("boss", "role", "staff");
    assertThat(denial(event)).isEqualTo("forbidden");
    event.put("resource", "/api/v1/users");
    assertThat(outcome(event)).isEqualTo("Allow");
    set("boss", "role", "customer");
    assertThat(outcome(event)).isEqualTo("Deny");
    set("boss", "role", "admin");
    assertThat(outcome(event)).isEqualTo("Allow");
    set("boss", "status", "suspended");
    assertThat(outcome(event)).isEqualTo("Unauthorized");
  }

  @Test
  void aNarrowedTokenGainsNothingFromTheRole() throws IOException {
    ObjectNode event = eventWith(store("jonewe", List.of(Scope.USERS_READ), Duration.ofDays(1)));
    event.put("resource", "/api/v1/users/{id}");
    event.set("pathParameters", JSON.valueToTree(Map.of("id", "jonewe")));
    assertThat(outcome(event)).isEqualTo("Deny");
  }

  @Test
  void anyTokenMayReadAndRevokeItself() throws IOException {
    for (String method : List.of("GET", "DELETE")) {
      ObjectNode event = eventWith(store("jonewe", List.of(Scope.SELF_READ), Duration.ofDays(1)));
      event.put("httpMethod", method);
      event.put("resource", "/api/v1/tokens/{id}");
      event.set("pathParameters", JSON.valueToTree(Map.of("id", "s%65lf")));
      assertThat(outcome(event)).isEqualTo("Allow");
      event.set("pathParameters", JSON.valueToTree(Map.of("id", "another")));
      assertThat(outcome(event)).isEqualTo("Deny");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.0/24, Allow",
    "192.0.3.7, 192.0.2.0/24, Deny",
    "192.0.3.7, 192.0.2.0/24 192.0.3.7, Allow",
    "2001:db8::1, 2001:DB8::/32, Allow",
    "2001:db9::1, 2001:db8::/32, Deny",
    "192.0.2.7, 2001:db8::/32, Deny",
    "::ffff:192.0.2.7, 192.0.2.0/24, Allow",
    "192.0.2.7, ::ffff:192.0.2.0/120, Allow",
    "192.0.3.7, ::ffff:192.0.2.0/120, Deny",
    // An earlier release stored this block and took it for all of IPv4.
    "192.0.2.7, ::ffff:0:0/0, Deny",
    "unknown, 0.0.0.0/0, Deny"
  })
  void aTokenWorksFromItsAddressesOnly(String address, String blocks, String effect)
      throws IOException {
    IssuedToken issued = addLimitedTo(blocks.split(" ", -1));
    ObjectNode event = eventWith(issued.secret());
    ((ObjectNode) event.at("/requestContext/identity")).put("sourceIp", address);
    assertThat(outcome(event)).isEqualTo(effect);
    if (effect.equals("Deny")) {
      assertThat(denial(event)).isEqualTo("address_not_allowed");
    }
  }

  @Test
  void aUseIsRecordedAtMostOnceAnHour() throws IOException {
    BearerToken secret = store("jonewe", null, Duration.ofDays(1));
    ObjectNode event = eventWith(secret);
    ((ObjectNode) event.at("/requestContext/identity")).put("sourceIp", "192.0.2.1");
    assertThat(outcome(event)).isEqualTo("Allow");
    ((ObjectNode) event.at("/requestContext/identity")).put("sourceIp", "192.0.2.2");
    assertThat(outcome(event)).isEqualTo("Allow");
    assertThat(lastUse(secret).from()).isEqualTo("192.0.2.1");
    dynamoDb
        .client()
        .updateItem(
            r ->
                r.tableName(TABLE)
                    .key(Map.of("sha256", AttributeValue.fromS(secret.sha256())))
                    .updateExpression("SET last_used_at = :long_ago")
                    .expressionAttributeValues(
                        Map.of(
                            ":long_ago",
                            AttributeValue.fromN(
                                "" + Instant.now().minusSeconds(3601).getEpochSecond()))));
    assertThat(outcome(event)).isEqualTo("Allow");
    assertThat(lastUse(secret).from()).isEqualTo("192.0.2.2");
  }

  @ParameterizedTest
  @EnumSource(names = {"HANG", "SERVER_ERROR"})
  void useThatCannotBeRecorded_isAllowedAndLoggedOnce(Fault fault) throws IOException {
    BearerToken secret = store("jonewe", null, Duration.ofDays(1));
    List<String> log = new ArrayList<>();
    AuthorizerHandler authorizer =
        new AuthorizerHandler(TEMPLATE.functions().get("authorizer").environment());
    dynamoDb.causeFaults(
        call -> call.operation().equals("UpdateItem") ? Optional.of(fault) : Optional.empty());
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    authorizer.handleRequest(
        new ByteArrayInputStream(eventWith(secret).toString().getBytes(StandardCharsets.UTF_8)),
        output,
        LocalLambda.context("authorizer", log::add));
    dynamoDb.causeFaults(call -> Optional.empty());
    assertThat(output.toString(StandardCharsets.UTF_8)).contains("\"Effect\":\"Allow\"");
    assertThat(log)
        .filteredOn(line -> line.contains("The use of a token was not recorded"))
        .singleElement()
        .asString()
        .contains("\"level\":\"WARN\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic am9uZXdlOnNlY3JldA==", "", "Digest x", "ispcrm_"})
  void anotherSchemeIsIgnoredBesideXAuthToken(String authorization) throws IOException {
    ObjectNode event = event("no-token.json");
    ((ObjectNode) event.get("multiValueHeaders"))
        .set("authorization", JSON.valueToTree(List.of(authorization)));
    assertThat(outcome(event)).isEqualTo("Unauthorized");
    BearerToken secret = store("jonewe", null, Duration.ofDays(1));
    ((ObjectNode) event.get("multiValueHeaders"))
        .set("X-Auth-Token", JSON.valueToTree(List.of(secret.secret())));
    assertThat(outcome(event)).isEqualTo("Allow");
    ((ObjectNode) event.get("multiValueHeaders"))
        .set("authorization", JSON.valueToTree(List.of("Bearer " + authorization)));
    assertThat(outcome(event)).isEqualTo("Unauthorized");
  }

  @Test
  void aBrokenRecordGivesNoAccess() throws IOException {
    create("broken", Role.STAFF, Status.ACTIVE);
    BearerToken secret = store("broken", null, Duration.ofDays(1));
    assertThat(outcome(eventWith(secret))).isEqualTo("Allow");
    set("broken", "role", "boss");
    assertThat(outcome(eventWith(secret))).isEqualTo("Unauthorized");
    set("broken", "role", "staff");
    assertThat(outcome(eventWith(secret))).isEqualTo("Allow");
    dynamoDb
        .client()
        .updateItem(
            r ->
                r.tableName(TABLE)
                    .key(Map.of("sha256", AttributeValue.fromS(secret.sha256())))
                    .updateExpression("SET expires_at = :never")
                    .expressionAttributeValues(Map.of(":never", AttributeValue.fromS("never"))));
    assertThat(outcome(eventWith(secret))).isEqualTo("Unauthorized");
  }

  @Test
  void theLogConnectsADecisionToItsRequest() throws IOException {
    BearerToken secret = store("jonewe", null, Duration.ofDays(1));
    List<String> log = new ArrayList<>();
    ObjectNode event = eventWith(secret);
    new AuthorizerHandler(TEMPLATE.functions().get("authorizer").environment())
        .handleRequest(
            new ByteArrayInputStream(event.toString().getBytes(StandardCharsets.UTF_8)),
            OutputStream.nullOutputStream(),
            LocalLambda.context("authorizer", log::add));
    assertThat(log).hasSize(1);
    JsonNode line = JSON.readTree(log.get(0));
    assertThat(line.get("message").asString()).isEqualTo("allowed");
    assertThat(line.get("request_id").asString())
        .isEqualTo(event.at("/requestContext/requestId").asString());
    assertThat(line.get("token_id").asString())
        .isEqualTo(new Tokens(dynamoDb.client(), TABLE).find(secret).orElseThrow().id());
  }

  @Test
  void trustedProxies_setInTemplate_passOnTheClientsAddress() throws IOException {
    IssuedToken issued = addLimitedTo("192.0.2.7");
    ObjectNode event = eventWith(issued.secret());
    ((ObjectNode) event.at("/requestContext/identity")).put("sourceIp", "198.51.100.1");
    ((ObjectNode) event.at("/multiValueHeaders"))
        .set("X-Forwarded-For", JSON.valueToTree(List.of("10.0.0.1, 192.0.2.7, 198.51.100.1")));
    assertThat(denial(event)).isEqualTo("address_not_allowed");
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    new AuthorizerHandler(
            Template.load(Map.of("TrustedProxies", "198.51.100.0/24,203.0.113.7/32"))
                .functions()
                .get("authorizer")
                .environment())
        .handleRequest(
            new ByteArrayInputStream(event.toString().getBytes(StandardCharsets.UTF_8)),
            output,
            LocalLambda.context("authorizer", line -> {}));
    JsonNode policy = JSON.readTree(output.toByteArray());
    assertThat(policy.at("/policyDocument/Statement/0/Effect").asString()).isEqualTo("Allow");
    assertThat(policy.at("/context/address").asString()).isEqualTo("192.0.2.7");
    assertThat(lastUse(issued.secret()).from()).isEqualTo("192.0.2.7");
  }

  private static Token.Use lastUse(BearerToken secret) {
    return new Tokens(dynamoDb.client(), TABLE).find(secret).orElseThrow().lastUse();
  }

  private static String denial(ObjectNode event) {
    return JSON.readTree(lambda.invoke("authorizer", event.toString()))
        .at("/context/denial_code")
        .asString();
  }

  private static void create(String id, Role role, Status status) {
    users.create(
        new CreateUserRequest(
                Map.of("id", id, "role", role.toString(), "status", status.toString()))
            .toUser(id, "C-" + id, Instant.EPOCH));
  }

  private static void set(String user, String field, String value) {
    dynamoDb
        .client()
        .updateItem(
            r ->
                r.tableName(USERS)
                    .key(Map.of("pk", AttributeValue.fromS("user#" + user)))
                    .updateExpression("SET #field = :value")
                    .expressionAttributeNames(Map.of("#field", field))
                    .expressionAttributeValues(Map.of(":value", AttributeValue.fromS(value))));
  }

  private static String outcome(ObjectNode event) {
    try {
      return JSON.readTree(lambda.invoke("authorizer", event.toString()))
          .at("/policyDocument/Statement/0/Effect")
          .asString();
    } catch (RuntimeException e) {
      return e.getMessage();
    }
  }

  private static ObjectNode eventWith(BearerToken secret) throws IOException {
    ObjectNode event = event("no-token.json");
    ((ObjectNode) event.get("multiValueHeaders"))
        .set("Authorization", JSON.valueToTree(List.of("Bearer " + secret.secret())));
    return event;
  }

  private static BearerToken store(String user, List<Scope> scopes, Duration lifetime) {
    BearerToken secret = BearerToken.generate();
    store(secret, user, scopes, lifetime);
    return secret;
  }

  private static void store(
      BearerToken secret, String user, List<Scope> scopes, Duration lifetime) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    String id = UUID.randomUUID().toString();
    add(
        new IssuedToken(
            secret,
            new Token(
                secret.sha256(),
                id,
                user,
                null,
                scopes,
                List.of(),
                now,
                "admin",
                null,
                now.plus(lifetime),
                null,
                null)));
  }

  private static IssuedToken addLimitedTo(String... blocks) {
    IssuedToken issued =
        IssuedToken.issue(
            "jonewe",
            null,
            null,
            List.of(blocks),
            "admin",
            null,
            Instant.now(),
            Duration.ofDays(1));
    add(issued);
    return issued;
  }

  /** Stores a token, whatever its user is. */
  private static void add(IssuedToken issued) {
    ConditionCheck noCondition =
        ConditionCheck.builder()
            .tableName(USERS)
            .key(Map.of("pk", AttributeValue.fromS("nobody")))
            .conditionExpression("attribute_not_exists(pk)")
            .build();
    assertThat(new Tokens(dynamoDb.client(), TABLE).add(issued, noCondition)).isTrue();
  }

  private static ObjectNode event(String file) throws IOException {
    return (ObjectNode)
        JSON.readTree(Files.readString(TEMPLATE.root().resolve("events/authorizer").resolve(file)));
  }
}
