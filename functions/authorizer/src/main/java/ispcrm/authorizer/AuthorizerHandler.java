package ispcrm.authorizer;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.http.PrimingEvent;
import ispcrm.runtime.CallLog;
import ispcrm.runtime.Deadline;
import ispcrm.runtime.LambdaEntryPoint;
import ispcrm.runtime.LambdaHandler;
import ispcrm.runtime.SpringCatalog;
import ispcrm.tokens.PrimingToken;
import ispcrm.tokens.Tokens;
import ispcrm.users.PrimingUser;
import ispcrm.users.Users;
import java.time.Clock;
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
    super(entryPoint(environment));
  }

  /** Creates the function with what its environment names. */
  public static Authorizer function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new Authorizer(
        new Tokens(dynamoDb, environment.get("TOKENS_TABLE")),
        new Users(dynamoDb, environment.get("USERS_TABLE")),
        Clock.systemUTC());
  }

  private static LambdaEntryPoint entryPoint(Map<String, String> environment) {
    Function<AuthorizerRequest, Decision> authorizer =
        SpringCatalog.add(
            "authorizer", function(environment), AuthorizerRequest.class, Decision.class);
    TrustedProxies proxies = TrustedProxies.of(environment.getOrDefault("TRUSTED_PROXIES", ""));
    return new LambdaEntryPoint(
        "authorizer",
        environment,
        Deadline.OF_AUTHORIZER,
        event -> {
          AuthorizerRequest request = proxies.resolve(AuthorizerRequest.of(event));
          return policy(decide(authorizer, request), String.valueOf(event.get("methodArn")));
        },
        AuthorizerHandler::priming);
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
      log.info(decision.denial() == null ? "allowed" : "denied: " + decision.denial().code());
      return decision;
    } catch (UnauthorizedException e) {
      log.info("denied: unauthorized");
      throw e;
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
      context.put("denial_code", decision.denial().code().toString());
      context.put("denial_message", decision.denial().message());
      context.put("denial_challenge", decision.denial().challenge());
    }
    Map<String, Object> output = new LinkedHashMap<>();
    output.put("principalId", decision.caller().userId());
    output.put("policyDocument", policy);
    output.put("context", context);
    return output;
  }

  /** Handles a request that is allowed, and records the use of its token. */
  private static DynamoDbPriming priming() {
    String event =
        PrimingEvent.of(Endpoint.GET_USER, PrimingUser.ID)
            .withHeader("Authorization", "Bearer " + PrimingToken.SECRET)
            .text();
    return DynamoDbPriming.connectingWith(event)
        .calling(
            event, PrimingToken.found(PrimingUser.ID), PrimingUser.found(), CannedResponse.EMPTY)
        .calling(event, CannedResponse.EMPTY);
  }
}
