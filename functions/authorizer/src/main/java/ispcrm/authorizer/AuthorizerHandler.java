package ispcrm.authorizer;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.gateway.FunctionHandler;
import ispcrm.tokens.DynamoDbTokens;
import ispcrm.tokens.Scope;
import ispcrm.tokens.Token;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Wires {@link Authorizer} as a Lambda authorizer of the REQUEST kind: it answers with a policy for
 * exactly the call that was made, and hands the functions the token's id, user and scopes.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html">Output
 *     from an API Gateway Lambda authorizer</a>
 */
public final class AuthorizerHandler extends FunctionHandler<AuthorizerRequest, Decision> {
  private final boolean underSamLocal;

  public AuthorizerHandler() {
    this(System.getenv());
  }

  public AuthorizerHandler(Map<String, String> environment) {
    super(
        "authorizer",
        AuthorizerRequest.class,
        Decision.class,
        new Authorizer(
            new DynamoDbTokens(DynamoDb.client(environment), environment.get("TOKENS_TABLE")),
            Clock.systemUTC()));
    underSamLocal = "true".equals(environment.get("AWS_SAM_LOCAL"));
  }

  @Override
  protected Object handle(Map<String, Object> event, LambdaLogger log) {
    String call = String.valueOf(event.get("methodArn"));
    try {
      Decision decision = call(request(event));
      return policy(decision.token().user(), decision.allowed(), call, context(decision.token()));
    } catch (Unauthorized refused) {
      // `sam local` turns an authorizer's error into a 502; a Deny it answers with 403.
      if (underSamLocal) {
        return policy("nobody", false, call, Map.of());
      }
      throw refused;
    }
  }

  private static AuthorizerRequest request(Map<String, Object> event) {
    return new AuthorizerRequest(
        String.valueOf(event.get("httpMethod")),
        String.valueOf(event.get("resource")),
        object(event, "pathParameters"),
        object(event, "multiValueHeaders"));
  }

  private static Map<String, String> context(Token token) {
    return Map.of(
        "token_id", token.id(),
        "user_id", token.user(),
        "scopes", String.join(" ", token.scopes()));
  }

  private static Map<String, Object> policy(
      String principal, boolean allowed, String call, Map<String, String> context) {
    Map<String, Object> statement = new LinkedHashMap<>();
    statement.put("Action", "execute-api:Invoke");
    statement.put("Effect", allowed ? "Allow" : "Deny");
    statement.put("Resource", call);
    Map<String, Object> policy = new LinkedHashMap<>();
    policy.put("Version", "2012-10-17");
    policy.put("Statement", List.of(statement));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("principalId", principal);
    answer.put("policyDocument", policy);
    answer.put("context", context);
    return answer;
  }

  /**
   * Looks for a token that nobody has: its bits are not drawn but all 0. What would follow if it
   * were there is done with one that opens nothing.
   */
  @Override
  protected void prime() {
    Token expired =
        new Token("", "", null, Scope.ALL, Instant.EPOCH, "", Instant.EPOCH, Instant.EPOCH);
    boolean allowed = Permissions.allow(request(Map.of()), expired);
    rehearseAnswer(policy(expired.user(), allowed, "", context(expired)));
    try {
      rehearse(
          """
          {"methodArn":"","httpMethod":"GET","resource":"/api/v1/users/{id}",
           "pathParameters":{"id":"snapstart-priming"},
           "multiValueHeaders":{"Authorization":["Bearer %s"]}}
          """
              .formatted("ispcrm_" + "0".repeat(43) + "4b3aX6"));
    } catch (Unauthorized expected) {
      // As it has to be.
    }
  }
}
