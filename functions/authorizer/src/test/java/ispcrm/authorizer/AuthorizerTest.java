package ispcrm.authorizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ispcrm.access.Endpoint;
import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import ispcrm.tokens.BearerToken;
import ispcrm.tokens.DynamoDbTokens;
import ispcrm.tokens.IssuedToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The authorizer, called as Lambda calls it. */
class AuthorizerTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Template TEMPLATE = Template.load(Map.of());
  private static final String TABLE = "TokensTable";

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

  @BeforeAll
  static void start() throws IOException {
    dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    dynamoDb.useInThisProcess();
    lambda = new LocalLambda(TEMPLATE);
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
        .containsExactlyInAnyOrder("token_id", "user_id", "scopes");
    assertThat(policy.at("/context/scopes").asString()).isEqualTo("self:read");
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
    BearerToken secret = store("someone", List.of(scope), Duration.ofDays(1));
    for (String path : endpoint.paths()) {
      ObjectNode event = eventWith(secret);
      event.put("httpMethod", endpoint.methods().get(0));
      event.put("resource", path);
      assertThat(outcome(event)).isEqualTo(isOpen ? "Allow" : "Deny");
    }
  }

  @ParameterizedTest
  @CsvSource({"DELETE, /api/v1/users", "GET, /api/v1/tokens", "PUT, /api/v1/users/{id}"})
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
    IssuedToken issued = IssuedToken.issue(user, null, scopes, "admin", Instant.now(), lifetime);
    new DynamoDbTokens(dynamoDb.client(), TABLE).add(new IssuedToken(secret, issued.token()));
  }

  private static ObjectNode event(String file) throws IOException {
    return (ObjectNode)
        JSON.readTree(Files.readString(TEMPLATE.root().resolve("events/authorizer").resolve(file)));
  }
}
