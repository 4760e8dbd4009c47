package ispcrm.revoketoken;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.history.History;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.runtime.LambdaHandler;
import ispcrm.tokens.PrimingToken;
import ispcrm.tokens.Tokens;
import ispcrm.users.PrimingUser;
import ispcrm.users.Users;
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link RevokeToken} as the Lambda function of its endpoint. */
public final class RevokeTokenHandler extends LambdaHandler {
  public RevokeTokenHandler() {
    this(System.getenv());
  }

  public RevokeTokenHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "revokeToken", function(environment), environment, RevokeTokenHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static RevokeToken function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new RevokeToken(
        new Tokens(dynamoDb, environment.get("TOKENS_TABLE")),
        new Users(dynamoDb, environment.get("USERS_TABLE")),
        new History(dynamoDb, environment),
        Clock.systemUTC());
  }

  private static DynamoDbPriming priming() {
    String event = PrimingEvent.of(Endpoint.REVOKE_TOKEN, PrimingToken.ID).text();
    return DynamoDbPriming.connectingWith(event)
        .calling(
            event,
            PrimingToken.list(PrimingUser.ID, 1),
            PrimingToken.found(PrimingUser.ID),
            PrimingUser.found(),
            CannedResponse.EMPTY);
  }
}
