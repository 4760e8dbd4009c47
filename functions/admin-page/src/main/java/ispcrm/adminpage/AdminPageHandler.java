package ispcrm.adminpage;

import ispcrm.access.Endpoint;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.runtime.LambdaHandler;
import ispcrm.runtime.Priming;
import java.util.Map;

/** Runs {@link AdminPage} as the Lambda function of its endpoint. */
public final class AdminPageHandler extends LambdaHandler {
  public AdminPageHandler() {
    this(System.getenv());
  }

  public AdminPageHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "adminPage",
            function(environment),
            environment,
            () -> Priming.with(PrimingEvent.of(Endpoint.ADMIN_PAGE).text())));
  }

  /** Creates the function with what its environment names. */
  public static AdminPage function(Map<String, String> environment) {
    return new AdminPage();
  }
}
