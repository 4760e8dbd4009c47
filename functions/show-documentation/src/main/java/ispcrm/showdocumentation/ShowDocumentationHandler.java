package ispcrm.showdocumentation;

import ispcrm.access.Endpoint;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.runtime.LambdaHandler;
import ispcrm.runtime.Priming;
import java.util.Map;

/** Runs {@link ShowDocumentation} as the Lambda function of its endpoint. */
public final class ShowDocumentationHandler extends LambdaHandler {
  public ShowDocumentationHandler() {
    this(System.getenv());
  }

  public ShowDocumentationHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "showDocumentation",
            function(environment),
            environment,
            () -> Priming.with(PrimingEvent.of(Endpoint.SHOW_DOCUMENTATION).text())));
  }

  /** Creates the function with what its environment names. */
  public static ShowDocumentation function(Map<String, String> environment) {
    return new ShowDocumentation();
  }
}
