package ispcrm.senddeliveries;

import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.history.History;
import ispcrm.runtime.CallLog;
import ispcrm.runtime.Json;
import ispcrm.runtime.LambdaEntryPoint;
import ispcrm.runtime.LambdaHandler;
import ispcrm.runtime.SpringCatalog;
import ispcrm.webhooks.Deliveries;
import ispcrm.webhooks.Destinations;
import ispcrm.webhooks.PrimingWebhook;
import ispcrm.webhooks.Webhooks;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Runs {@link SendDeliveries} as a Lambda function that other functions invoke, with the id of a
 * webhook.
 */
public final class SendDeliveriesHandler extends LambdaHandler {
  /** The last attempt of a run can begin just before its end. */
  private static final Duration MAX_DURATION =
      SendDeliveries.LIMIT.plus(Receiver.LIMIT).plus(Receiver.LIMIT);

  /** The first pause after a failure is 5 seconds, and a fifth more at most. */
  private static final Duration PATIENCE = Duration.ofSeconds(7);

  public SendDeliveriesHandler() {
    this(System.getenv());
  }

  public SendDeliveriesHandler(Map<String, String> environment) {
    super(entryPoint(environment, DynamoDb.client(environment)));
  }

  /** Creates the function with what its environment names. */
  public static SendDeliveries function(Map<String, String> environment) {
    return function(environment, DynamoDb.client(environment));
  }

  private static SendDeliveries function(Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new SendDeliveries(
        webhooks(environment, dynamoDb),
        new Deliveries(dynamoDb, environment),
        new History(dynamoDb, environment),
        new Destinations(environment),
        Clock.systemUTC(),
        PATIENCE);
  }

  private static Webhooks webhooks(Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new Webhooks(dynamoDb, environment, Clock.systemUTC());
  }

  private static LambdaEntryPoint entryPoint(
      Map<String, String> environment, DynamoDbClient dynamoDb) {
    Webhooks webhooks = webhooks(environment, dynamoDb);
    Function<String, SendDeliveries.Run> sendDeliveries =
        SpringCatalog.add(
            "sendDeliveries",
            function(environment, dynamoDb),
            String.class,
            SendDeliveries.Run.class);
    return new LambdaEntryPoint(
        "sendDeliveries",
        environment,
        MAX_DURATION,
        event -> {
          String webhook = String.valueOf(event.get("webhook"));
          SendDeliveries.Run run = sendDeliveries.apply(webhook);
          CallLog.current()
              .with("webhook", webhook)
              .with("delivered", run.delivered())
              .with("failed", run.failed())
              .info("send-deliveries completed a run");
          Map<String, Integer> output = new LinkedHashMap<>();
          output.put("delivered", run.delivered());
          output.put("failed", run.failed());
          return output;
        },
        () -> priming(webhooks));
  }

  private static DynamoDbPriming priming(Webhooks webhooks) {
    return DynamoDbPriming.connectingWith(webhooks::checkReadable)
        .calling(Json.write(Map.of("webhook", PrimingWebhook.ID)), CannedResponse.items(List.of()));
  }
}
