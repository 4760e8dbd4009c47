package ispcrm.deletewebhook;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
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

/** Runs {@link DeleteWebhook} as the Lambda function of its endpoint. */
public final class DeleteWebhookHandler extends LambdaHandler {
  public DeleteWebhookHandler() {
    this(System.getenv());
  }

  public DeleteWebhookHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "deleteWebhook", function(environment), environment, DeleteWebhookHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static DeleteWebhook function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new DeleteWebhook(
        new Webhooks(dynamoDb, environment, Clock.systemUTC()), Clock.systemUTC());
  }

  private static DynamoDbPriming priming() {
    String event = PrimingEvent.of(Endpoint.DELETE_WEBHOOK, PrimingWebhook.ID).text();
    return DynamoDbPriming.connectingWith(event)
        .calling(event, PrimingWebhook.found(), CannedResponse.EMPTY);
  }
}
