package ispcrm.senddeliveries;

import ispcrm.history.Event;
import ispcrm.http.Links;
import ispcrm.runtime.Json;
import ispcrm.values.Timestamps;
import ispcrm.webhooks.Due;
import ispcrm.webhooks.Payload;
import ispcrm.webhooks.Secret;
import ispcrm.webhooks.Webhook;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A message to a receiver, signed as Standard Webhooks says.
 *
 * @see <a
 *     href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">Standard
 *     Webhooks 1.0.0</a>
 */
record Message(String id, String body) {
  private static final String HMAC = "HmacSHA256";

  /** The message about an event. */
  static Message of(Event event, Webhook webhook) {
    Map<String, Object> body = event.toMap(new Links(webhook.base()));
    if (webhook.payload() == Payload.THIN) {
      body.remove(Event.CHANGES);
    }
    return new Message(event.id(), Json.write(body));
  }

  /** A test. */
  static Message test(Due due, Webhook webhook) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("id", due.id());
    body.put("type", due.type());
    body.put("at", Timestamps.format(due.at()));
    body.put("_links", Map.of("webhook", new Links(webhook.base()).webhook(webhook.id())));
    return new Message(due.id(), Json.write(body));
  }

  /** The headers of an attempt, with a signature for each secret. */
  Map<String, String> headers(List<String> secrets, Instant now) {
    long timestamp = now.getEpochSecond();
    String signed = id + "." + timestamp + "." + body;
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("webhook-id", id);
    headers.put("webhook-timestamp", Long.toString(timestamp));
    headers.put(
        "webhook-signature",
        secrets.stream()
            .map(secret -> "v1," + signature(secret, signed))
            .collect(Collectors.joining(" ")));
    return headers;
  }

  private static String signature(String secret, String signed) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(Secret.key(secret), HMAC));
      return Base64.getEncoder()
          .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform must have " + HMAC, e);
    }
  }
}
