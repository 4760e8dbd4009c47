package ispcrm.listevents;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.history.History;
import ispcrm.history.PrimingEntries;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.runtime.LambdaHandler;
import ispcrm.users.PrimingUser;
import ispcrm.users.Users;
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link ListEvents} as the Lambda function of its endpoint. */
public final class ListEventsHandler extends LambdaHandler {
  public ListEventsHandler() {
    this(System.getenv());
  }

  public ListEventsHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "listEvents", function(environment), environment, ListEventsHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static ListEvents function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new ListEvents(
        new History(dynamoDb, environment),
        new Users(dynamoDb, environment.get("USERS_TABLE")),
        Clock.systemUTC());
  }

  private static DynamoDbPriming priming() {
    String event = PrimingEvent.of(Endpoint.LIST_EVENTS).text();
    return DynamoDbPriming.connectingWith(event)
        .calling(event, PrimingEntries.events(PrimingUser.ID, PrimingUser.user().toMap(), 15));
  }
}
