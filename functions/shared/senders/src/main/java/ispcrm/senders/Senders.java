package ispcrm.senders;

import ispcrm.dynamodb.SnapshotHttpClient;
import ispcrm.runtime.CallLog;
import ispcrm.runtime.Json;
import ispcrm.runtime.Priming;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvocationType;

/**
 * Has the work of webhooks done, each by a sender of its own, so that a slow receiver delays no
 * other one.
 */
public final class Senders {
  private static final Duration LIMIT = Duration.ofSeconds(1);

  private final LambdaClient lambda;
  private final String function;

  /**
   * @param environment the function's environment: SEND_DELIVERIES is the function that sends
   */
  public Senders(Map<String, String> environment) {
    UrlConnectionHttpClient.Builder http =
        UrlConnectionHttpClient.builder().connectionTimeout(LIMIT).socketTimeout(LIMIT);
    this.lambda =
        LambdaClient.builder()
            .httpClientBuilder(
                Priming.isNeeded()
                    ? defaults -> SnapshotHttpClient.register(http.buildWithDefaults(defaults))
                    : http)
            .overrideConfiguration(limits -> limits.apiCallTimeout(LIMIT))
            .build();
    this.function = environment.get("SEND_DELIVERIES");
  }

  /**
   * Starts the sender of a webhook, and does not wait for it. If that fails, a warning is logged: a
   * schedule starts senders that have work.
   */
  public void start(String webhook) {
    try {
      lambda.invoke(
          request ->
              request
                  .functionName(function)
                  .invocationType(InvocationType.EVENT)
                  .payload(SdkBytes.fromUtf8String(Json.write(Map.of("webhook", webhook)))));
    } catch (SdkException e) {
      CallLog.current().warn("The sender of a webhook was not started: " + e.getMessage());
    }
  }
}
