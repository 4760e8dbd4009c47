package ispcrm.createuser;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.gateway.ApiEntryPoint;
import ispcrm.gateway.LambdaEntryPoint;
import ispcrm.gateway.LambdaHandler;
import ispcrm.users.DynamoDbUsers;
import java.time.Clock;
import java.util.Map;

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
    super(entryPoint(environment, users(environment)));
  }

  /** Creates the function with what its environment names. */
  public static CreateUser function(Map<String, String> environment) {
    return function(users(environment));
  }

  private static CreateUser function(DynamoDbUsers users) {
    return new CreateUser(users, Clock.systemUTC());
  }

  private static DynamoDbUsers users(Map<String, String> environment) {
    return new DynamoDbUsers(DynamoDb.client(environment), environment.get("USERS_TABLE"));
  }

  private static LambdaEntryPoint entryPoint(Map<String, String> environment, DynamoDbUsers users) {
    return ApiEntryPoint.create(
        "createUser",
        function(users),
        environment,
        primed -> {
          primed.warmUp(PRIMING_EVENT);
          users.primeCreate();
        });
  }
}
