package ispcrm.listuserhistory;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.gateway.ApiEntryPoint;
import ispcrm.gateway.LambdaHandler;
import ispcrm.history.DynamoDbHistory;
import ispcrm.users.DynamoDbUsers;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link ListUserHistory} as the Lambda function of its endpoint. */
public final class ListUserHistoryHandler extends LambdaHandler {
  /** An id that almost certainly does not exist; 404 is a response too. */
  private static final String PRIMING_EVENT =
      """
      {"pathParameters":{"id":"snapstart-priming"},"requestContext":{"requestId":"snapstart"}}
      """;

  public ListUserHistoryHandler() {
    this(System.getenv());
  }

  public ListUserHistoryHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "listUserHistory",
            function(environment),
            environment,
            primed -> primed.warmUp(PRIMING_EVENT)));
  }

  /** Creates the function with what its environment names. */
  public static ListUserHistory function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new ListUserHistory(
        new DynamoDbHistory(dynamoDb, environment),
        new DynamoDbUsers(dynamoDb, environment.get("USERS_TABLE")));
  }
}
