package ispcrm.createuser;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.gateway.ApiEntryPoint;
import ispcrm.gateway.LambdaEntryPoint;
import ispcrm.gateway.LambdaHandler;
import ispcrm.history.DynamoDbHistory;
import ispcrm.idempotency.DynamoDbIdempotency;
import ispcrm.users.DynamoDbUsers;
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link CreateUser} as the Lambda function of its endpoint. */
public final class CreateUserHandler extends LambdaHandler {
  /** An invalid user, which is refused before anything is generated. */
  private static final String PRIMING_EVENT =
      """
      {"body":"{\\"id\\":\\"snapstart-priming\\",\\"mac\\":\\"AABBCCDDEEFF\\",\\"version\\":\\"none\\"}",
       "requestContext":{"requestId":"snapstart"}}
      """;

  public CreateUserHandler() {
    this(System.getenv());
  }

  public CreateUserHandler(Map<String, String> environment) {
    super(entryPoint(environment, DynamoDb.client(environment)));
  }

  /** Creates the function with what its environment names. */
  public static CreateUser function(Map<String, String> environment) {
    return function(environment, DynamoDb.client(environment));
  }

  private static CreateUser function(Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new CreateUser(
        users(environment, dynamoDb),
        new DynamoDbHistory(dynamoDb, environment),
        idempotency(environment, dynamoDb),
        Clock.systemUTC());
  }

  private static DynamoDbUsers users(Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new DynamoDbUsers(dynamoDb, environment.get("USERS_TABLE"));
  }

  private static DynamoDbIdempotency idempotency(
      Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new DynamoDbIdempotency(dynamoDb, environment, Clock.systemUTC());
  }

  private static LambdaEntryPoint entryPoint(
      Map<String, String> environment, DynamoDbClient dynamoDb) {
    DynamoDbUsers users = users(environment, dynamoDb);
    DynamoDbIdempotency idempotency = idempotency(environment, dynamoDb);
    return ApiEntryPoint.create(
        "createUser",
        function(environment, dynamoDb),
        environment,
        primed -> {
          primed.warmUp(PRIMING_EVENT);
          users.primeCreate();
          idempotency.checkReadable();
        });
  }
}
