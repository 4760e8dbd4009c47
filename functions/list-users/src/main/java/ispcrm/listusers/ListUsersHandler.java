package ispcrm.listusers;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.ListQuery;
import ispcrm.http.PrimingEvent;
import ispcrm.runtime.LambdaHandler;
import ispcrm.users.PrimingUser;
import ispcrm.users.Users;
import java.time.Clock;
import java.util.Map;

/** Runs {@link ListUsers} as the Lambda function of its endpoint. */
public final class ListUsersHandler extends LambdaHandler {
  public ListUsersHandler() {
    this(System.getenv());
  }

  public ListUsersHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "listUsers", function(environment), environment, ListUsersHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static ListUsers function(Map<String, String> environment) {
    return new ListUsers(
        new Users(DynamoDb.client(environment), environment.get("USERS_TABLE")), Clock.systemUTC());
  }

  private static DynamoDbPriming priming() {
    // A prefix that no username has, so that no personal data gets into the snapshot.
    return DynamoDbPriming.connectingWith(
            PrimingEvent.of(Endpoint.LIST_USERS).withQuery("q", PrimingUser.ID).text())
        .calling(
            PrimingEvent.of(Endpoint.LIST_USERS).text(),
            PrimingUser.list(ListQuery.DEFAULT_LIMIT + 1))
        // The first name to fold takes about 25 ms, for the patterns and Unicode's tables.
        .calling(
            PrimingEvent.of(Endpoint.LIST_USERS).withQuery("name", PrimingUser.ID).text(),
            PrimingUser.list(1));
  }
}
