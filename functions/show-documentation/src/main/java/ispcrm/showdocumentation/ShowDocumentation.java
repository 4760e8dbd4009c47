package ispcrm.showdocumentation;

import ispcrm.contract.Contract;
import ispcrm.gateway.ApiException;
import ispcrm.gateway.ApiRequest;
import ispcrm.gateway.ApiResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * {@code GET /docs}: the documentation of the contract, for people. The page itself contains
 * everything and needs no script. With JavaScript, Swagger UI replaces the list of operations. Its
 * files and those of the page are served below {@code /docs/}, and the page loads nothing else.
 *
 * @see <a href="https://swagger.io/docs/open-source-tools/swagger-ui/usage/installation/">Swagger
 *     UI, installation</a>
 */
public final class ShowDocumentation implements Function<ApiRequest, ApiResponse> {
  private static final String POLICY =
      String.join(
          "; ",
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "connect-src 'self'",
          "img-src 'self' data:",
          "base-uri 'none'",
          "form-action 'none'",
          "frame-ancestors 'none'");

  private final Contract contract = new Contract();
  private final Map<String, ApiResponse> files = new LinkedHashMap<>();
  private final Map<String, ApiResponse> pages = new ConcurrentHashMap<>();

  /**
   * Reads all files, once for all requests.
   *
   * @throws IllegalStateException if one is missing from the jar
   */
  public ShowDocumentation() {
    String swaggerUi = "/META-INF/resources/webjars/swagger-ui/" + swaggerUiVersion() + "/";
    add("page.css", "text/css", resource("page.css"));
    add("page.js", "text/javascript", resource("page.js"));
    add("swagger-ui.css", "text/css", resource(swaggerUi + "swagger-ui.css"));
    add("swagger-ui-bundle.js", "text/javascript", resource(swaggerUi + "swagger-ui-bundle.js"));
  }

  /**
   * @throws ApiException 404 if there is no such file
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    String file = request.pathParameters().get("file");
    if (file != null) {
      if (!files.containsKey(file)) {
        throw new ApiException(404, "not_found", "Not found - the documentation has no such file.");
      }
      return files.get(file);
    }
    return pages.computeIfAbsent(request.links().base(), this::page);
  }

  private ApiResponse page(String base) {
    return response("text/html", new Page(contract.at(base)).html())
        .with("Content-Security-Policy", POLICY)
        .with("Referrer-Policy", "no-referrer")
        .with("X-Frame-Options", "DENY");
  }

  private void add(String name, String type, String content) {
    files.put(name, response(type, content));
  }

  private static ApiResponse response(String type, String content) {
    return new ApiResponse(
        200,
        Map.of(
            "Content-Type", type + "; charset=utf-8",
            "Cache-Control", "public, max-age=3600",
            "X-Content-Type-Options", "nosniff"),
        content);
  }

  private static String swaggerUiVersion() {
    Properties properties = new Properties();
    try (InputStream in = ShowDocumentation.class.getResourceAsStream("swagger-ui.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }

  private static String resource(String name) {
    try (InputStream in = ShowDocumentation.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("missing from the jar: " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
