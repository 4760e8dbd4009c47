package ispcrm.removepassword;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.history.History;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.passwords.Passwords;
import ispcrm.runtime.LambdaHandler;
import ispcrm.users.PrimingUser;
import ispcrm.users.Users;
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link RemovePassword} as the Lambda function of its endpoint. */
public final class RemovePasswordHandler extends LambdaHandler {
  public RemovePasswordHandler() {
    this(System.getenv());
  }

  public RemovePasswordHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "removePassword", function(environment), environment, RemovePasswordHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static RemovePassword function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new RemovePassword(
        new Users(dynamoDb, environment.get("USERS_TABLE")),
        new Passwords(dynamoDb, environment.get("PASSWORDS_TABLE")),
        new History(dynamoDb, environment),
        Clock.systemUTC());
  }

  private static DynamoDbPriming priming() {
    String event = PrimingEvent.of(Endpoint.REMOVE_PASSWORD, PrimingUser.ID).text();
    return DynamoDbPriming.connectingWith(event)
        .calling(event, PrimingUser.found(), CannedResponse.EMPTY);
  }
}
