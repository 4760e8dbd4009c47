package ispcrm.adminpage;

import ispcrm.gateway.ApiRequest;
import ispcrm.gateway.ApiResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.function.Function;

/**
 * Responds to every request with the page on which an administrator issues, lists and revokes
 * tokens: one HTML document that contains its own style and script and loads nothing else. The
 * script consists of a module for each step of the page, which {@link ModuleLinker} joins.
 *
 * <p>The page itself is public and contains no secret: it asks for an administrator's token and
 * calls the API with it. Its Content-Security-Policy names the style and the script by their
 * SHA-256, so the browser runs nothing else and connects to no other host.
 *
 * @see <a href="https://www.w3.org/TR/CSP3/#framework-directive-source-list">Content Security
 *     Policy Level 3, hash sources</a>
 * @see <a
 *     href="https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy">MDN,
 *     Content-Security-Policy</a>
 */
public final class AdminPage implements Function<ApiRequest, ApiResponse> {
  private final ApiResponse page;

  /**
   * Assembles the document, once for all requests.
   *
   * @throws IllegalStateException if a part of the page is missing from the jar
   */
  public AdminPage() {
    String style = resource("page.css");
    String script = ModuleLinker.link("main.js", name -> resource("script/" + name));
    String html =
        resource("page.html").replace("{{page.css}}", style).replace("{{script}}", script);
    String policy =
        String.join(
            "; ",
            "default-src 'none'",
            "script-src '" + hash(script) + "'",
            "style-src '" + hash(style) + "'",
            "connect-src 'self'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'");
    page =
        new ApiResponse(
            200,
            Map.of(
                "Content-Type", "text/html; charset=utf-8",
                "Content-Security-Policy", policy,
                "Cache-Control", "no-store",
                "Referrer-Policy", "no-referrer",
                "X-Content-Type-Options", "nosniff",
                "X-Frame-Options", "DENY"),
            html);
  }

  /** Returns the page with status 200, regardless of the request. */
  @Override
  public ApiResponse apply(ApiRequest request) {
    return page;
  }

  private static String resource(String name) {
    try (InputStream in = AdminPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("missing from the jar: " + name);
      }
      // A browser normalizes line endings to LF before it computes the hash; a checkout may have
      // CRLF.
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(String block) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(block.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
