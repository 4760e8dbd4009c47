package ispcrm.authorizesubscriber;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.BatchReader;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.passwords.Passwords;
import ispcrm.profiles.PrimingProfile;
import ispcrm.profiles.Profiles;
import ispcrm.runtime.LambdaHandler;
import ispcrm.users.PrimingUser;
import ispcrm.users.Users;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link AuthorizeSubscriber} as the Lambda function of its endpoint. */
public final class AuthorizeSubscriberHandler extends LambdaHandler {
  public AuthorizeSubscriberHandler() {
    this(System.getenv());
  }

  public AuthorizeSubscriberHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "authorizeSubscriber", function(environment), environment, () -> priming(environment)));
  }

  /** Creates the function with what its environment names. */
  public static AuthorizeSubscriber function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new AuthorizeSubscriber(
        new BatchReader(dynamoDb),
        new Users(dynamoDb, environment.get("USERS_TABLE")),
        new Passwords(dynamoDb, environment.get("PASSWORDS_TABLE")),
        new KnownProfiles(new Profiles(dynamoDb, environment.get("PROFILES_TABLE"))),
        Clock.systemUTC());
  }

  private static DynamoDbPriming priming(Map<String, String> environment) {
    String event =
        PrimingEvent.of(Endpoint.AUTHORIZE_SUBSCRIBER)
            .withBody(Map.of("username", PrimingUser.ID, "protocol", "PPP"))
            .text();
    return DynamoDbPriming.connectingWith(event)
        .calling(
            event,
            PrimingUser.claim(),
            CannedResponse.batch(
                Map.of(
                    environment.get("USERS_TABLE"), List.of(PrimingUser.withPassword()),
                    environment.get("PASSWORDS_TABLE"),
                        List.of(Passwords.item(PrimingUser.ID, PrimingUser.ID)))),
            PrimingProfile.found());
  }
}
