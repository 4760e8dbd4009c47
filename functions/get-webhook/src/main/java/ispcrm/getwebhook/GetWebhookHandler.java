package ispcrm.getwebhook;

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

/** Runs {@link GetWebhook} as the Lambda function of its endpoint. */
public final class GetWebhookHandler extends LambdaHandler {
  public GetWebhookHandler() {
    this(System.getenv());
  }

  public GetWebhookHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "getWebhook", function(environment), environment, GetWebhookHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static GetWebhook function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new GetWebhook(new Webhooks(dynamoDb, environment, Clock.systemUTC()));
  }

  private static DynamoDbPriming priming() {
    String event = PrimingEvent.of(Endpoint.GET_WEBHOOK, PrimingWebhook.ID).text();
    return DynamoDbPriming.connectingWith(event)
        .calling(event, PrimingWebhook.found())
        .calling(event, CannedResponse.EMPTY);
  }
}
