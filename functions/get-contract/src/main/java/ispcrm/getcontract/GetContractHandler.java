package ispcrm.getcontract;

import ispcrm.gateway.ApiEntryPoint;
import ispcrm.gateway.LambdaHandler;
import java.util.Map;

/** Runs {@link GetContract} as the Lambda function of its endpoint. */
public final class GetContractHandler extends LambdaHandler {
  private static final String PRIMING_EVENT =
      """
      {"requestContext":{"requestId":"snapstart"}}
      """;

  public GetContractHandler() {
    this(System.getenv());
  }

  public GetContractHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "getContract",
            function(environment),
            environment,
            primed -> primed.warmUp(PRIMING_EVENT)));
  }

  /** Creates the function with what its environment names. */
  public static GetContract function(Map<String, String> environment) {
    return new GetContract();
  }
}
