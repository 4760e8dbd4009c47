package ispcrm.getcontract;

import ispcrm.contract.Contract;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * {@code GET /api/v1/openapi.json}: the contract, with the address of this deployment as its only
 * server. It is public, so the pages of any host may read it.
 *
 * @see <a href="https://spec.openapis.org/oas/latest.html">OpenAPI Specification</a>
 */
public final class GetContract implements Function<ApiRequest, ApiResponse> {
  private final Contract contract = new Contract();
  private final Map<String, ApiResponse> responses = new ConcurrentHashMap<>();

  @Override
  public ApiResponse apply(ApiRequest request) {
    return responses.computeIfAbsent(request.links().base(), this::response);
  }

  private ApiResponse response(String base) {
    return ApiResponse.json(200, contract.at(base))
        .with("Access-Control-Allow-Origin", "*")
        .with("Cache-Control", "public, max-age=300")
        .with("Vary", "Accept-Encoding");
  }
}
