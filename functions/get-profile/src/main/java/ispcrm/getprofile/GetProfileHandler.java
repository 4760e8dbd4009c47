package ispcrm.getprofile;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.profiles.PrimingProfile;
import ispcrm.profiles.Profiles;
import ispcrm.runtime.LambdaHandler;
import java.util.Map;

/** Runs {@link GetProfile} as the Lambda function of its endpoint. */
public final class GetProfileHandler extends LambdaHandler {
  public GetProfileHandler() {
    this(System.getenv());
  }

  public GetProfileHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "getProfile", function(environment), environment, GetProfileHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static GetProfile function(Map<String, String> environment) {
    return new GetProfile(
        new Profiles(DynamoDb.client(environment), environment.get("PROFILES_TABLE")));
  }

  private static DynamoDbPriming priming() {
    String event = PrimingEvent.of(Endpoint.GET_PROFILE, PrimingProfile.ID).text();
    return DynamoDbPriming.connectingWith(event)
        .calling(event, PrimingProfile.found())
        .calling(event, CannedResponse.EMPTY);
  }
}
