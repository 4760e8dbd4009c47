package ispcrm.createtoken;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.gateway.ApiEntryPoint;
import ispcrm.gateway.LambdaHandler;
import ispcrm.history.DynamoDbHistory;
import ispcrm.idempotency.DynamoDbIdempotency;
import ispcrm.tokens.DynamoDbTokens;
import ispcrm.users.DynamoDbUsers;
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link CreateToken} as the Lambda function of its endpoint. */
public final class CreateTokenHandler extends LambdaHandler {
  /** A token for a user who does not exist, which is refused before anything is generated. */
  private static final String PRIMING_EVENT =
      """
      {"body":"{\\"user\\":\\"snapstart-priming\\",\\"scopes\\":[\\"self:read\\"]}",
       "requestContext":{"requestId":"snapstart"}}
      """;

  public CreateTokenHandler() {
    this(System.getenv());
  }

  public CreateTokenHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "createToken",
            function(environment),
            environment,
            primed -> primed.warmUp(PRIMING_EVENT)));
  }

  /** Creates the function with what its environment names. */
  public static CreateToken function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new CreateToken(
        new DynamoDbUsers(dynamoDb, environment.get("USERS_TABLE")),
        new DynamoDbTokens(dynamoDb, environment.get("TOKENS_TABLE")),
        new DynamoDbHistory(dynamoDb, environment),
        new DynamoDbIdempotency(dynamoDb, environment, Clock.systemUTC()),
        Integer.parseInt(environment.get("TOKEN_DAYS")),
        Integer.parseInt(environment.get("TOKEN_DAYS_MAX")),
        Clock.systemUTC());
  }
}
