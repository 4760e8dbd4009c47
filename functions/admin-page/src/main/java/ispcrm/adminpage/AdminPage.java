package ispcrm.adminpage;

import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.HtmlPage;
import ispcrm.runtime.Json;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Responds to every request with the page on which an administrator issues, lists and revokes
 * tokens: one HTML document that contains its own style and script and loads nothing else. The
 * script consists of {@link #PARTS a file for each step of the page}, and of the scopes and the
 * roles that have them, which come from {@link Scope} and {@link Role}.
 *
 * <p>The page itself is public and contains no secret: it asks for an administrator's token and
 * calls the API with it, and its policy lets it connect to no other host.
 */
public final class AdminPage implements Function<ApiRequest, ApiResponse> {
  /** The parts of the script in the order in which they run; each uses only those before it. */
  private static final List<String> PARTS =
      List.of(
          "dom",
          "api",
          "errors",
          "times",
          "views",
          "session",
          "sign-in",
          "start",
          "describe",
          "scopes",
          "user-picker",
          "done",
          "choose",
          "revoke",
          "tokens",
          "find",
          "webhooks",
          "main");

  private final ApiResponse page;

  /**
   * Assembles the document, once for all requests.
   *
   * @throws IllegalStateException if a part of the page is missing from the jar
   */
  public AdminPage() {
    String style = HtmlPage.resource(AdminPage.class, "page.css");
    String script =
        "const SCOPES = %s;\n".formatted(Json.write(scopes()))
            + PARTS.stream()
                .map(part -> HtmlPage.resource(AdminPage.class, "script/" + part + ".js"))
                .collect(Collectors.joining("\n"));
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

  private static Map<String, Object> scopes() {
    Map<String, Object> scopes = new LinkedHashMap<>();
    for (Scope scope : Scope.values()) {
      Map<String, Object> description = new LinkedHashMap<>();
      description.put("words", scope.words());
      description.put(
          "roles",
          Arrays.stream(Role.values())
              .filter(role -> role.scopes().contains(scope))
              .map(Role::toString)
              .toList());
      scopes.put(scope.toString(), description);
    }
    return scopes;
  }

  /** Returns the page with status 200, regardless of the request. */
  @Override
  public ApiResponse apply(ApiRequest request) {
    return page;
  }
}
