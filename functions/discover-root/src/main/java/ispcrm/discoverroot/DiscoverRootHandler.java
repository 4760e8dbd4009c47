package ispcrm.discoverroot;

import ispcrm.gateway.ApiEntryPoint;
import ispcrm.gateway.LambdaHandler;
import java.util.Map;

/** Runs {@link DiscoverRoot} as the Lambda function of its endpoint. */
public final class DiscoverRootHandler extends LambdaHandler {
  private static final String PRIMING_EVENT =
      """
      {"requestContext":{"requestId":"snapstart","authorizer":{"scopes":"users:read self:read"}}}
      """;

  public DiscoverRootHandler() {
    this(System.getenv());
  }

  public DiscoverRootHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "discoverRoot",
            function(environment),
            environment,
            primed -> primed.warmUp(PRIMING_EVENT)));
  }

  /** Creates the function with what its environment names. */
  public static DiscoverRoot function(Map<String, String> environment) {
    return new DiscoverRoot();
  }
}
