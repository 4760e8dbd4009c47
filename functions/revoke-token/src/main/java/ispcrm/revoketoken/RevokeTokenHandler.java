package ispcrm.revoketoken;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.gateway.ApiEntryPoint;
import ispcrm.gateway.LambdaHandler;
import ispcrm.history.DynamoDbHistory;
import ispcrm.tokens.DynamoDbTokens;
import ispcrm.users.DynamoDbUsers;
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link RevokeToken} as the Lambda function of its endpoint. */
public final class RevokeTokenHandler extends LambdaHandler {
  /** An id that no token has; 404 is a response too. */
  private static final String PRIMING_EVENT =
      """
      {"pathParameters":{"id":"00000000-0000-0000-0000-000000000000"},
       "requestContext":{"requestId":"snapstart"}}
      """;

  public RevokeTokenHandler() {
    this(System.getenv());
  }

  public RevokeTokenHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "revokeToken",
            function(environment),
            environment,
            primed -> primed.warmUp(PRIMING_EVENT)));
  }

  /** Creates the function with what its environment names. */
  public static RevokeToken function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new RevokeToken(
        new DynamoDbTokens(dynamoDb, environment.get("TOKENS_TABLE")),
        new DynamoDbUsers(dynamoDb, environment.get("USERS_TABLE")),
        new DynamoDbHistory(dynamoDb, environment),
        Clock.systemUTC());
  }
}
