package ispcrm.discoverroot;

import ispcrm.access.Endpoint;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.runtime.LambdaHandler;
import ispcrm.runtime.Priming;
import java.util.Map;

/** Runs {@link DiscoverRoot} as the Lambda function of its endpoint. */
public final class DiscoverRootHandler extends LambdaHandler {
  public DiscoverRootHandler() {
    this(System.getenv());
  }

  public DiscoverRootHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "discoverRoot",
            function(environment),
            environment,
            () -> Priming.with(PrimingEvent.of(Endpoint.DISCOVER_ROOT).text())));
  }

  /** Creates the function with what its environment names. */
  public static DiscoverRoot function(Map<String, String> environment) {
    return new DiscoverRoot();
  }
}
