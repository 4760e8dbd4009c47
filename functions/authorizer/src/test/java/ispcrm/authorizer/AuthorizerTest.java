package ispcrm.authorizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import ispcrm.tokens.BearerToken;
import ispcrm.tokens.DynamoDbTokens;
import ispcrm.tokens.Scope;
import ispcrm.tokens.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The authorizer through its Lambda entry. */
class AuthorizerTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Template TEMPLATE = Template.load(Map.of());
  private static final String TABLE = "TokensTable";

  /** For each event what becomes of it when its token is jonewe's, a customer. */
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
    keep(
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
  void policyIsForTheOneCallAndHandsOnWhoCalls() throws IOException {
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

  @ParameterizedTest
  @CsvSource({
    "GET, '', users:read, Allow",
    "GET, '', self:read, Allow",
    "GET, '', tokens:write, Allow",
    "GET, /users, users:read, Allow",
    "GET, /Users, users:read, Allow",
    "GET, /users, users:write, Deny",
    "GET, /users, self:read, Deny",
    "GET, /users/{id}, users:read, Allow",
    "GET, /users/{id}, users:write tokens:write, Deny",
    "POST, /users, users:write, Allow",
    "POST, /users, users:read self:read tokens:write, Deny",
    "POST, /tokens, tokens:write, Allow",
    "POST, /tokens, users:read users:write self:read, Deny",
    "DELETE, /users, users:read users:write self:read tokens:write, Deny",
    "GET, /tokens, users:read users:write self:read tokens:write, Deny"
  })
  void scopesOpenRoutes(String method, String route, String scopes, String effect)
      throws IOException {
    BearerToken secret = keep("someone", scopes, Duration.ofDays(1));
    for (String version : List.of("v1", "v0")) {
      ObjectNode event = presenting(secret);
      event.put("httpMethod", method);
      event.put("resource", "/api/" + version + route);
      assertThat(outcome(event)).isEqualTo(effect);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v7/users", "/users", "/Admin/getToken", "/api/v1/api/v1/users"})
  void otherRoutesAreClosedToEverybody(String route) throws IOException {
    ObjectNode event = presenting(keep("admin", String.join(" ", Scope.ALL), Duration.ofDays(1)));
    event.put("resource", route);
    assertThat(outcome(event)).isEqualTo("Deny");
  }

  @Test
  void unknownExpiredAndRevokedTokensLookTheSame() throws IOException {
    BearerToken revoked = keep("jonewe", "self:read", Duration.ofDays(1));
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
            BearerToken.random(), keep("jonewe", "self:read", Duration.ofSeconds(-1)), revoked)) {
      assertThat(outcome(presenting(bad))).isEqualTo("Unauthorized");
    }
  }

  @Test
  void aHeaderGivenTwiceMustAgree() throws IOException {
    BearerToken one = keep("jonewe", "self:read", Duration.ofDays(1));
    BearerToken other = keep("jonewe", "self:read", Duration.ofDays(1));
    ObjectNode event = presenting(one);
    ((ObjectNode) event.get("multiValueHeaders"))
        .set("X-Auth-Token", JSON.valueToTree(List.of(one.secret(), other.secret())));
    assertThat(outcome(event)).isEqualTo("Unauthorized");
  }

  @Test
  void faultOfOursIsNotAnUnauthorized() {
    LocalLambda broken = new LocalLambda(Template.load(Map.of("TokensTable", "no-such-table")));
    assertThatThrownBy(
            () -> broken.invoke("authorizer", presenting(BearerToken.random()).toString()))
        .isInstanceOf(RuntimeException.class)
        .hasMessageNotContaining("Unauthorized");
  }

  private static String outcome(ObjectNode event) {
    try {
      return JSON.readTree(lambda.invoke("authorizer", event.toString()))
          .at("/policyDocument/Statement/0/Effect")
          .asString();
    } catch (RuntimeException refused) {
      return refused.getMessage();
    }
  }

  private static ObjectNode presenting(BearerToken secret) throws IOException {
    ObjectNode event = event("no-token.json");
    ((ObjectNode) event.get("multiValueHeaders"))
        .set("Authorization", JSON.valueToTree(List.of("Bearer " + secret.secret())));
    return event;
  }

  private static BearerToken keep(String user, String scopes, Duration life) {
    BearerToken secret = BearerToken.random();
    keep(secret, user, List.of(scopes.split(" ", -1)), life);
    return secret;
  }

  private static void keep(BearerToken secret, String user, List<String> scopes, Duration life) {
    new DynamoDbTokens(dynamoDb.client(), TABLE)
        .add(secret, Token.issue(user, null, scopes, "admin", Instant.now(), life));
  }

  private static ObjectNode event(String file) throws IOException {
    return (ObjectNode)
        JSON.readTree(Files.readString(TEMPLATE.root().resolve("events/authorizer").resolve(file)));
  }
}
