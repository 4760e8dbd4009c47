package ispcrm.expireusers;

import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.gateway.CallLog;
import ispcrm.gateway.Deadline;
import ispcrm.gateway.LambdaEntryPoint;
import ispcrm.gateway.LambdaHandler;
import ispcrm.gateway.PrimingEvent;
import ispcrm.gateway.SpringCatalog;
import ispcrm.history.DynamoDbHistory;
import ispcrm.users.DynamoDbUsers;
import ispcrm.users.PrimingUser;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link ExpireUsers} as a Lambda function that a schedule invokes, with any event. */
public final class ExpireUsersHandler extends LambdaHandler {
  /** Shorter than the function's timeout in the template. */
  private static final Duration MAX_DURATION = Duration.ofSeconds(200);

  /** The template counts this message, and its alarm goes off without it. */
  private static final String LOG_MESSAGE =
      "expire-users completed a run: %d users expired, %d deletions completed";

  public ExpireUsersHandler() {
    this(System.getenv());
  }

  public ExpireUsersHandler(Map<String, String> environment) {
    super(entryPoint(environment, DynamoDb.client(environment)));
  }

  /** Creates the function with what its environment names. */
  public static ExpireUsers function(Map<String, String> environment) {
    return function(environment, DynamoDb.client(environment));
  }

  private static ExpireUsers function(Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new ExpireUsers(
        users(environment, dynamoDb),
        new DynamoDbHistory(dynamoDb, environment),
        Boolean.parseBoolean(environment.get("EXPIRE_USERS")),
        Clock.systemUTC());
  }

  private static DynamoDbUsers users(Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new DynamoDbUsers(dynamoDb, environment.get("USERS_TABLE"));
  }

  private static LambdaEntryPoint entryPoint(
      Map<String, String> environment, DynamoDbClient dynamoDb) {
    Function<Instant, ExpireUsers.Run> expireUsers =
        SpringCatalog.add(
            "expireUsers", function(environment, dynamoDb), Instant.class, ExpireUsers.Run.class);
    DynamoDbUsers users = users(environment, dynamoDb);
    return new LambdaEntryPoint(
        "expireUsers",
        environment,
        MAX_DURATION.plus(Deadline.OF_ENDPOINTS),
        event -> {
          ExpireUsers.Run run = expireUsers.apply(Instant.now().plus(MAX_DURATION));
          CallLog.current().info(LOG_MESSAGE.formatted(run.expired(), run.erased()));
          return output(run);
        },
        () -> priming(users));
  }

  private static DynamoDbPriming priming(DynamoDbUsers users) {
    return DynamoDbPriming.connectingWith(() -> users.pendingErasures(1))
        .rehearsing(
            PrimingEvent.ofUnknownPath(),
            PrimingUser.list(1),
            PrimingUser.found(),
            CannedResponse.EMPTY,
            CannedResponse.EMPTY);
  }

  private static Map<String, Integer> output(ExpireUsers.Run run) {
    Map<String, Integer> output = new LinkedHashMap<>();
    output.put("expired", run.expired());
    output.put("erased", run.erased());
    return output;
  }
}
