package ispcrm.createtoken;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.history.History;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.idempotency.Idempotency;
import ispcrm.runtime.LambdaHandler;
import ispcrm.tokens.Tokens;
import ispcrm.users.PrimingUser;
import ispcrm.users.Users;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link CreateToken} as the Lambda function of its endpoint. */
public final class CreateTokenHandler extends LambdaHandler {
  public CreateTokenHandler() {
    this(System.getenv());
  }

  public CreateTokenHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "createToken", function(environment), environment, CreateTokenHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static CreateToken function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new CreateToken(
        new Users(dynamoDb, environment.get("USERS_TABLE")),
        new Tokens(dynamoDb, environment.get("TOKENS_TABLE")),
        new History(dynamoDb, environment),
        new Idempotency(dynamoDb, environment, Clock.systemUTC()),
        Integer.parseInt(environment.get("TOKEN_DAYS")),
        Integer.parseInt(environment.get("TOKEN_DAYS_MAX")),
        Clock.systemUTC());
  }

  private static DynamoDbPriming priming() {
    // For a user who does not exist: the request is refused before anything is generated.
    String event =
        PrimingEvent.of(Endpoint.CREATE_TOKEN)
            .withBody(Map.of("user", PrimingUser.ID, "scopes", List.of("self:read")))
            .text();
    return DynamoDbPriming.connectingWith(event).calling(event, CannedResponse.EMPTY);
  }
}
