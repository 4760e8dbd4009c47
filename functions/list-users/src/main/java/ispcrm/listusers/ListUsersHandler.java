package ispcrm.listusers;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.gateway.ApiHandler;
import ispcrm.users.DynamoDbUsers;
import java.util.Map;

/** Wires {@link ListUsers} as the Lambda function of its endpoint. */
public final class ListUsersHandler extends ApiHandler {

  public ListUsersHandler() {
    this(System.getenv());
  }

  public ListUsersHandler(Map<String, String> environment) {
    super(
        "listUsers",
        new ListUsers(
            new DynamoDbUsers(DynamoDb.client(environment), environment.get("USERS_TABLE"))),
        environment);
  }

  /** Lists users whose names hardly anybody has, so that no subscriber's data is in a snapshot. */
  @Override
  protected void prime() {
    rehearse(
        """
        {"multiValueQueryStringParameters":{"q":["snapstart-priming"]},
         "requestContext":{"requestId":"snapstart"}}
        """);
  }
}
