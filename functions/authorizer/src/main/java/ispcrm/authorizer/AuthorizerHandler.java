package ispcrm.authorizer;

import ispcrm.access.Scope;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.gateway.LambdaEntryPoint;
import ispcrm.gateway.LambdaHandler;
import ispcrm.gateway.SpringCatalog;
import ispcrm.tokens.DynamoDbTokens;
import ispcrm.tokens.Token;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

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
    super(entryPoint(environment, function(environment)));
  }

  /** Creates the function with what its environment names. */
  public static Authorizer function(Map<String, String> environment) {
    return new Authorizer(
        new DynamoDbTokens(DynamoDb.client(environment), environment.get("TOKENS_TABLE")),
        Clock.systemUTC());
  }

  private static LambdaEntryPoint entryPoint(Map<String, String> environment, Authorizer function) {
    Function<AuthorizerRequest, Decision> authorizer =
        SpringCatalog.add("authorizer", function, AuthorizerRequest.class, Decision.class);
    return new LambdaEntryPoint(
        "authorizer",
        environment,
        (event, log) ->
            policy(
                authorizer.apply(AuthorizerRequest.of(event)),
                String.valueOf(event.get("methodArn"))),
        AuthorizerHandler::warmUp);
  }

  private static Map<String, Object> policy(Decision decision, String methodArn) {
    Map<String, Object> statement = new LinkedHashMap<>();
    statement.put("Action", "execute-api:Invoke");
    statement.put("Effect", decision.isAllowed() ? "Allow" : "Deny");
    statement.put("Resource", methodArn);
    Map<String, Object> policy = new LinkedHashMap<>();
    policy.put("Version", "2012-10-17");
    policy.put("Statement", List.of(statement));
    Token token = decision.token();
    Map<String, Object> output = new LinkedHashMap<>();
    output.put("principalId", token.user());
    output.put("policyDocument", policy);
    output.put(
        "context",
        Map.of(
            "token_id", token.id(),
            "user_id", token.user(),
            "scopes", Scope.formatList(token.scopes())));
    return output;
  }

  /**
   * Looks for a token that does not exist, since its bits are all 0 instead of random. The steps
   * that would follow if it did exist are done with a token that has expired.
   */
  private static void warmUp(LambdaEntryPoint entryPoint) {
    Token expired =
        new Token(
            "", "", null, List.of(Scope.values()), Instant.EPOCH, "", Instant.EPOCH, Instant.EPOCH);
    boolean isAllowed = Authorizer.isAllowed(AuthorizerRequest.of(Map.of()), expired);
    entryPoint.warmUpResult(policy(new Decision(isAllowed, expired), ""));
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
