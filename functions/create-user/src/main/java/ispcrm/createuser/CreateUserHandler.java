package ispcrm.createuser;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.history.History;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.idempotency.Idempotency;
import ispcrm.runtime.LambdaEntryPoint;
import ispcrm.runtime.LambdaHandler;
import ispcrm.tokens.Tokens;
import ispcrm.users.PrimingUser;
import ispcrm.users.Users;
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link CreateUser} as the Lambda function of its endpoint. */
public final class CreateUserHandler extends LambdaHandler {
  public CreateUserHandler() {
    this(System.getenv());
  }

  public CreateUserHandler(Map<String, String> environment) {
    super(entryPoint(environment, DynamoDb.client(environment)));
  }

  /** Creates the function with what its environment names. */
  public static CreateUser function(Map<String, String> environment) {
    return function(environment, DynamoDb.client(environment));
  }

  private static CreateUser function(Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new CreateUser(
        new Users(dynamoDb, environment.get("USERS_TABLE")),
        new Tokens(dynamoDb, environment.get("TOKENS_TABLE")),
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
        "createUser", function(environment, dynamoDb), environment, () -> priming(idempotency));
  }

  private static DynamoDbPriming priming(Idempotency idempotency) {
    return DynamoDbPriming.connectingWith(idempotency::checkReadable)
        .calling(event().text(), CannedResponse.EMPTY)
        .calling(
            event().withHeader("Idempotency-Key", PrimingUser.ID).text(),
            CannedResponse.EMPTY,
            CannedResponse.EMPTY);
  }

  private static PrimingEvent event() {
    return PrimingEvent.of(Endpoint.CREATE_USER).withBody(PrimingUser.BODY);
  }
}
