package ispcrm.getuser;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.gateway.ApiEntryPoint;
import ispcrm.gateway.LambdaHandler;
import ispcrm.users.DynamoDbUsers;
import java.util.Map;

/** Runs {@link GetUser} as the Lambda function of its endpoint. */
public final class GetUserHandler extends LambdaHandler {
  /** An id that almost certainly does not exist; 404 is a response too. */
  private static final String PRIMING_EVENT =
      """
      {"pathParameters":{"id":"snapstart-priming"},"requestContext":{"requestId":"snapstart"}}
      """;

  public GetUserHandler() {
    this(System.getenv());
  }

  public GetUserHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "getUser", function(environment), environment, primed -> primed.warmUp(PRIMING_EVENT)));
  }

  /** Creates the function with what its environment names. */
  public static GetUser function(Map<String, String> environment) {
    return new GetUser(
        new DynamoDbUsers(DynamoDb.client(environment), environment.get("USERS_TABLE")));
  }
}
