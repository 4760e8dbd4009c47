package ispcrm.checks;

import static ispcrm.checks.Checkout.listOf;
import static ispcrm.checks.Checkout.map;
import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.access.Endpoint;
import ispcrm.conformance.OpenApi;
import ispcrm.template.GatewayResponse;
import ispcrm.template.Permission;
import ispcrm.template.Statement;
import ispcrm.template.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** template.yaml agrees with the contract, grants no more than needed and protects the data. */
class TemplateTest {
  private static final Template TEMPLATE = Template.load(Map.of());
  private static final OpenApi API = new OpenApi();

  /** The variables that API Gateway fills into its own responses. */
  private static final Map<String, String> CONTEXT =
      Map.of(
          "requestId", "6c1f5d3e-2b7a-4e0d-9a41-8f3c5e7b9d21",
          "domainName", "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
          "stage", "prod",
          "authorizer.denial_code", "forbidden",
          "authorizer.denial_message",
              "Forbidden - the scopes of this token do not allow this request.",
          "authorizer.denial_challenge", "Bearer realm=\"ISPCRM\", error=\"insufficient_scope\"");

  /** Lambda deactivates a SnapStart version that is not invoked for 14 days. */
  private static final Map<String, Object> KEEP_ACTIVE =
      Map.of(
          "Type",
          "Schedule",
          "Properties",
          Map.of("Schedule", "rate(7 days)", "Input", "{\"keepActive\":true}"));

  @Test
  void everyRouteOfAnEndpointThatRequiresATokenAsksTheAuthorizer() {
    List<String> open = new ArrayList<>();
    TEMPLATE
        .functions()
        .values()
        .forEach(
            function ->
                function.routes().stream()
                    .filter(route -> !route.authorized())
                    .map(NamesTest::name)
                    .forEach(open::add));
    Set<String> expected = new TreeSet<>(Set.of("ANY /", "ANY /{proxy+}"));
    for (Endpoint endpoint : Endpoint.values()) {
      if (endpoint.isPublic()) {
        for (String path : endpoint.paths()) {
          endpoint.methods().forEach(method -> expected.add(method + " " + path));
        }
      }
    }
    assertThat(open).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(auth()).containsEntry("DefaultAuthorizer", "TokenAuthorizer");
  }

  @Test
  void noRouteNamesAnAuthorizerOfItsOwn() {
    List<Object> own = new ArrayList<>();
    resources("AWS::Serverless::Function")
        .forEach(
            (id, function) ->
                members(properties(function), "Events").values().stream()
                    .filter(
                        event ->
                            !KEEP_ACTIVE.equals(event)
                                && !Set.of("ExpireUsersFunction", "DeliverEventsFunction")
                                    .contains(id))
                    .forEach(
                        event -> {
                          Map<String, Object> route = properties(map(event));
                          assertThat(map(event)).containsEntry("Type", "Api");
                          assertThat(route).containsEntry("RestApiId", Map.of("Ref", "Api"));
                          if (route.containsKey("Auth")) {
                            own.add(route.get("Auth"));
                          }
                        }));
    assertThat(own).isNotEmpty().containsOnly(Map.of("Authorizer", "NONE"));
  }

  /**
   * With an identity source, API Gateway would refuse a request that uses the other header. With a
   * cache, a revoked token would still be accepted.
   */
  @Test
  void theAuthorizerSeesEveryRequestAndIsNeverCached() {
    Map<String, Object> authorizers = members(auth(), "Authorizers");
    assertThat(authorizers).containsOnlyKeys("TokenAuthorizer");
    assertThat(map(authorizers.get("TokenAuthorizer")))
        .isEqualTo(
            Map.of(
                "FunctionArn",
                Map.of("Fn::Sub", "${AuthorizerFunction.Arn}:live"),
                "DisableFunctionDefaultPermissions",
                true,
                "FunctionPayloadType",
                "REQUEST",
                "Identity",
                Map.of("ReauthorizeEvery", 0)));
  }

