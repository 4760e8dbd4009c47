package ispcrm.listtokens;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.ListQuery;
import ispcrm.http.PrimingEvent;
import ispcrm.runtime.LambdaHandler;
import ispcrm.tokens.PrimingToken;
import ispcrm.tokens.Tokens;
import ispcrm.users.PrimingUser;
import ispcrm.users.Users;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link ListTokens} as the Lambda function of its endpoint. */
public final class ListTokensHandler extends LambdaHandler {
  public ListTokensHandler() {
    this(System.getenv());
  }

  public ListTokensHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "listTokens", function(environment), environment, ListTokensHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static ListTokens function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new ListTokens(
        new Tokens(dynamoDb, environment.get("TOKENS_TABLE")),
        new Users(dynamoDb, environment.get("USERS_TABLE")));
  }

  private static DynamoDbPriming priming() {
    String event = PrimingEvent.of(Endpoint.LIST_TOKENS).withQuery("user", PrimingUser.ID).text();
    return DynamoDbPriming.connectingWith(event)
        .calling(
            event,
            PrimingUser.found(),
            PrimingToken.list(PrimingUser.ID, ListQuery.DEFAULT_LIMIT + 1));
  }
}
