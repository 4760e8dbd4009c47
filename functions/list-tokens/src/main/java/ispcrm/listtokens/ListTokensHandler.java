package ispcrm.listtokens;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.gateway.ApiEntryPoint;
import ispcrm.gateway.LambdaHandler;
import ispcrm.tokens.DynamoDbTokens;
import ispcrm.users.DynamoDbUsers;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link ListTokens} as the Lambda function of its endpoint. */
public final class ListTokensHandler extends LambdaHandler {
  /** A user who almost certainly does not exist, so that no token gets into a snapshot. */
  private static final String PRIMING_EVENT =
      """
      {"multiValueQueryStringParameters":{"user":["snapstart-priming"]},
       "requestContext":{"requestId":"snapstart"}}
      """;

  public ListTokensHandler() {
    this(System.getenv());
  }

  public ListTokensHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "listTokens",
            function(environment),
            environment,
            primed -> primed.warmUp(PRIMING_EVENT)));
  }

  /** Creates the function with what its environment names. */
  public static ListTokens function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new ListTokens(
        new DynamoDbTokens(dynamoDb, environment.get("TOKENS_TABLE")),
        new DynamoDbUsers(dynamoDb, environment.get("USERS_TABLE")));
  }
}
