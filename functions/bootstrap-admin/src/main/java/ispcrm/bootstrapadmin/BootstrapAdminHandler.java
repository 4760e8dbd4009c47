package ispcrm.bootstrapadmin;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.gateway.FunctionHandler;
import ispcrm.tokens.DynamoDbTokens;
import ispcrm.users.DynamoDbUsers;
import ispcrm.users.Timestamps;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Wires {@link BootstrapAdmin} as a Lambda function that is invoked by hand, with any event. */
public final class BootstrapAdminHandler
    extends FunctionHandler<BootstrapAdmin.Order, BootstrapAdmin.Access> {
  private final DynamoDbUsers users;

  public BootstrapAdminHandler() {
    this(System.getenv());
  }

  public BootstrapAdminHandler(Map<String, String> environment) {
    this(environment, DynamoDb.client(environment));
  }

  private BootstrapAdminHandler(Map<String, String> environment, DynamoDbClient dynamoDb) {
    this(environment, dynamoDb, new DynamoDbUsers(dynamoDb, environment.get("USERS_TABLE")));
  }

  private BootstrapAdminHandler(
      Map<String, String> environment, DynamoDbClient dynamoDb, DynamoDbUsers users) {
    super(
        "bootstrapAdmin",
        BootstrapAdmin.Order.class,
        BootstrapAdmin.Access.class,
        new BootstrapAdmin(
            users,
            new DynamoDbTokens(dynamoDb, environment.get("TOKENS_TABLE")),
            Integer.parseInt(environment.get("TOKEN_DAYS")),
            Clock.systemUTC()));
    this.users = users;
  }

  @Override
  protected Object handle(Map<String, Object> event, LambdaLogger log) {
    BootstrapAdmin.Access access = call(new BootstrapAdmin.Order());
    Map<String, String> answer = new LinkedHashMap<>();
    answer.put("user", access.user());
    answer.put("token", access.token().secret());
    answer.put("expires_at", Timestamps.format(access.expiresAt()));
    return answer;
  }

  /** Reads a user and stops there: any event would make a token. */
  @Override
  protected void prime() {
    users.find("snapstart-priming");
  }
}
