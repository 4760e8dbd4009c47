package ispcrm.listuserhistory;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.history.History;
import ispcrm.history.PrimingEntries;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.ListQuery;
import ispcrm.http.PrimingEvent;
import ispcrm.runtime.LambdaHandler;
import ispcrm.users.PrimingUser;
import ispcrm.users.Users;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link ListUserHistory} as the Lambda function of its endpoint. */
public final class ListUserHistoryHandler extends LambdaHandler {
  public ListUserHistoryHandler() {
    this(System.getenv());
  }

  public ListUserHistoryHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "listUserHistory",
            function(environment),
            environment,
            ListUserHistoryHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static ListUserHistory function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new ListUserHistory(
        new History(dynamoDb, environment), new Users(dynamoDb, environment.get("USERS_TABLE")));
  }

  private static DynamoDbPriming priming() {
    String event = PrimingEvent.of(Endpoint.LIST_USER_HISTORY, PrimingUser.ID).text();
    return DynamoDbPriming.connectingWith(event)
        .calling(
            event,
            PrimingEntries.list(
                PrimingUser.ID, PrimingUser.user().toMap(), ListQuery.DEFAULT_LIMIT + 1));
  }
}
