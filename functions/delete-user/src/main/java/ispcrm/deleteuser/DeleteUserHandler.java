package ispcrm.deleteuser;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.history.History;
import ispcrm.history.PrimingEntries;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.idempotency.Idempotency;
import ispcrm.passwords.Passwords;
import ispcrm.runtime.LambdaHandler;
import ispcrm.tokens.PrimingToken;
import ispcrm.tokens.Tokens;
import ispcrm.users.PrimingUser;
import ispcrm.users.Users;
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link DeleteUser} as the Lambda function of its endpoint. */
public final class DeleteUserHandler extends LambdaHandler {
  public DeleteUserHandler() {
    this(System.getenv());
  }

  public DeleteUserHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "deleteUser", function(environment), environment, DeleteUserHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static DeleteUser function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new DeleteUser(
        new Users(dynamoDb, environment.get("USERS_TABLE")),
        new Passwords(dynamoDb, environment.get("PASSWORDS_TABLE")),
        new Tokens(dynamoDb, environment.get("TOKENS_TABLE")),
        new History(dynamoDb, environment),
        new Idempotency(dynamoDb, environment, Clock.systemUTC()),
        Clock.systemUTC());
  }

  private static DynamoDbPriming priming() {
    String event = PrimingEvent.of(Endpoint.DELETE_USER, PrimingUser.ID).text();
    return DynamoDbPriming.connectingWith(event)
        .calling(
            event,
            PrimingUser.found(),
            CannedResponse.EMPTY,
            PrimingToken.list(PrimingUser.ID, 1),
            CannedResponse.EMPTY,
            CannedResponse.EMPTY,
            PrimingEntries.list(PrimingUser.ID, PrimingUser.user().toMap(), 1),
            CannedResponse.EMPTY);
  }
}
