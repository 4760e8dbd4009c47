package ispcrm.updateuser;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.history.History;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.runtime.LambdaHandler;
import ispcrm.tokens.Tokens;
import ispcrm.users.PrimingUser;
import ispcrm.users.Users;
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link UpdateUser} as the Lambda function of its endpoint. */
public final class UpdateUserHandler extends LambdaHandler {
  public UpdateUserHandler() {
    this(System.getenv());
  }

  public UpdateUserHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "updateUser", function(environment), environment, UpdateUserHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static UpdateUser function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new UpdateUser(
        new Users(dynamoDb, environment.get("USERS_TABLE")),
        new Tokens(dynamoDb, environment.get("TOKENS_TABLE")),
        new History(dynamoDb, environment),
        Clock.systemUTC());
  }

  private static DynamoDbPriming priming() {
    String event =
        PrimingEvent.of(Endpoint.UPDATE_USER, PrimingUser.ID)
            .withBody(Map.of("status", "suspended", "mac", "AABBCCDDEE00"))
            .text();
    return DynamoDbPriming.connectingWith(event)
        .calling(event, PrimingUser.found(), CannedResponse.EMPTY);
  }
}
