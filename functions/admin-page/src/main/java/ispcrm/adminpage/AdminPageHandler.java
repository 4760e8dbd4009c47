package ispcrm.adminpage;

import ispcrm.gateway.ApiEntryPoint;
import ispcrm.gateway.LambdaHandler;
import java.util.Map;

/** Runs {@link AdminPage} as the Lambda function of its endpoint. */
public final class AdminPageHandler extends LambdaHandler {
  private static final String PRIMING_EVENT =
      """
      {"requestContext":{"requestId":"snapstart"}}
      """;

  public AdminPageHandler() {
    this(System.getenv());
  }

  public AdminPageHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "adminPage",
            function(environment),
            environment,
            primed -> primed.warmUp(PRIMING_EVENT)));
  }

  /** Creates the function with what its environment names. */
  public static AdminPage function(Map<String, String> environment) {
    return new AdminPage();
  }
}
