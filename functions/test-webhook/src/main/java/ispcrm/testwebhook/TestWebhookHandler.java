package ispcrm.testwebhook;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.idempotency.Idempotency;
import ispcrm.runtime.LambdaHandler;
import ispcrm.senders.Senders;
import ispcrm.webhooks.Deliveries;
import ispcrm.webhooks.PrimingWebhook;
import ispcrm.webhooks.Webhooks;
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs {@link TestWebhook} as the Lambda function of its endpoint. */
public final class TestWebhookHandler extends LambdaHandler {
  public TestWebhookHandler() {
    this(System.getenv());
  }

  public TestWebhookHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "testWebhook", function(environment), environment, TestWebhookHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static TestWebhook function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new TestWebhook(
        new Webhooks(dynamoDb, environment, Clock.systemUTC()),
        new Deliveries(dynamoDb, environment),
        new Senders(environment),
        new Idempotency(dynamoDb, environment, Clock.systemUTC()),
        Clock.systemUTC());
  }

  private static DynamoDbPriming priming() {
    String event = PrimingEvent.of(Endpoint.TEST_WEBHOOK, PrimingWebhook.ID).text();
    return DynamoDbPriming.connectingWith(event)
        .calling(event, PrimingWebhook.found(), CannedResponse.EMPTY, CannedResponse.EMPTY);
  }
}
