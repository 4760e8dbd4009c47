package ispcrm.createuser;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.gateway.ApiHandler;
import ispcrm.users.DynamoDbUsers;
import java.time.Clock;
import java.util.Map;

/** Wires {@link CreateUser} as the Lambda function of its endpoint. */
public final class CreateUserHandler extends ApiHandler {
  private final DynamoDbUsers users;

  public CreateUserHandler() {
    this(System.getenv());
  }

  public CreateUserHandler(Map<String, String> environment) {
    this(
        environment,
        new DynamoDbUsers(DynamoDb.client(environment), environment.get("USERS_TABLE")));
  }

  private CreateUserHandler(Map<String, String> environment, DynamoDbUsers users) {
    super("createUser", new CreateUser(users, Clock.systemUTC()), environment);
    this.users = users;
  }

  /**
   * Asks for a user with a fault, which is refused before anything is drawn, and has DynamoDB
   * refuse another.
   */
  @Override
  protected void prime() {
    rehearse(
        """
        {"body":"{\\"id\\":\\"snapstart-priming\\",\\"mac\\":\\"AABBCCDDEEFF\\",\\"version\\":\\"none\\"}",
         "requestContext":{"requestId":"snapstart"}}
        """);
    users.rehearseCreate();
  }
}
