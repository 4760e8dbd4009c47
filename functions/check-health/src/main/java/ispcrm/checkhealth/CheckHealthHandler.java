package ispcrm.checkhealth;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.history.DynamoDbHistory;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.idempotency.DynamoDbIdempotency;
import ispcrm.runtime.LambdaHandler;
import ispcrm.tokens.DynamoDbTokens;
import ispcrm.users.DynamoDbUsers;
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
    tables.put(users, new DynamoDbUsers(dynamoDb, users)::checkReadable);
    tables.put(tokens, new DynamoDbTokens(dynamoDb, tokens)::checkReadable);
    tables.put(
        environment.get("HISTORY_TABLE"),
        new DynamoDbHistory(dynamoDb, environment)::checkReadable);
    tables.put(
        environment.get("IDEMPOTENCY_TABLE"),
        new DynamoDbIdempotency(dynamoDb, environment, Clock.systemUTC())::checkReadable);
    return new CheckHealth(tables, environment.get("RELEASE"));
  }

  private static DynamoDbPriming priming() {
    String event = PrimingEvent.of(Endpoint.CHECK_HEALTH).text();
    return DynamoDbPriming.connectingWith(event)
        .rehearsing(
            event,
            CannedResponse.EMPTY,
            CannedResponse.EMPTY,
            CannedResponse.EMPTY,
            CannedResponse.EMPTY);
  }
}
