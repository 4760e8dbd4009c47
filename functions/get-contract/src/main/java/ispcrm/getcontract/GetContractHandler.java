package ispcrm.getcontract;

import ispcrm.access.Endpoint;
import ispcrm.http.ApiEntryPoint;
import ispcrm.http.PrimingEvent;
import ispcrm.runtime.LambdaHandler;
import ispcrm.runtime.Priming;
import java.util.Map;

/** Runs {@link GetContract} as the Lambda function of its endpoint. */
public final class GetContractHandler extends LambdaHandler {
  public GetContractHandler() {
    this(System.getenv());
  }

  public GetContractHandler(Map<String, String> environment) {
    super(
        ApiEntryPoint.create(
            "getContract",
            function(environment),
            environment,
            () -> Priming.with(PrimingEvent.of(Endpoint.GET_CONTRACT).text())));
  }

  /** Creates the function with what its environment names. */
  public static GetContract function(Map<String, String> environment) {
    return new GetContract();
  }
}
