package ispcrm.bootstrapadmin;

import ispcrm.dynamodb.DynamoDb;
import ispcrm.history.History;
import ispcrm.runtime.CallLog;
import ispcrm.runtime.Deadline;
import ispcrm.runtime.LambdaEntryPoint;
import ispcrm.runtime.LambdaHandler;
import ispcrm.runtime.SpringCatalog;
import ispcrm.tokens.IssuedToken;
import ispcrm.tokens.Tokens;
import ispcrm.users.Users;
import ispcrm.values.Timestamps;
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
    super(entryPoint(environment));
  }

  /** Creates the function with what its environment names. */
  public static BootstrapAdmin function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new BootstrapAdmin(
        new Users(dynamoDb, environment.get("USERS_TABLE")),
        new Tokens(dynamoDb, environment.get("TOKENS_TABLE")),
        new History(dynamoDb, environment),
        Clock.systemUTC());
  }

  private static LambdaEntryPoint entryPoint(Map<String, String> environment) {
    Function<String, IssuedToken> bootstrapAdmin =
        SpringCatalog.add("bootstrapAdmin", function(environment), String.class, IssuedToken.class);
    return new LambdaEntryPoint(
        "bootstrapAdmin",
        environment,
        Deadline.OF_ENDPOINTS,
        event -> {
          IssuedToken issued =
              bootstrapAdmin.apply(event.get("reason") instanceof String reason ? reason : null);
          CallLog.current().warn(LOG_MESSAGE);
          return output(issued);
        });
  }

  private static Map<String, String> output(IssuedToken issued) {
    Map<String, String> output = new LinkedHashMap<>();
    output.put("user", issued.token().user());
    output.put("token", issued.secret().secret());
    output.put("expires_at", Timestamps.format(issued.token().expiresAt()));
    return output;
  }
}
