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
        new GetUser(new DynamoDbUsers(DynamoDb.client(), environment.get("USERS_TABLE"))),
        environment);
  }
}
