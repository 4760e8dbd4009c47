package ispcrm.createuser;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.gateway.ApiHandler;
import ispcrm.users.DynamoDbUsers;
import java.time.Clock;
import java.util.Map;

/** Wires {@link CreateUser} as the Lambda function of its endpoint. */
public final class CreateUserHandler extends ApiHandler {

  public CreateUserHandler() {
    this(System.getenv());
  }

  public CreateUserHandler(Map<String, String> environment) {
    super(
        "createUser",
        new CreateUser(
            new DynamoDbUsers(DynamoDb.client(), environment.get("USERS_TABLE")),
            Clock.systemUTC()),
        environment);
  }
}
