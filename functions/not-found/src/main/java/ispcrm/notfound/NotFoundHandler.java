package ispcrm.notfound;

import ispcrm.http.ApiEntryPoint;
import ispcrm.http.Cors;
import ispcrm.http.PrimingEvent;
import ispcrm.runtime.LambdaHandler;
import ispcrm.runtime.Priming;
import java.util.Map;

/** Runs {@link NotFound} as the Lambda function of the routes that serve everything else. */
public final class NotFoundHandler extends LambdaHandler {
  public NotFoundHandler() {
    this(System.getenv());
  }

  public NotFoundHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "notFound",
            function(environment),
            environment,
            () -> Priming.with(PrimingEvent.ofUnknownPath().text())));
  }

  /** Creates the function with what its environment names. */
  public static NotFound function(Map<String, String> environment) {
    return new NotFound(new Cors(environment));
  }
}
