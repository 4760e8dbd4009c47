package ispcrm.listdeliveries;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.runtime.LambdaHandler;
import ispcrm.webhooks.Deliveries;
import ispcrm.webhooks.PrimingWebhook;
import ispcrm.webhooks.Webhooks;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link ListDeliveries} as the Lambda function of its endpoint. */
public final class ListDeliveriesHandler extends LambdaHandler {
  public ListDeliveriesHandler() {
    this(System.getenv());
  }

  public ListDeliveriesHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "listDeliveries", function(environment), environment, ListDeliveriesHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static ListDeliveries function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new ListDeliveries(
        new Webhooks(dynamoDb, environment, Clock.systemUTC()),
        new Deliveries(dynamoDb, environment));
  }

  private static DynamoDbPriming priming() {
    String event = PrimingEvent.of(Endpoint.LIST_DELIVERIES, PrimingWebhook.ID).text();
    return DynamoDbPriming.connectingWith(event)
        .calling(event, PrimingWebhook.found(), CannedResponse.items(List.of()));
  }
}
