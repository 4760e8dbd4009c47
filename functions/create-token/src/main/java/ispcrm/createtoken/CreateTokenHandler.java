package ispcrm.createtoken;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.gateway.ApiHandler;
import ispcrm.tokens.DynamoDbTokens;
import ispcrm.users.DynamoDbUsers;
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Wires {@link CreateToken} as the Lambda function of its endpoint. */
public final class CreateTokenHandler extends ApiHandler {

  public CreateTokenHandler() {
    this(System.getenv());
  }

  public CreateTokenHandler(Map<String, String> environment) {
    this(environment, DynamoDb.client(environment));
  }

  private CreateTokenHandler(Map<String, String> environment, DynamoDbClient dynamoDb) {
    super(
        "createToken",
        new CreateToken(
            new DynamoDbUsers(dynamoDb, environment.get("USERS_TABLE")),
            new DynamoDbTokens(dynamoDb, environment.get("TOKENS_TABLE")),
            Integer.parseInt(environment.get("TOKEN_DAYS")),
            Integer.parseInt(environment.get("TOKEN_DAYS_MAX")),
            Clock.systemUTC()),
        environment);
  }

  /** Asks for a token of a user who does not exist: it is refused before anything is drawn. */
  @Override
  protected void prime() {
    rehearse(
        """
        {"body":"{\\"user\\":\\"snapstart-priming\\",\\"scopes\\":[\\"self:read\\"]}",
         "requestContext":{"requestId":"snapstart"}}
        """);
  }
}
