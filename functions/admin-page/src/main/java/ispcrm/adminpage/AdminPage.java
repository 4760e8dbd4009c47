package ispcrm.adminpage;

import ispcrm.gateway.ApiRequest;
import ispcrm.gateway.ApiResponse;
import ispcrm.gateway.HtmlPage;
import java.util.function.Function;

/**
 * Responds to every request with the page on which an administrator issues, lists and revokes
 * tokens: one HTML document that contains its own style and script and loads nothing else. The
 * script consists of a module for each step of the page, which {@link ModuleLinker} joins.
 *
 * <p>The page itself is public and contains no secret: it asks for an administrator's token and
 * calls the API with it, and its policy lets it connect to no other host.
 */
public final class AdminPage implements Function<ApiRequest, ApiResponse> {
  private final ApiResponse page;

  /**
   * Assembles the document, once for all requests.
   *
   * @throws IllegalStateException if a part of the page is missing from the jar
   */
  public AdminPage() {
    String style = HtmlPage.resource(AdminPage.class, "page.css");
    String script =
        ModuleLinker.link("main.js", name -> HtmlPage.resource(AdminPage.class, "script/" + name));
    page =
        HtmlPage.response(
                HtmlPage.resource(AdminPage.class, "page.html")
                    .replace("{{page.css}}", style)
                    .replace("{{script}}", script),
                style,
                "script-src " + HtmlPage.source(script),
                "connect-src 'self'",
                "require-trusted-types-for 'script'")
            .with("Cache-Control", "no-store");
  }

  /** Returns the page with status 200, regardless of the request. */
  @Override
  public ApiResponse apply(ApiRequest request) {
    return page;
  }
}
