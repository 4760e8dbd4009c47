package ispcrm.updateuser;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.gateway.ApiEntryPoint;
import ispcrm.gateway.LambdaEntryPoint;
import ispcrm.gateway.LambdaHandler;
import ispcrm.history.DynamoDbHistory;
import ispcrm.users.DynamoDbUsers;
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link UpdateUser} as the Lambda function of its endpoint. */
public final class UpdateUserHandler extends LambdaHandler {
  /** An id that almost certainly does not exist; 404 is a response too. */
  private static final String PRIMING_EVENT =
      """
      {"pathParameters":{"id":"snapstart-priming"},
       "body":"{\\"status\\":\\"suspended\\",\\"mac\\":\\"AABBCCDDEEFF\\"}",
       "requestContext":{"requestId":"snapstart"}}
      """;

  public UpdateUserHandler() {
    this(System.getenv());
  }

  public UpdateUserHandler(Map<String, String> environment) {
    super(entryPoint(environment, DynamoDb.client(environment)));
  }

  /** Creates the function with what its environment names. */
  public static UpdateUser function(Map<String, String> environment) {
    return function(environment, DynamoDb.client(environment));
  }

  private static UpdateUser function(Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new UpdateUser(
        users(environment, dynamoDb),
        new DynamoDbHistory(dynamoDb, environment),
        Clock.systemUTC());
  }

  private static DynamoDbUsers users(Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new DynamoDbUsers(dynamoDb, environment.get("USERS_TABLE"));
  }

  private static LambdaEntryPoint entryPoint(
      Map<String, String> environment, DynamoDbClient dynamoDb) {
    DynamoDbUsers users = users(environment, dynamoDb);
    return ApiEntryPoint.create(
        "updateUser",
        function(environment, dynamoDb),
        environment,
        primed -> {
          primed.warmUp(PRIMING_EVENT);
          users.primeCreate();
        });
  }
}
