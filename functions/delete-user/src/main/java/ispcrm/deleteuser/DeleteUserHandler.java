package ispcrm.deleteuser;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.gateway.ApiEntryPoint;
import ispcrm.gateway.LambdaEntryPoint;
import ispcrm.gateway.LambdaHandler;
import ispcrm.history.DynamoDbHistory;
import ispcrm.users.DynamoDbUsers;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link DeleteUser} as the Lambda function of its endpoint. */
public final class DeleteUserHandler extends LambdaHandler {
  /** A user who almost certainly does not exist; 404 is a response too. */
  private static final String PRIMING_USER = "snapstart-priming";

  private static final String PRIMING_EVENT =
      """
      {"pathParameters":{"id":"%s"},"requestContext":{"requestId":"snapstart"}}
      """
          .formatted(PRIMING_USER);

  public DeleteUserHandler() {
    this(System.getenv());
  }

  public DeleteUserHandler(Map<String, String> environment) {
    super(entryPoint(environment, DynamoDb.client(environment)));
  }

  /** Creates the function with what its environment names. */
  public static DeleteUser function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return function(users(environment, dynamoDb), new DynamoDbHistory(dynamoDb, environment));
  }

  private static DeleteUser function(DynamoDbUsers users, DynamoDbHistory history) {
    return new DeleteUser(users, history, Clock.systemUTC());
  }

  private static DynamoDbUsers users(Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new DynamoDbUsers(dynamoDb, environment.get("USERS_TABLE"));
  }

  private static LambdaEntryPoint entryPoint(
      Map<String, String> environment, DynamoDbClient dynamoDb) {
    DynamoDbUsers users = users(environment, dynamoDb);
    DynamoDbHistory history = new DynamoDbHistory(dynamoDb, environment);
    return ApiEntryPoint.create(
        "deleteUser",
        function(users, history),
        environment,
        primed -> {
          primed.warmUp(PRIMING_EVENT);
          users.primeCreate();
          history.erase(PRIMING_USER, Duration.ofSeconds(1));
        });
  }
}
