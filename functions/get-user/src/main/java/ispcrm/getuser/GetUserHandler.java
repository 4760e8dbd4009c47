package ispcrm.getuser;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.runtime.LambdaHandler;
import ispcrm.users.PrimingUser;
import ispcrm.users.Users;
import java.util.Map;

/** Runs {@link GetUser} as the Lambda function of its endpoint. */
public final class GetUserHandler extends LambdaHandler {
  public GetUserHandler() {
    this(System.getenv());
  }

  public GetUserHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "getUser", function(environment), environment, GetUserHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static GetUser function(Map<String, String> environment) {
    return new GetUser(new Users(DynamoDb.client(environment), environment.get("USERS_TABLE")));
  }

  private static DynamoDbPriming priming() {
    String event = PrimingEvent.of(Endpoint.GET_USER, PrimingUser.ID).text();
    return DynamoDbPriming.connectingWith(event)
        .calling(event, PrimingUser.found())
        .calling(event, CannedResponse.EMPTY);
  }
}
