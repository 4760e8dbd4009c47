package ispcrm.updateprofile;

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
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link UpdateProfile} as the Lambda function of its endpoint. */
public final class UpdateProfileHandler extends LambdaHandler {
  public UpdateProfileHandler() {
    this(System.getenv());
  }

  public UpdateProfileHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "updateProfile", function(environment), environment, UpdateProfileHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static UpdateProfile function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new UpdateProfile(
        new Profiles(dynamoDb, environment.get("PROFILES_TABLE")),
        new History(dynamoDb, environment),
        Clock.systemUTC());
  }

  private static DynamoDbPriming priming() {
    String event =
        PrimingEvent.of(Endpoint.UPDATE_PROFILE, PrimingProfile.ID)
            .withBody(Map.of("attributes", Map.of("Mikrotik-Rate-Limit", "2M/2M")))
            .text();
    return DynamoDbPriming.connectingWith(event)
        .calling(event, PrimingProfile.found(), CannedResponse.EMPTY);
  }
}
