package ispcrm.bootstrapadmin;

import com.amazonaws.services.lambda.runtime.Context;
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

  public BootstrapAdminHandler() {
    this(System.getenv());
  }

  public BootstrapAdminHandler(Map<String, String> environment) {
    this(environment, DynamoDb.client());
  }

  private BootstrapAdminHandler(Map<String, String> environment, DynamoDbClient dynamoDb) {
    super(
        "bootstrapAdmin",
        BootstrapAdmin.Order.class,
        BootstrapAdmin.Access.class,
        new BootstrapAdmin(
            new DynamoDbUsers(dynamoDb, environment.get("USERS_TABLE")),
            new DynamoDbTokens(dynamoDb, environment.get("TOKENS_TABLE")),
            Integer.parseInt(environment.get("TOKEN_DAYS")),
            Clock.systemUTC()));
  }

  @Override
  protected Object handle(Map<String, Object> event, Context context) {
    BootstrapAdmin.Access access = call(new BootstrapAdmin.Order());
    Map<String, String> answer = new LinkedHashMap<>();
    answer.put("user", access.user());
    answer.put("token", access.token().secret());
    answer.put("expires_at", Timestamps.format(access.expiresAt()));
    return answer;
  }
}
