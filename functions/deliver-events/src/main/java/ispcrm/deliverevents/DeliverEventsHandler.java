package ispcrm.deliverevents;

import ispcrm.dynamodb.CannedResponse;
import ispcrm.dynamodb.DynamoDb;
import ispcrm.dynamodb.DynamoDbPriming;
import ispcrm.history.History;
import ispcrm.history.PrimingEntries;
import ispcrm.runtime.CallLog;
import ispcrm.runtime.LambdaEntryPoint;
import ispcrm.runtime.LambdaHandler;
import ispcrm.runtime.SpringCatalog;
import ispcrm.senders.Senders;
import ispcrm.webhooks.Deliveries;
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
 * Runs {@link DeliverEvents} as a Lambda function that the stream of the history invokes with new
 * entries, and a schedule with any other event.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html">Configuring
 *     partial batch response with DynamoDB and Lambda</a>
 */
public final class DeliverEventsHandler extends LambdaHandler {
  /** Shorter than the function's time in the template. */
  private static final Duration LIMIT = Duration.ofSeconds(50);

  /** The template reads this line, and its alarms go off without it. */
  private static final String LOG_MESSAGE = "deliver-events looked for work: %d senders started";

  public DeliverEventsHandler() {
    this(System.getenv());
  }

  public DeliverEventsHandler(Map<String, String> environment) {
    super(entryPoint(environment, DynamoDb.client(environment)));
  }

  /** Creates the function with what its environment names. */
  public static DeliverEvents function(Map<String, String> environment) {
    return function(environment, DynamoDb.client(environment));
  }

  private static DeliverEvents function(Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new DeliverEvents(
        webhooks(environment, dynamoDb),
        new Deliveries(dynamoDb, environment),
        new History(dynamoDb, environment),
        new Senders(environment),
        Clock.systemUTC());
  }

  private static Webhooks webhooks(Map<String, String> environment, DynamoDbClient dynamoDb) {
    return new Webhooks(dynamoDb, environment, Clock.systemUTC());
  }

  private static LambdaEntryPoint entryPoint(
      Map<String, String> environment, DynamoDbClient dynamoDb) {
    Webhooks webhooks = webhooks(environment, dynamoDb);
    DeliverEvents function = function(environment, dynamoDb);
    Function<DeliverEvents.NewEntries, DeliverEvents.Outcome> deliverEvents =
        SpringCatalog.add(
            "deliverEvents", function, DeliverEvents.NewEntries.class, DeliverEvents.Outcome.class);
    return new LambdaEntryPoint(
        "deliverEvents",
        environment,
        LIMIT,
        event ->
            event.get("Records") instanceof List<?> records
                ? output(deliverEvents.apply(entries(records)))
                : output(function.look()),
        () -> priming(webhooks));
  }

  private static DeliverEvents.NewEntries entries(List<?> records) {
    return new DeliverEvents.NewEntries(
        records.stream()
            .map(record -> member(record, "dynamodb"))
            .map(
                change ->
                    new DeliverEvents.NewEntry(
                        (String) change.get("SequenceNumber"),
                        new History.Place(
                            key(change.get("Keys"), "user"), key(change.get("Keys"), "key"))))
            .toList());
  }

  private static String key(Object keys, String name) {
    return (String) member(keys, name).get("S");
  }

  private static Map<?, ?> member(Object object, String name) {
    return (Map<?, ?>) ((Map<?, ?>) object).get(name);
  }

  private static Map<String, ?> output(DeliverEvents.Outcome outcome) {
    return Map.of(
        "batchItemFailures",
        outcome.failed() == null ? List.of() : List.of(Map.of("itemIdentifier", outcome.failed())));
  }

  private static Map<String, Integer> output(DeliverEvents.Run run) {
    CallLog.current()
        .with("oldest_seconds", run.oldestSeconds())
        .info(LOG_MESSAGE.formatted(run.started()));
    Map<String, Integer> output = new LinkedHashMap<>();
    output.put("started", run.started());
    output.put("oldest_seconds", run.oldestSeconds());
    return output;
  }

  private static DynamoDbPriming priming(Webhooks webhooks) {
    return DynamoDbPriming.connectingWith(webhooks::list)
        .calling(
            """
            {"Records":[{"eventName":"INSERT","dynamodb":{"SequenceNumber":"1",
              "Keys":{"user":{"S":"snapstart-priming"},"key":{"S":"00000000000000-00000000"}}}}]}
            """,
            PrimingWebhook.list(1),
            PrimingEntries.one(),
            CannedResponse.EMPTY,
            CannedResponse.EMPTY)
        .calling("{}", PrimingWebhook.list(1), CannedResponse.items(List.of()));
  }
}
