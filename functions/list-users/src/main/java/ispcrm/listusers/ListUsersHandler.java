package ispcrm.listusers;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.gateway.ApiEntryPoint;
import ispcrm.gateway.LambdaHandler;
import ispcrm.users.DynamoDbUsers;
import java.time.Clock;
import java.util.Map;

/** Runs {@link ListUsers} as the Lambda function of its endpoint. */
public final class ListUsersHandler extends LambdaHandler {
  /**
   * A prefix that almost certainly no username has, so that no personal data gets into a snapshot.
   */
  private static final String PRIMING_EVENT =
      """
      {"multiValueQueryStringParameters":{"q":["snapstart-priming"]},
       "requestContext":{"requestId":"snapstart"}}
      """;

  public ListUsersHandler() {
    this(System.getenv());
  }

  public ListUsersHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "listUsers",
            function(environment),
            environment,
            primed -> primed.warmUp(PRIMING_EVENT)));
  }

  /** Creates the function with what its environment names. */
  public static ListUsers function(Map<String, String> environment) {
    return new ListUsers(
        new DynamoDbUsers(DynamoDb.client(environment), environment.get("USERS_TABLE")),
        Clock.systemUTC());
  }
}
