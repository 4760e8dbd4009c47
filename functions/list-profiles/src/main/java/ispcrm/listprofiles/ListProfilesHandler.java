package ispcrm.listprofiles;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.ListQuery;
import ispcrm.http.PrimingEvent;
import ispcrm.profiles.PrimingProfile;
import ispcrm.profiles.Profiles;
import ispcrm.runtime.LambdaHandler;
import java.util.Map;

/** Runs {@link ListProfiles} as the Lambda function of its endpoint. */
public final class ListProfilesHandler extends LambdaHandler {
  public ListProfilesHandler() {
    this(System.getenv());
  }

  public ListProfilesHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "listProfiles", function(environment), environment, ListProfilesHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static ListProfiles function(Map<String, String> environment) {
    return new ListProfiles(
        new Profiles(DynamoDb.client(environment), environment.get("PROFILES_TABLE")));
  }

  private static DynamoDbPriming priming() {
    String event = PrimingEvent.of(Endpoint.LIST_PROFILES).text();
    return DynamoDbPriming.connectingWith(event)
        .calling(event, PrimingProfile.list(ListQuery.DEFAULT_LIMIT + 1));
  }
}
