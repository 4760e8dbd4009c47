package ispcrm.rotatewebhooksecret;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.idempotency.Idempotency;
import ispcrm.runtime.LambdaHandler;
import ispcrm.webhooks.PrimingWebhook;
import ispcrm.webhooks.Webhooks;
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link RotateWebhookSecret} as the Lambda function of its endpoint. */
public final class RotateWebhookSecretHandler extends LambdaHandler {
  public RotateWebhookSecretHandler() {
    this(System.getenv());
  }

  public RotateWebhookSecretHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "rotateWebhookSecret",
            function(environment),
            environment,
            RotateWebhookSecretHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static RotateWebhookSecret function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new RotateWebhookSecret(
        new Webhooks(dynamoDb, environment, Clock.systemUTC()),
        new Idempotency(dynamoDb, environment, Clock.systemUTC()));
  }

  private static DynamoDbPriming priming() {
    String event = PrimingEvent.of(Endpoint.ROTATE_WEBHOOK_SECRET, PrimingWebhook.ID).text();
    return DynamoDbPriming.connectingWith(event)
        .calling(event, PrimingWebhook.found(), CannedResponse.EMPTY);
  }
}
