package ispcrm.checkhealth;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.history.History;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.idempotency.Idempotency;
import ispcrm.passwords.Passwords;
import ispcrm.profiles.Profiles;
import ispcrm.runtime.LambdaHandler;
import ispcrm.tokens.Tokens;
import ispcrm.users.Users;
import ispcrm.webhooks.Webhooks;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link CheckHealth} as the Lambda function of its endpoint. */
public final class CheckHealthHandler extends LambdaHandler {
  public CheckHealthHandler() {
    this(System.getenv());
  }

  public CheckHealthHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "checkHealth", function(environment), environment, CheckHealthHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static CheckHealth function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    String users = environment.get("USERS_TABLE");
    String tokens = environment.get("TOKENS_TABLE");
    Map<String, Runnable> tables = new LinkedHashMap<>();
    tables.put(users, new Users(dynamoDb, users)::checkReadable);
    tables.put(tokens, new Tokens(dynamoDb, tokens)::checkReadable);
    String profiles = environment.get("PROFILES_TABLE");
    tables.put(profiles, new Profiles(dynamoDb, profiles)::checkReadable);
    String passwords = environment.get("PASSWORDS_TABLE");
    tables.put(passwords, new Passwords(dynamoDb, passwords)::checkReadable);
    tables.put(
        environment.get("WEBHOOKS_TABLE"),
        new Webhooks(dynamoDb, environment, Clock.systemUTC())::checkReadable);
    tables.put(environment.get("HISTORY_TABLE"), new History(dynamoDb, environment)::checkReadable);
    tables.put(
        environment.get("IDEMPOTENCY_TABLE"),
        new Idempotency(dynamoDb, environment, Clock.systemUTC())::checkReadable);
    return new CheckHealth(tables, environment.get("RELEASE"));
  }

  private static DynamoDbPriming priming() {
    String event = PrimingEvent.of(Endpoint.CHECK_HEALTH).text();
    return DynamoDbPriming.connectingWith(event)
        .calling(
            event,
            CannedResponse.EMPTY,
            CannedResponse.EMPTY,
            CannedResponse.EMPTY,
            CannedResponse.EMPTY,
            CannedResponse.EMPTY,
            CannedResponse.EMPTY,
            CannedResponse.EMPTY);
  }
}
