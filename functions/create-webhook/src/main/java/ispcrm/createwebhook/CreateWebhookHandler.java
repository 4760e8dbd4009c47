package ispcrm.createwebhook;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.idempotency.Idempotency;
import ispcrm.runtime.LambdaEntryPoint;
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
    super(entryPoint(environment, DynamoDb.client(environment)));
  }

  /** Creates the function with what its environment names. */
  public static CreateWebhook function(Map<String, String> environment) {
    return function(environment, DynamoDb.client(environment));
  }

  private static CreateWebhook function(Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new CreateWebhook(
        webhooks(environment, dynamoDb),
        new Destinations(environment),
        new Idempotency(dynamoDb, environment, Clock.systemUTC()),
        Clock.systemUTC());
  }

  private static Webhooks webhooks(Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new Webhooks(dynamoDb, environment, Clock.systemUTC());
  }

  private static LambdaEntryPoint entryPoint(
      Map<String, String> environment, DynamoDbClient dynamoDb) {
    Webhooks webhooks = webhooks(environment, dynamoDb);
    return ApiEntryPoint.create(
        "createWebhook", function(environment, dynamoDb), environment, () -> priming(webhooks));
  }

  private static DynamoDbPriming priming(Webhooks webhooks) {
    String event = PrimingEvent.of(Endpoint.CREATE_WEBHOOK).withBody(PrimingWebhook.BODY).text();
    return DynamoDbPriming.connectingWith(webhooks::checkReadable)
        .calling(event, CannedResponse.EMPTY);
  }
}
