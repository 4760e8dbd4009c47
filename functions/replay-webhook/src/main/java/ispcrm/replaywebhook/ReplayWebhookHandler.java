package ispcrm.replaywebhook;

import ispcrm.access.Endpoint;
import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.history.History;
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

/** Runs {@link ReplayWebhook} as the Lambda function of its endpoint. */
public final class ReplayWebhookHandler extends LambdaHandler {
  public ReplayWebhookHandler() {
    this(System.getenv());
  }

  public ReplayWebhookHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "replayWebhook", function(environment), environment, ReplayWebhookHandler::priming));
  }

  /** Creates the function with what its environment names. */
  public static ReplayWebhook function(Map<String, String> environment) {
    DynamoDbClient dynamoDb = DynamoDb.client(environment);
    return new ReplayWebhook(
        new Webhooks(dynamoDb, environment, Clock.systemUTC()),
        new Deliveries(dynamoDb, environment),
        new History(dynamoDb, environment),
        new Senders(environment),
        new Idempotency(dynamoDb, environment, Clock.systemUTC()),
        Clock.systemUTC());
  }

  private static DynamoDbPriming priming() {
    String event =
        PrimingEvent.of(Endpoint.REPLAY_WEBHOOK, PrimingWebhook.ID)
            .withBody(Map.of("since", "2024-12-01"))
            .text();
    return DynamoDbPriming.connectingWith(event)
        .calling(event, PrimingWebhook.found(), CannedResponse.EMPTY, CannedResponse.EMPTY);
  }
}
