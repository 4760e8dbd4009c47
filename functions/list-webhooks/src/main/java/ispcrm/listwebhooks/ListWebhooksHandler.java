package ispcrm.listwebhooks;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.runtime.LambdaHandler;
import ispcrm.webhooks.PrimingWebhook;
import ispcrm.webhooks.Webhooks;
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link ListWebhooks} as the Lambda function of its endpoint. */
public final class ListWebhooksHandler extends LambdaHandler {
  public ListWebhooksHandler() {
    this(System.getenv());
  }

  public ListWebhooksHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "listWebhooks", function(environment), environment, ListWebhooksHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static ListWebhooks function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new ListWebhooks(new Webhooks(dynamoDb, environment, Clock.systemUTC()));
  }

  private static DynamoDbPriming priming() {
    String event = PrimingEvent.of(Endpoint.LIST_WEBHOOKS).text();
    return DynamoDbPriming.connectingWith(event).calling(event, PrimingWebhook.list(Webhooks.MAX));
  }
}
