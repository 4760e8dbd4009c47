package ispcrm.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A web page that contains its own style and script and loads nothing. Its Content-Security-Policy
 * names them by their SHA-256, so the browser uses no others. No other page may frame it or keep a
 * reference to its window.
 *
 * @see <a href="https://www.w3.org/TR/CSP3/#framework-directive-source-list">Content Security
 *     Policy Level 3, hash sources</a>
 * @see <a href="https://html.spec.whatwg.org/multipage/browsers.html#cross-origin-opener-policies">
 *     HTML, cross-origin opener policies</a>
 */
public final class HtmlPage {
  private HtmlPage() {}

  /**
   * The response with the page.
   *
   * @param style the text of its only style element
   * @param more the directives of the policy that its style does not need
   */
  public static ApiResponse response(String html, String style, String... more) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "text/html; charset=utf-8");
    headers.put(
        "Content-Security-Policy",
        "default-src 'none'; style-src "
            + source(style)
            + "; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            + (more.length == 0 ? "" : "; " + String.join("; ", more)));
    headers.put("Cross-Origin-Opener-Policy", "same-origin");
    headers.put("Referrer-Policy", "no-referrer");
    headers.put("X-Frame-Options", "DENY");
    return new ApiResponse(200, headers, html);
  }

  /** A style or script as a source of a Content-Security-Policy. */
  public static String source(String block) {
    return "'sha256-" + Base64.getEncoder().encodeToString(Digests.sha256Bytes(block)) + "'";
  }

  /**
   * Reads a part of a page from the package of a class.
   *
   * @throws IllegalStateException if it is missing from the jar
   */
  public static String resource(Class<?> neighbor, String name) {
    try (InputStream in = neighbor.getResourceAsStream(name)) {
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
}
