package ispcrm.createprofile;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.history.History;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.idempotency.Idempotency;
import ispcrm.profiles.PrimingProfile;
import ispcrm.profiles.Profiles;
import ispcrm.runtime.LambdaEntryPoint;
import ispcrm.runtime.LambdaHandler;
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link CreateProfile} as the Lambda function of its endpoint. */
public final class CreateProfileHandler extends LambdaHandler {
  public CreateProfileHandler() {
    this(System.getenv());
  }

  public CreateProfileHandler(Map<String, String> environment) {
    super(entryPoint(environment, DynamoDb.client(environment)));
  }

  /** Creates the function with what its environment names. */
  public static CreateProfile function(Map<String, String> environment) {
    return function(environment, DynamoDb.client(environment));
  }

  private static CreateProfile function(Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new CreateProfile(
        new Profiles(dynamoDb, environment.get("PROFILES_TABLE")),
        new History(dynamoDb, environment),
        idempotency(environment, dynamoDb),
        Clock.systemUTC());
  }

  private static Idempotency idempotency(Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new Idempotency(dynamoDb, environment, Clock.systemUTC());
  }

  private static LambdaEntryPoint entryPoint(
      Map<String, String> environment, DynamoDbClient dynamoDb) {
    Idempotency idempotency = idempotency(environment, dynamoDb);
    return ApiEntryPoint.create(
        "createProfile", function(environment, dynamoDb), environment, () -> priming(idempotency));
  }

  private static DynamoDbPriming priming(Idempotency idempotency) {
    PrimingEvent event = PrimingEvent.of(Endpoint.CREATE_PROFILE).withBody(PrimingProfile.BODY);
    return DynamoDbPriming.connectingWith(idempotency::checkReadable)
        .calling(event.text(), CannedResponse.EMPTY)
        .calling(
            event.withHeader("Idempotency-Key", PrimingProfile.ID).text(),
            CannedResponse.EMPTY,
            CannedResponse.EMPTY);
  }
}
