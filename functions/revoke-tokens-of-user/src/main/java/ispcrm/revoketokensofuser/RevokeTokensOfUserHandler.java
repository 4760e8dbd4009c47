package ispcrm.revoketokensofuser;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.history.History;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.runtime.LambdaHandler;
import ispcrm.users.PrimingUser;
import ispcrm.users.Users;
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link RevokeTokensOfUser} as the Lambda function of its endpoint. */
public final class RevokeTokensOfUserHandler extends LambdaHandler {
  public RevokeTokensOfUserHandler() {
    this(System.getenv());
  }

  public RevokeTokensOfUserHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "revokeTokensOfUser",
            function(environment),
            environment,
            RevokeTokensOfUserHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static RevokeTokensOfUser function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new RevokeTokensOfUser(
        new Users(dynamoDb, environment.get("USERS_TABLE")),
        new History(dynamoDb, environment),
        Clock.systemUTC());
  }

  private static DynamoDbPriming priming() {
    String event =
        PrimingEvent.of(Endpoint.REVOKE_TOKENS_OF_USER).withQuery("user", PrimingUser.ID).text();
    return DynamoDbPriming.connectingWith(event)
        .calling(event, PrimingUser.found(), CannedResponse.EMPTY);
  }
}
