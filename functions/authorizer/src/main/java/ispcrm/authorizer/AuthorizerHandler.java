package ispcrm.authorizer;

import ispcrm.access.Role;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.gateway.CallLog;
import ispcrm.gateway.Deadline;
import ispcrm.gateway.LambdaEntryPoint;
import ispcrm.gateway.LambdaHandler;
import ispcrm.gateway.SpringCatalog;
import ispcrm.tokens.DynamoDbTokens;
import ispcrm.tokens.Token;
import ispcrm.users.DynamoDbUsers;
import ispcrm.users.Status;
import ispcrm.users.User;
import ispcrm.users.UserField;
import ispcrm.users.Users;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Runs {@link Authorizer} as a Lambda authorizer of the type REQUEST. It returns a policy for
 * exactly the call that was made, and passes the token's id, user and scopes to the functions.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html">Output
 *     from an API Gateway Lambda authorizer</a>
 */
public final class AuthorizerHandler extends LambdaHandler {
  public AuthorizerHandler() {
    this(System.getenv());
  }

  public AuthorizerHandler(Map<String, String> environment) {
    super(entryPoint(environment, DynamoDb.client(environment)));
  }

  /** Creates the function with what its environment names. */
  public static Authorizer function(Map<String, String> environment) {
    return function(environment, DynamoDb.client(environment));
  }

  private static Authorizer function(Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new Authorizer(
        new DynamoDbTokens(dynamoDb, environment.get("TOKENS_TABLE")),
        users(environment, dynamoDb),
        Clock.systemUTC());
  }

  private static Users users(Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new DynamoDbUsers(dynamoDb, environment.get("USERS_TABLE"));
  }

  private static LambdaEntryPoint entryPoint(
      Map<String, String> environment, DynamoDbClient dynamoDb) {
    Function<AuthorizerRequest, Decision> authorizer =
        SpringCatalog.add(
            "authorizer", function(environment, dynamoDb), AuthorizerRequest.class, Decision.class);
    Users users = users(environment, dynamoDb);
    return new LambdaEntryPoint(
        "authorizer",
        environment,
        Deadline.OF_AUTHORIZER,
        event -> {
          AuthorizerRequest request = AuthorizerRequest.of(event);
          return policy(decide(authorizer, request), String.valueOf(event.get("methodArn")));
        },
        primed -> warmUp(primed, users));
  }

  /** Decides, and logs the decision with what connects it to the other logs of the request. */
  private static Decision decide(
      Function<AuthorizerRequest, Decision> authorizer, AuthorizerRequest request) {
    CallLog log =
        CallLog.current()
            .with("request_id", request.requestId())
            .with("method", request.method())
            .with("route", request.resource());
    try {
      Decision decision = authorizer.apply(request);
      log.with("token_id", decision.caller().tokenId());
      log(request, decision.denial() == null ? "allowed" : "denied: " + decision.denial().code());
      return decision;
    } catch (UnauthorizedException e) {
      log(request, "denied: unauthorized");
      throw e;
    }
  }

  /** Logs the outcome of a request, except while the function is primed without one. */
  private static void log(AuthorizerRequest request, String outcome) {
    if (request.requestId() != null) {
      CallLog.current().info(outcome);
    }
  }

  private static Map<String, Object> policy(Decision decision, String methodArn) {
    Map<String, Object> statement = new LinkedHashMap<>();
    statement.put("Action", "execute-api:Invoke");
    statement.put("Effect", decision.denial() == null ? "Allow" : "Deny");
    statement.put("Resource", methodArn);
    Map<String, Object> policy = new LinkedHashMap<>();
    policy.put("Version", "2012-10-17");
    policy.put("Statement", List.of(statement));
    Map<String, String> context = decision.caller().toContext();
    if (decision.denial() != null) {
      context.put("denial_code", decision.denial().code());
      context.put("denial_message", decision.denial().message());
      context.put("denial_challenge", decision.denial().challenge());
    }
    Map<String, Object> output = new LinkedHashMap<>();
    output.put("principalId", decision.caller().userId());
    output.put("policyDocument", policy);
    output.put("context", context);
    return output;
  }

  /**
   * Looks for a token that does not exist, since its bits are all 0 instead of random. The steps
   * that would follow if it did exist are done with a token that has expired.
   */
  private static void warmUp(LambdaEntryPoint entryPoint, Users users) {
    users.find("snapstart-priming");
    Token expired =
        new Token(
            "",
            "",
            null,
            null,
            List.of("192.0.2.0/24"),
            Instant.EPOCH,
            "",
            null,
            Instant.EPOCH,
            null,
            null);
    User user =
        User.builder()
            .set(UserField.ID, "")
            .set(UserField.USERNAME, "")
            .set(UserField.NAME, "")
            .set(UserField.CUSTOMER_ID, "")
            .set(UserField.STATUS, Status.ACTIVE)
            .set(UserField.ROLE, Role.CUSTOMER)
            .setCreated(Instant.EPOCH)
            .build();
    AuthorizerRequest request =
        AuthorizerRequest.of(
            Map.of("requestContext", Map.of("identity", Map.of("sourceIp", "192.0.2.1"))));
    entryPoint.warmUpResult(policy(Authorizer.decide(request, expired, user), ""));
    try {
      entryPoint.warmUp(
          """
          {"methodArn":"","httpMethod":"GET","resource":"/api/v1/users/{id}",
           "pathParameters":{"id":"snapstart-priming"},
           "multiValueHeaders":{"Authorization":["Bearer %s"]}}
          """
              .formatted("ispcrm_" + "0".repeat(43) + "4b3aX6"));
    } catch (UnauthorizedException e) {
      // The expected outcome.
    }
  }
}