  /** The types without an entry in the template: they get the entry of DEFAULT_5XX. */
  private static final Set<String> FALLING_BACK =
      Set.of("API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "INTEGRATION_FAILURE");

  /**
   * The gateway's own responses by type, and the status and code that the contract has for each.
   */
  static Stream<Arguments> gatewayResponses() {
    return Stream.of(
        Arguments.of("UNAUTHORIZED", 401, "unauthorized"),
        Arguments.of("ACCESS_DENIED", 403, "forbidden"),
        Arguments.of("MISSING_AUTHENTICATION_TOKEN", 404, "not_found"),
        Arguments.of("INVALID_SIGNATURE", 404, "not_found"),
        Arguments.of("REQUEST_TOO_LARGE", 413, "body_too_large"),
        Arguments.of("THROTTLED", 429, "throttled"),
        Arguments.of("WAF_FILTERED", 429, "throttled"),
        Arguments.of("API_CONFIGURATION_ERROR", 500, "internal_error"),
        Arguments.of("AUTHORIZER_FAILURE", 503, "unavailable"),
        Arguments.of("AUTHORIZER_CONFIGURATION_ERROR", 500, "internal_error"),
        Arguments.of("INTEGRATION_FAILURE", 500, "internal_error"),
        Arguments.of("INTEGRATION_TIMEOUT", 504, "timeout"),
        Arguments.of("DEFAULT_4XX", null, "bad_request"),
        Arguments.of("DEFAULT_5XX", 500, "internal_error"));
  }

  @Test
  void everyGatewayResponseIsCheckedHere() {
    assertThat(TEMPLATE.gatewayResponses().keySet())
        .containsExactlyInAnyOrderElementsOf(
            gatewayResponses()
                .map(response -> (String) response.get()[0])
                .filter(type -> !FALLING_BACK.contains(type))
                .toList());
  }

  /**
   * API Gateway sends QUOTA_EXCEEDED only for a usage plan, so the template needs no entry for it.
   */
  @Test
  void noUsagePlanLimitsAClient() {
    assertThat(resources("AWS::ApiGateway::UsagePlan")).isEmpty();
    assertThat(auth()).doesNotContainKeys("UsagePlan", "ApiKeyRequired");
  }

  @ParameterizedTest
  @MethodSource("gatewayResponses")
  void theGatewayResponseIsTheContractsError(String type, Integer status, String code) {
    GatewayResponse response = TEMPLATE.gatewayResponse(type);
    assertThat(response.status()).isEqualTo(status);
    Map<String, Object> body = json(response);
    assertThat(API.faultsAs("ApiError", body)).isEmpty();
    assertThat(body.keySet()).containsExactly("status", "message", "code", "request_id", "_links");
    assertThat(body)
        .containsEntry("code", code)
        .containsEntry("request_id", CONTEXT.get("requestId"))
        .containsEntry(
            "_links",
            Map.of(
                "root", "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/prod/api/v1"));
  }

  @ParameterizedTest
  @MethodSource("gatewayResponses")
  void theGatewayResponseHasItsHeaders(String type, Integer status, String code) {
    Map<String, String> expected = new LinkedHashMap<>();
    expected.put("X-Request-Id", CONTEXT.get("requestId"));
    expected.put("Cache-Control", "no-store");
    expected.put("Strict-Transport-Security", "max-age=31536000");
    expected.put("X-Content-Type-Options", "nosniff");
    switch (type) {
      case "UNAUTHORIZED" -> expected.put("WWW-Authenticate", "Bearer realm=\"ISPCRM\"");
      case "ACCESS_DENIED" ->
          expected.put("WWW-Authenticate", "Bearer realm=\"ISPCRM\", error=\"insufficient_scope\"");
      case "THROTTLED" -> expected.put("Retry-After", "1");
      case "AUTHORIZER_FAILURE" -> expected.put("Retry-After", "5");
      // The web ACL counts the requests of the last five minutes.
      case "WAF_FILTERED" -> expected.put("Retry-After", "300");
      default -> {}
    }
    assertThat(TEMPLATE.gatewayResponse(type).headers(CONTEXT)).isEqualTo(expected);
  }

  /** All but the response to an unknown route, which does not belong to an operation. */
  static Stream<Arguments> responsesOfOperations() {
    return gatewayResponses().filter(response -> !"not_found".equals(response.get()[2]));
  }

  @ParameterizedTest
  @MethodSource("responsesOfOperations")
  void theGatewayResponseHasTheMessageOfTheContractsExample(
      String type, Integer status, String code) {
    String message = (String) json(TEMPLATE.gatewayResponse(type)).get("message");
    assertThat(
            API.places().stream()
                .filter(place -> place.pointer().endsWith("/value"))
                .filter(place -> place.value() instanceof Map)
                .map(place -> map(place.value()))
                .filter(example -> code.equals(example.get("code")))
                .map(example -> example.get("message")))
        .contains(message);
  }

  @Test
  void theResponseToAnUnknownRouteNamesTheVersion() {
    assertThat(
            (String) json(TEMPLATE.gatewayResponse("MISSING_AUTHENTICATION_TOKEN")).get("message"))
        .contains("v1");
  }

  /** Parameters, and the address with which the links of all responses begin. */
  static Stream<Arguments> addresses() {
    return Stream.of(
        Arguments.of(Map.of("BaseUrl", "https://crm.example.net"), "https://crm.example.net"),
        Arguments.of(Map.of("BaseUrl", "http://10.0.0.1:8080/isp"), "http://10.0.0.1:8080/isp"),
        Arguments.of(Map.of("DomainName", "crm.example.net"), "https://crm.example.net"),
        Arguments.of(
            Map.of("DomainName", "api.example.net", "BaseUrl", "https://www.example.net/crm"),
            "https://www.example.net/crm"));
  }

  @ParameterizedTest
  @MethodSource("addresses")
  void allLinksBeginWithTheConfiguredAddress(Map<String, String> parameters, String address) {
    Template template = Template.load(parameters);
    template
        .gatewayResponses()
        .forEach(
            (type, response) ->
                assertThat(json(response))
                    .as(type)
                    .containsEntry("_links", Map.of("root", address + "/api/v1")));
    template
        .functions()
        .forEach(
            (module, function) ->
                assertThat(function.environment()).as(module).containsEntry("BASE_URL", address));
  }

  /** Values that CloudFormation rejects, and words of the sentence with which it does. */
  static Stream<Arguments> violations() {
    return Stream.of(
        Arguments.of(Map.of("Release", "none"), "Deploy with \"infra/scripts/deploy dev\""),
        Arguments.of(Map.of("CertificateArn", ""), "DomainName requires CertificateArn"),
        Arguments.of(
            Map.of("DomainName", "", "HostedZoneId", ""), "CertificateArn requires DomainName"),
        Arguments.of(
            Map.of("DomainName", "", "CertificateArn", ""), "HostedZoneId requires DomainName"),
        Arguments.of(
            Map.of("TrustedProxies", ""), "OnlyTrustedProxies=true requires TrustedProxies"),
        Arguments.of(
            Map.of("HistoryStreamLabel", ""), "HistoryTableArn requires HistoryStreamLabel"),
        Arguments.of(Map.of("Alarms", "false"), "Canary=true requires Alarms=true"),
        Arguments.of(Map.of("AlarmEmail", ""), "Alarms=true requires AlarmEmail or AlarmTopicArn"));
  }

  @ParameterizedTest
  @MethodSource("violations")
  void valuesThatCannotWorkTogetherAreRejected(Map<String, String> values, String sentence) {
    Map<String, String> parameters =
        new LinkedHashMap<>(
            Map.of(
                "Release", "0123456789",
                "HistoryTableArn", "arn:aws:dynamodb:us-east-1:123456789012:table/history",
                "HistoryStreamLabel", "2026-01-02T03:04:05.678",
                "DomainName", "crm.example.net",
                "CertificateArn", "arn:aws:acm:us-east-1:123456789012:certificate/a",
                "HostedZoneId", "Z1",
                "TrustedProxies", "198.51.100.0/24",
                "OnlyTrustedProxies", "true",
                "AlarmEmail", "noc@example.net"));
    assertThat(Template.load(parameters).violatedRules()).isEmpty();
    parameters.putAll(values);
    assertThat(Template.load(parameters).violatedRules())
        .singleElement()
        .asString()
        .startsWith(sentence);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://crm.example.net",
        "crm.example.net/",
        "crm.example.net/isp",
        "crm.example.net:8443",
        "localhost",
        "CRM.example.net"
      })
  void aDomainNameIsAHostNameAndNothingElse(String value) {
    String pattern =
        (String)
            map(members(TEMPLATE.document(), "Parameters").get("DomainName")).get("AllowedPattern");
    assertThat(value).doesNotMatch(pattern);
    assertThat("crm.example.net").matches(pattern);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "198.51.100.1",
        "0.0.0.0/0",
        "198.51.100.0/33",
        "2001:db8::/32",
        "198.51.100.0/24 ",
        "198.51.100.0/24,",
        ",198.51.100.0/24",
        "198.51.100.0/24203.0.113.7/32",
        "proxy.example.net"
      })
  void trustedProxies_areIpv4Blocks(String value) {
    String pattern =
        (String)
            map(members(TEMPLATE.document(), "Parameters").get("TrustedProxies"))
                .get("AllowedPattern");
    assertThat(value).doesNotMatch(pattern);
    assertThat("198.51.100.0/24").matches(pattern);
    assertThat("198.51.100.0/24,203.0.113.7/32").matches(pattern);
    assertThat("").matches(pattern);
  }

  /** An existing topic is enough; the email address would otherwise be needed too. */
  @Test
  void anExistingTopicIsSomebodyToNotify() {
    assertThat(
            Template.load(
                    Map.of(
                        "Release",
                        "0123456789",
                        "AlarmTopicArn",
                        "arn:aws:sns:us-east-1:123456789012:pager"))
                .violatedRules())
        .isEmpty();
  }

  @Test
  void aStackUsesTheTablesThatItIsGiven() {
    Template template =
        Template.load(
            Map.of(
                "UsersTableArn", "arn:aws:dynamodb:eu-central-1:123456789012:table/users-restored",
                "TokensTableArn", "arn:aws:dynamodb:eu-central-1:123456789012:table/old.tokens",
                "HistoryTableArn", "arn:aws:dynamodb:eu-central-1:123456789012:table/history",
                "ProfilesTableArn", "arn:aws:dynamodb:eu-central-1:123456789012:table/plans",
                "PasswordsTableArn", "arn:aws:dynamodb:eu-central-1:123456789012:table/passwords",
                "WebhooksTableArn", "arn:aws:dynamodb:eu-central-1:123456789012:table/hooks",
                "HistoryStreamLabel", "2026-01-02T03:04:05.678"));
    template
        .functions()
        .forEach(
            (module, function) -> {
              assertThat(function.environment())
                  .as(module)
                  .containsEntry("USERS_TABLE", "users-restored")
                  .containsEntry("TOKENS_TABLE", "old.tokens")
                  .containsEntry("HISTORY_TABLE", "history")
                  .containsEntry("PROFILES_TABLE", "plans")
                  .containsEntry("PASSWORDS_TABLE", "passwords")
                  .containsEntry("WEBHOOKS_TABLE", "hooks");
              assertThat(function.permissions())
                  .as(module)
                  .allSatisfy(
                      permission ->
                          assertThat(permission.resource())
                              .matches(
                                  "arn:aws:dynamodb:eu-central-1:123456789012:table/"
                                      + "(users-restored|old.tokens|history|plans|passwords|hooks)"
                                      + "(/index/\\w+|/stream/(2026[-:.T0-9]+|\\*))?"
                                      + "|IdempotencyTable(/index/by_user)?"
                                      + "|DeadLetters|SendDeliveriesFunction:live"));
            });
    assertThat(lastingTables())
        .allSatisfy((id, table) -> assertThat(table).containsEntry("Condition", "Owns" + id));
  }

  @Test
  void everyTableIsEncryptedAndPaidPerRequest() {
    assertThat(resources("AWS::DynamoDB::Table"))
        .containsOnlyKeys(
            "UsersTable",
            "TokensTable",
            "HistoryTable",
            "ProfilesTable",
            "PasswordsTable",
            "WebhooksTable",
            "IdempotencyTable")
        .allSatisfy(
            (id, table) ->
                assertThat(properties(table))
                    .satisfies(
                        properties ->
                            assertThat(members(properties, "SSESpecification"))
                                .containsEntry("SSEEnabled", true))
                    .containsEntry("BillingMode", "PAY_PER_REQUEST")
                    .containsEntry(
                        "Tags", List.of(Map.of("Key", "application", "Value", "ispcrm"))));
  }

  /** If stored responses are lost, only repetitions are not recognized. */
  @Test
  void storedResponsesGoWithTheStack() {
    Map<String, Object> table = TEMPLATE.resource("IdempotencyTable");
    assertThat(table)
        .containsEntry("DeletionPolicy", "Delete")
        .containsEntry("UpdateReplacePolicy", "Delete");
    assertThat(properties(table)).doesNotContainKey("DeletionProtectionEnabled");
  }

  private static Map<String, Map<String, Object>> lastingTables() {
    Map<String, Map<String, Object>> tables = resources("AWS::DynamoDB::Table");
    tables.remove("IdempotencyTable");
    return tables;
  }

  @Test
  void everyTableThatLastsIsRestorableAndOutlivesTheStack() {
    lastingTables()
        .forEach(
            (id, table) -> {
              assertThat(table)
                  .as(id)
                  .containsEntry("DeletionPolicy", "RetainExceptOnCreate")
                  .containsEntry("UpdateReplacePolicy", "Retain");
              assertThat(properties(table))
                  .as(id)
                  .containsEntry("DeletionProtectionEnabled", Map.of("Ref", "DeletionProtection"));
              // No backup contains a password.
              if (id.equals("PasswordsTable")) {
                assertThat(properties(table)).doesNotContainKey("PointInTimeRecoverySpecification");
              } else {
                assertThat(properties(table))
                    .as(id)
                    .containsEntry(
                        "PointInTimeRecoverySpecification",
                        Map.of("PointInTimeRecoveryEnabled", true));
              }
            });
  }

  @Test
  void passwordsTable_theOperatorsKey_encryptsIt() {
    Template template =
        Template.load(Map.of("PasswordKeyArn", "arn:aws:kms:eu-central-1:123456789012:key/b7c1"));
    assertThat(template.tables().get("PasswordsTable").get("SSESpecification"))
        .hasToString(
            "{SSEEnabled=true, SSEType=KMS, KMSMasterKeyId=arn:aws:kms:eu-central-1:123456789012:key/b7c1}");
    assertThat(TEMPLATE.tables().get("PasswordsTable").get("SSESpecification"))
        .hasToString("{SSEEnabled=true, SSEType=KMS}");
  }

  @Test
  void expiredItemsAreDeletedEventually() {
    for (String table :
        List.of("TokensTable", "HistoryTable", "WebhooksTable", "IdempotencyTable")) {
      assertThat(properties(TEMPLATE.resource(table)))
          .containsEntry(
              "TimeToLiveSpecification", Map.of("AttributeName", "expires_at", "Enabled", true));
    }
  }

  /**
   * No function can alter or delete entries of the history, except those that blank the values and
   * addresses of deleted users, and these can write no other attribute.
   */
  @Test
  void theHistoryIsAppendOnly() {
    Map<String, Set<String>> writers = users("HistoryTable");
    writers
        .keySet()
        .removeAll(
            Set.of(
                "dynamodb:GetItem",
                "dynamodb:Query",
                "dynamodb:DescribeStream",
                "dynamodb:GetRecords",
                "dynamodb:GetShardIterator",
                "dynamodb:ListStreams"));
    assertThat(writers).containsOnlyKeys("dynamodb:PutItem", "dynamodb:UpdateItem");
    assertThat(writers.get("dynamodb:UpdateItem")).containsExactly("delete-user", "expire-users");
    for (String id : List.of("DeleteUserFunction", "ExpireUsersFunction")) {
      assertThat(statements(id).filter(statement -> isUpdateOfHistory(statement)))
          .singleElement()
          .satisfies(
              statement ->
                  assertThat(statement.get("Condition"))
                      .isEqualTo(
                          Map.of(
                              "ForAllValues:StringEquals",
                              Map.of(
                                  "dynamodb:Attributes",
                                  List.of("user", "key", "changes", "address")))));
    }
  }

  /** The functions that have each permission for a table. */
  private static Map<String, Set<String>> users(String table) {
    Map<String, Set<String>> users = new TreeMap<>();
    TEMPLATE
        .functions()
        .forEach(
            (module, function) ->
                function.permissions().stream()
                    .filter(permission -> permission.resource().startsWith(table))
                    .map(Permission::action)
                    .forEach(
                        action ->
                            users.computeIfAbsent(action, any -> new TreeSet<>()).add(module)));
    return users;
  }

  /** The permission of check-health applies to a key that no user has. */
  @Test
  void aPasswordIsWrittenAndRemovedByFewFunctions() {
    assertThat(users("PasswordsTable"))
        .containsOnly(
            Map.entry("dynamodb:PutItem", Set.of("set-password")),
            Map.entry("dynamodb:DeleteItem", Set.of("remove-password", "delete-user")),
            Map.entry("dynamodb:BatchGetItem", Set.of("authorize-subscriber")),
            Map.entry("dynamodb:GetItem", Set.of("check-health")));
  }

  /** Every other permission is limited to partitions without secrets. */
  @Test
  void aSecretOfAWebhookIsReadByItsSenderAlone() {
    Permission read = new Permission("dynamodb:GetItem", "WebhooksTable");
    Permission query = new Permission("dynamodb:Query", "WebhooksTable");
    Map<String, Set<String>> secret = Map.of("dynamodb:LeadingKeys", Set.of("secret#1"));
    Set<String> readers = new TreeSet<>();
    TEMPLATE
        .functions()
        .forEach(
            (module, function) -> {
              for (Permission permission : List.of(read, query)) {
                if (Statement.allowing(function.statements(), permission, secret).isPresent()) {
                  readers.add(module);
                }
              }
            });
    assertThat(readers).containsExactly("send-deliveries");
  }

  private static boolean isUpdateOfHistory(Map<String, Object> statement) {
    return listOf(statement.get("Action")).contains("dynamodb:UpdateItem")
        && statement.get("Resource").toString().contains("HistoryTable");
  }

  private static Stream<Map<String, Object>> statements(String function) {
    return listOf(properties(TEMPLATE.resource(function)).getOrDefault("Policies", List.of()))
        .stream()
        .flatMap(policy -> listOf(map(policy).get("Statement")).stream())
        .map(Checkout::map);
  }

  @Test
  void everyParameterIsTypedDescribedAndConstrained() {
    Map<String, Object> parameters = members(TEMPLATE.document(), "Parameters");
    assertThat(parameters)
        .isNotEmpty()
        .allSatisfy(
            (name, parameter) -> {
              assertThat(map(parameter)).containsKeys("Type", "Default");
              assertThat((String) map(parameter).get("Description")).endsWith(".");
              assertThat(map(parameter))
                  .containsAnyOf(
                      Map.entry("AllowedPattern", map(parameter).getOrDefault("AllowedPattern", 0)),
                      Map.entry("AllowedValues", map(parameter).getOrDefault("AllowedValues", 0)),
                      Map.entry("MinValue", map(parameter).getOrDefault("MinValue", "none")));
            });
  }

  @Test
  void everyPolicyNamesItsCallsAndItsTable() {
    List<String> actions = new ArrayList<>();
    resources("AWS::Serverless::Function")
        .forEach(
            (id, function) -> {
              statements(id)
                  .forEach(
                      allowed -> {
                        assertThat(allowed.keySet())
                            .as(id)
                            .contains("Effect", "Action", "Resource")
                            .isSubsetOf("Effect", "Action", "Resource", "Condition");
                        listOf(allowed.get("Action"))
                            .forEach(action -> actions.add((String) action));
                        assertThat(allowed.get("Action").toString()).as(id).doesNotContain("*");
                        assertThat(allowed.get("Resource").toString().replace("/stream/*", ""))
                            .as(id)
                            .doesNotContain("*")
                            .containsPattern(
                                "(Users|Tokens|History|Profiles|Passwords|Webhooks|Idempotency)Table(, |\\.)(Stream)?Arn"
                                    + "|DeadLetters, Arn|SendDeliveriesFunction\\.Arn\\}:live");
                      });
            });
    assertThat(actions).isNotEmpty().doesNotContain("dynamodb:Scan");
    assertThat(Set.copyOf(actions))
        .containsExactlyInAnyOrder(
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "dynamodb:DeleteItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:BatchGetItem",
            "dynamodb:Query",
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
            "lambda:InvokeFunction",
            "sqs:SendMessage");
  }

  @Test
  void everyFunctionDescribesItsRouteAndPurpose() {
    resources("AWS::Serverless::Function")
        .forEach(
            (id, function) -> {
              Map<String, Object> properties = properties(function);
              assertThat((String) properties.get("Description")).as(id).contains(" - ");
              String module = ((String) properties.get("CodeUri")).split("/", -1)[1];
              List<String> routes =
                  TEMPLATE.functions().get(module).routes().stream().map(NamesTest::name).toList();
              if (!routes.isEmpty()) {
                assertThat(routes)
                    .contains(((String) properties.get("Description")).split(" - ", 2)[0]);
              }
            });
  }

  /**
   * `sam build` fails on a Maven module that depends on a sibling, so `mvn package` builds the jar.
   */
  @Test
  void samBuildsNoFunction() {
    assertThat(resources("AWS::Serverless::Function"))
        .isNotEmpty()
        .allSatisfy(
            (id, function) ->
                assertThat(function).containsEntry("Metadata", Map.of("SkipBuild", true)));
  }

  /** infra/checks/transformed_template_test.py shows the effect. */
  @Test
  void aNewReleaseMakesANewVersionOfEveryFunction() {
    assertThat(resources("AWS::Serverless::Function"))
        .allSatisfy(
            (id, function) ->
                assertThat(properties(function))
                    .containsEntry("AutoPublishCodeSha256", Map.of("Ref", "Release")));
  }

  @Test
  void everyFunctionLogsToAGroupWithRetention() {
    Map<String, Object> globals = members(members(TEMPLATE.document(), "Globals"), "Function");
    assertThat(members(globals, "LoggingConfig"))
        .isEqualTo(Map.of("LogFormat", "JSON", "LogGroup", Map.of("Ref", "FunctionLogs")));
    resources("AWS::Serverless::Function")
        .forEach(
            (id, function) ->
                assertThat(properties(function)).as(id).doesNotContainKey("LoggingConfig"));
    assertThat(resources("AWS::Logs::LogGroup"))
        .containsOnlyKeys("FunctionLogs", "AccessLogs")
        .allSatisfy(
            (id, group) -> {
              assertThat(group)
                  .containsEntry("DeletionPolicy", "RetainExceptOnCreate")
                  .containsEntry("UpdateReplacePolicy", "Retain");
              assertThat(properties(group))
                  .containsEntry("RetentionInDays", Map.of("Ref", "LogRetentionDays"));
            });
  }

  /** API Gateway's execution log would contain the headers and so the token. */
  @Test
  void theGatewayLogsNoHeaderAndNoQueryString() {
    Map<String, Object> api = properties(TEMPLATE.resource("Api"));
    assertThat(listOf(api.get("MethodSettings")))
        .isNotEmpty()
        .allSatisfy(
            settings ->
                assertThat(map(settings))
                    .containsEntry("LoggingLevel", "OFF")
                    .containsEntry("DataTraceEnabled", false));
    String format = (String) members(api, "AccessLogSetting").get("Format");
    String quoted = format.replaceAll(":(\\$[A-Za-z_.]+)", ":\"$1\"");
    assertThat(map(Checkout.JSON.readValue(quoted, LinkedHashMap.class)).values())
        .allSatisfy(
            value ->
                assertThat((String) value)
                    .startsWith("$context.")
                    .doesNotContain("path", "header", "query"));
  }

  @Test
  void routes_haveTheLimitOfTheirKind() {
    Template template =
        Template.load(
            Map.of(
                "RouteRequestsPerSecond", "70",
                "RouteRequestsBurst", "90",
                "TokenRequestsPerSecond", "3",
                "RadiusRequestsPerSecond", "80",
                "RadiusRequestsBurst", "95",
                "PublicRequestsPerSecond", "4"));
    template.functions().values().stream()
        .flatMap(function -> function.routes().stream())
        .forEach(
            route -> {
              boolean issuesTokens =
                  route.method().equals("POST") && route.path().endsWith("/tokens");
              // Browsers send preflight requests for all routes to the catch-all routes.
              boolean isPublic = !route.authorized() && !route.method().equals("ANY");
              assertThat(template.limit(route))
                  .as(route.toString())
                  .isEqualTo(
                      issuesTokens
                          ? new Template.Limit(3, 3)
                          : route.path().endsWith("/radius/authorize")
                              ? new Template.Limit(80, 95)
                              : isPublic ? new Template.Limit(4, 4) : new Template.Limit(70, 90));
            });
  }

  @Test
  void noRouteLeadsToFunctionsThatAreNotForClients() {
    assertThat(TEMPLATE.functions().get("authorizer").routes()).isEmpty();
    assertThat(NamesTest.WITHOUT_ROUTE)
        .allSatisfy(module -> assertThat(TEMPLATE.functions().get(module).routes()).isEmpty());
  }

  private static Map<String, Object> json(GatewayResponse response) {
    return map(Checkout.JSON.readValue(response.body(CONTEXT), LinkedHashMap.class));
  }

  private static Map<String, Object> auth() {
    return members(properties(TEMPLATE.resource("Api")), "Auth");
  }

  private static Map<String, Map<String, Object>> resources(String type) {
    Map<String, Map<String, Object>> found = new LinkedHashMap<>();
    members(TEMPLATE.document(), "Resources")
        .forEach(
            (id, resource) -> {
              if (map(resource).get("Type").equals(type)) {
                found.put(id, map(resource));
              }
            });
    return found;
  }

  private static Map<String, Object> properties(Map<String, Object> node) {
    return members(node, "Properties");
  }

  private static Map<String, Object> members(Map<String, Object> parent, String name) {
    return parent.get(name) == null ? Map.of() : map(parent.get(name));
  }

  @Test
  void aListAsAParameterIsDeployedWithCommas() {
    assertThat(Template.load(Map.of()).parameter("CorsOrigins")).isEmpty();
    String origins = "https://a.example,https://b.example";
    assertThat(Template.load(Map.of("CorsOrigins", origins)).parameter("CorsOrigins"))
        .isEqualTo(origins);
  }
}
