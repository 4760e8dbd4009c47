package ispcrm.getuser;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.gateway.ApiHandler;
import ispcrm.users.DynamoDbUsers;
import java.util.Map;

/** Wires {@link GetUser} as the Lambda function of its endpoint. */
public final class GetUserHandler extends ApiHandler {

  public GetUserHandler() {
    this(System.getenv());
  }

  public GetUserHandler(Map<String, String> environment) {
    super(
        "getUser",
        new GetUser(
            new DynamoDbUsers(DynamoDb.client(environment), environment.get("USERS_TABLE"))),
        environment);
  }

  /** Reads a user whom hardly anybody is called like; that there is none is an answer too. */
  @Override
  protected void prime() {
    rehearse(
        """
        {"pathParameters":{"id":"snapstart-priming"},"requestContext":{"requestId":"snapstart"}}
        """);
  }
}
