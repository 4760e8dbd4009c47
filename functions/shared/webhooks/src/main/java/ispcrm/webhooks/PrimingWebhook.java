package ispcrm.webhooks;

import ispcrm.dynamodb.CannedResponse;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;

/** A fixture for priming; no real webhook has this id. */
public final class PrimingWebhook {
  public static final String ID = "0".repeat(16);

  /** What a client sends to create this webhook. */
  public static final Map<String, Object> BODY =
      Map.of("url", "https://hooks.example.net/ispcrm", "description", "snapstart-priming");

  private PrimingWebhook() {}

  /** What DynamoDB responds to a function that looks for the webhook. */
  public static CannedResponse found() {
    return CannedResponse.item(Webhooks.item(webhook()));
  }

  /**
   * What DynamoDB responds to a function that lists webhooks.
   *
   * @param count how many
   */
  public static CannedResponse list(int count) {
    return CannedResponse.items(Collections.nCopies(count, Webhooks.item(webhook())));
  }

  private static Webhook webhook() {
    return new WebhookRequest(BODY, null, new Destinations(Map.of()))
        .create(ID, "https://crm.example.net", Instant.EPOCH);
  }
}
