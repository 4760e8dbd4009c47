package ispcrm.showdocumentation;

import ispcrm.gateway.ApiEntryPoint;
import ispcrm.gateway.LambdaHandler;
import java.util.Map;

/** Runs {@link ShowDocumentation} as the Lambda function of its endpoint. */
public final class ShowDocumentationHandler extends LambdaHandler {
  private static final String PRIMING_EVENT =
      """
      {"requestContext":{"requestId":"snapstart"}}
      """;

  public ShowDocumentationHandler() {
    this(System.getenv());
  }

  public ShowDocumentationHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "showDocumentation",
            function(environment),
            environment,
            primed -> primed.warmUp(PRIMING_EVENT)));
  }

  /** Creates the function with what its environment names. */
  public static ShowDocumentation function(Map<String, String> environment) {
    return new ShowDocumentation();
  }
}
