package ispcrm.expireusers;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.history.History;
import ispcrm.idempotency.Idempotency;
import ispcrm.runtime.CallLog;
import ispcrm.runtime.Deadline;
import ispcrm.runtime.LambdaEntryPoint;
import ispcrm.runtime.LambdaHandler;
import ispcrm.runtime.SpringCatalog;
import ispcrm.tokens.Tokens;
import ispcrm.users.Users;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link ExpireUsers} as a Lambda function that a schedule invokes, with any event. */
public final class ExpireUsersHandler extends LambdaHandler {
  /** Shorter than the time between two runs, which the template sets. */
  private static final Duration MAX_DURATION = Duration.ofSeconds(50);

  /** The template counts this message, and its alarm goes off without it. */
  private static final String LOG_MESSAGE =
      "expire-users completed a run: %d users expired, %d deletions completed";

  public ExpireUsersHandler() {
    this(System.getenv());
  }

  public ExpireUsersHandler(Map<String, String> environment) {
    super(entryPoint(environment));
  }

  /** Creates the function with what its environment names. */
  public static ExpireUsers function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new ExpireUsers(
        new Users(dynamoDb, environment.get("USERS_TABLE")),
        new Tokens(dynamoDb, environment.get("TOKENS_TABLE")),
        new History(dynamoDb, environment),
        new Idempotency(dynamoDb, environment, Clock.systemUTC()),
        Boolean.parseBoolean(environment.get("EXPIRE_USERS")),
        Clock.systemUTC());
  }

  private static LambdaEntryPoint entryPoint(Map<String, String> environment) {
    Function<Duration, ExpireUsers.Run> expireUsers =
        SpringCatalog.add(
            "expireUsers", function(environment), Duration.class, ExpireUsers.Run.class);
    return new LambdaEntryPoint(
        "expireUsers",
        environment,
        MAX_DURATION.plus(Deadline.OF_ENDPOINTS),
        event -> {
          ExpireUsers.Run run = expireUsers.apply(MAX_DURATION);
          CallLog.current().info(LOG_MESSAGE.formatted(run.expired(), run.erased()));
          return output(run);
        });
  }

  private static Map<String, Integer> output(ExpireUsers.Run run) {
    Map<String, Integer> output = new LinkedHashMap<>();
    output.put("expired", run.expired());
    output.put("erased", run.erased());
    return output;
  }
}
