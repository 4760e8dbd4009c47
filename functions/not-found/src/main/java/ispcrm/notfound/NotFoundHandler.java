package ispcrm.notfound;

import ispcrm.gateway.ApiEntryPoint;
import ispcrm.gateway.Cors;
import ispcrm.gateway.LambdaHandler;
import java.util.Map;

/** Runs {@link NotFound} as the Lambda function of the routes that serve everything else. */
public final class NotFoundHandler extends LambdaHandler {
  private static final String PRIMING_EVENT =
      """
      {"httpMethod":"DELETE","path":"/api/v1/users/snapstart-priming",
       "requestContext":{"requestId":"snapstart"}}
      """;

  public NotFoundHandler() {
    this(System.getenv());
  }

  public NotFoundHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "notFound",
            function(environment),
            environment,
            primed -> primed.warmUp(PRIMING_EVENT)));
  }

  /** Creates the function with what its environment names. */
  public static NotFound function(Map<String, String> environment) {
    return new NotFound(new Cors(environment));
  }
}
