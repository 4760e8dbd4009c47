package ispcrm.createwebhook;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.idempotency.Idempotency;
import ispcrm.runtime.LambdaHandler;
import ispcrm.webhooks.Destinations;
import ispcrm.webhooks.PrimingWebhook;
import ispcrm.webhooks.Webhooks;
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link CreateWebhook} as the Lambda function of its endpoint. */
public final class CreateWebhookHandler extends LambdaHandler {
  public CreateWebhookHandler() {
    this(System.getenv());
  }

  public CreateWebhookHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "createWebhook", function(environment), environment, () -> priming(environment)));
  }

  /** Creates the function with what its environment names. */
  public static CreateWebhook function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new CreateWebhook(
        new Webhooks(dynamoDb, environment, Clock.systemUTC()),
        new Destinations(environment),
        new Idempotency(dynamoDb, environment, Clock.systemUTC()),
        Clock.systemUTC());
  }

  private static DynamoDbPriming priming(Map<String, String> environment) {
    String event = PrimingEvent.of(Endpoint.CREATE_WEBHOOK).withBody(PrimingWebhook.BODY).text();
    Webhooks webhooks = new Webhooks(DynamoDb.client(environment), environment, Clock.systemUTC());
    return DynamoDbPriming.connectingWith(webhooks::checkReadable)
        .calling(event, CannedResponse.EMPTY);
  }
}
