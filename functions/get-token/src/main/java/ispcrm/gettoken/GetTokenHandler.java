package ispcrm.gettoken;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.runtime.LambdaHandler;
import ispcrm.tokens.PrimingToken;
import ispcrm.tokens.Tokens;
import ispcrm.users.PrimingUser;
import ispcrm.users.Users;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link GetToken} as the Lambda function of its endpoint. */
public final class GetTokenHandler extends LambdaHandler {
  public GetTokenHandler() {
    this(System.getenv());
  }

  public GetTokenHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "getToken", function(environment), environment, GetTokenHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static GetToken function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new GetToken(
        new Tokens(dynamoDb, environment.get("TOKENS_TABLE")),
        new Users(dynamoDb, environment.get("USERS_TABLE")));
  }

  private static DynamoDbPriming priming() {
    String event = PrimingEvent.of(Endpoint.GET_TOKEN, PrimingToken.ID).text();
    return DynamoDbPriming.connectingWith(event)
        .calling(
            event,
            PrimingToken.list(PrimingUser.ID, 1),
            PrimingToken.found(PrimingUser.ID),
            PrimingUser.found());
  }
}
