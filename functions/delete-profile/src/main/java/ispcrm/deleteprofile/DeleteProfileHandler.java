package ispcrm.deleteprofile;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.history.History;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.profiles.PrimingProfile;
import ispcrm.profiles.Profiles;
import ispcrm.runtime.LambdaHandler;
import ispcrm.users.Users;
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link DeleteProfile} as the Lambda function of its endpoint. */
public final class DeleteProfileHandler extends LambdaHandler {
  public DeleteProfileHandler() {
    this(System.getenv());
  }

  public DeleteProfileHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "deleteProfile", function(environment), environment, DeleteProfileHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static DeleteProfile function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new DeleteProfile(
        new Profiles(dynamoDb, environment.get("PROFILES_TABLE")),
        new Users(dynamoDb, environment.get("USERS_TABLE")),
        new History(dynamoDb, environment),
        Clock.systemUTC());
  }

  private static DynamoDbPriming priming() {
    String event = PrimingEvent.of(Endpoint.DELETE_PROFILE, PrimingProfile.ID).text();
    return DynamoDbPriming.connectingWith(event)
        .calling(event, PrimingProfile.found(), CannedResponse.EMPTY, CannedResponse.EMPTY);
  }
}
