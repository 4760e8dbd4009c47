package ispcrm.checks;

import ispcrm.template.Template;
import ispcrm.webhooks.Destinations;
import ispcrm.webhooks.Secret;
import ispcrm.webhooks.WebhookRequest;
import ispcrm.webhooks.Webhooks;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The webhook of the events. */
final class StoredWebhook {
  private static final Map<String, String> ENVIRONMENT =
      Template.load(Map.of()).functions().get("create-webhook").environment();
  static final String ID = "5a13c84c547bb690";

  private StoredWebhook() {}

  /** Stores it as new, and no other one. */
  static void put(DynamoDbClient client) {
    Webhooks webhooks = new Webhooks(client, ENVIRONMENT, Clock.systemUTC());
    webhooks.list().forEach(webhook -> webhooks.delete(webhook.id()));
    webhooks.create(
        new WebhookRequest(
                Map.of("url", "https://hooks.example.net/ispcrm"),
                null,
                new Destinations(ENVIRONMENT))
            .create(ID, "https://crm.example.net", Instant.EPOCH),
        Secret.generate());
  }
}
