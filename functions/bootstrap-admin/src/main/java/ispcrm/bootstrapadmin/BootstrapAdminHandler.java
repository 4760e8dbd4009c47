package ispcrm.bootstrapadmin;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.gateway.CallLog;
import ispcrm.gateway.Deadline;
import ispcrm.gateway.LambdaEntryPoint;
import ispcrm.gateway.LambdaHandler;
import ispcrm.gateway.SpringCatalog;
import ispcrm.history.DynamoDbHistory;
import ispcrm.tokens.DynamoDbTokens;
import ispcrm.tokens.IssuedToken;
import ispcrm.users.DynamoDbUsers;
import ispcrm.users.PrimingUser;
import ispcrm.users.Timestamps;
import ispcrm.users.Users;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Runs {@link BootstrapAdmin} as a Lambda function that is invoked by hand, with any event. Its
 * member {@code reason}, if any, becomes the description of the token.
 */
public final class BootstrapAdminHandler extends LambdaHandler {

  /** An alarm of the template looks for this message. */
  private static final String LOG_MESSAGE = "bootstrap-admin issued a token for admin";

  public BootstrapAdminHandler() {
    this(System.getenv());
  }

  public BootstrapAdminHandler(Map<String, String> environment) {
    super(entryPoint(environment, DynamoDb.client(environment)));
  }

  /** Creates the function with what its environment names. */
  public static BootstrapAdmin function(Map<String, String> environment) {
    return function(environment, DynamoDb.client(environment));
  }

  private static BootstrapAdmin function(Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new BootstrapAdmin(
        users(environment, dynamoDb),
        new DynamoDbTokens(dynamoDb, environment.get("TOKENS_TABLE")),
        new DynamoDbHistory(dynamoDb, environment),
        Clock.systemUTC());
  }

  private static Users users(Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new DynamoDbUsers(dynamoDb, environment.get("USERS_TABLE"));
  }

  private static LambdaEntryPoint entryPoint(
      Map<String, String> environment, DynamoDbClient dynamoDb) {
    Function<String, IssuedToken> bootstrapAdmin =
        SpringCatalog.add(
            "bootstrapAdmin", function(environment, dynamoDb), String.class, IssuedToken.class);
    Users users = users(environment, dynamoDb);
    return new LambdaEntryPoint(
        "bootstrapAdmin",
        environment,
        Deadline.OF_ENDPOINTS,
        event -> {
          IssuedToken issued =
              bootstrapAdmin.apply(event.get("reason") instanceof String reason ? reason : null);
          CallLog.current().warn(LOG_MESSAGE);
          return output(issued);
        },
        // Only a read, because any event would issue a token.
        () -> DynamoDbPriming.connectingWith(() -> users.find(PrimingUser.ID)));
  }

  private static Map<String, String> output(IssuedToken issued) {
    Map<String, String> output = new LinkedHashMap<>();
    output.put("user", issued.token().user());
    output.put("token", issued.secret().secret());
    output.put("expires_at", Timestamps.format(issued.token().expiresAt()));
    return output;
  }
}
