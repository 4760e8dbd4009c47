package ispcrm.getcontract;

import ispcrm.contract.Contract;
import ispcrm.gateway.ApiRequest;
import ispcrm.gateway.ApiResponse;
import java.util.function.Function;

/**
 * {@code GET /api/v1/openapi.json}: the contract, with the address of this deployment as its only
 * server.
 *
 * @see <a href="https://spec.openapis.org/oas/latest.html">OpenAPI Specification</a>
 */
public final class GetContract implements Function<ApiRequest, ApiResponse> {
  private final Contract contract = new Contract();

  @Override
  public ApiResponse apply(ApiRequest request) {
    return ApiResponse.json(200, contract.at(request.links().base()))
        .with("Cache-Control", "public, max-age=300");
  }
}
