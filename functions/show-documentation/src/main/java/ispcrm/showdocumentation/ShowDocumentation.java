package ispcrm.showdocumentation;

import ispcrm.contract.Contract;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.HtmlPage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * {@code GET /docs}: the documentation of the contract, for people. The page contains everything
 * and needs no script.
 */
public final class ShowDocumentation implements Function<ApiRequest, ApiResponse> {
  private final Contract contract = new Contract();
  private final String style = HtmlPage.resource(ShowDocumentation.class, "page.css");
  private final Map<String, ApiResponse> pages = new ConcurrentHashMap<>();

  @Override
  public ApiResponse apply(ApiRequest request) {
    return pages.computeIfAbsent(request.links().base(), this::page);
  }

  private ApiResponse page(String base) {
    return HtmlPage.response(new Page(contract.at(base), style).html(), style)
        .with("Cache-Control", "public, max-age=3600")
        .with("Vary", "Accept-Encoding");
  }
}
