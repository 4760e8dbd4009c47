package ispcrm.updatewebhook;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.runtime.LambdaHandler;
import ispcrm.webhooks.Destinations;
import ispcrm.webhooks.PrimingWebhook;
import ispcrm.webhooks.Webhooks;
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link UpdateWebhook} as the Lambda function of its endpoint. */
public final class UpdateWebhookHandler extends LambdaHandler {
  public UpdateWebhookHandler() {
    this(System.getenv());
  }

  public UpdateWebhookHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "updateWebhook", function(environment), environment, UpdateWebhookHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static UpdateWebhook function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new UpdateWebhook(
        new Webhooks(dynamoDb, environment, Clock.systemUTC()),
        new Destinations(environment),
        Clock.systemUTC());
  }

  private static DynamoDbPriming priming() {
    String event =
        PrimingEvent.of(Endpoint.UPDATE_WEBHOOK, PrimingWebhook.ID)
            .withBody(Map.of("payload", "thin"))
            .text();
    return DynamoDbPriming.connectingWith(event)
        .calling(event, PrimingWebhook.found(), CannedResponse.EMPTY);
  }
}
