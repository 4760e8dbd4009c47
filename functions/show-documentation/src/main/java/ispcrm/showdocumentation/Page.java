package ispcrm.showdocumentation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The HTML document with the contract of a deployment. */
final class Page {
  /** A code at the start of a row of the table of errors, which problem details link to. */
  private static final Pattern ERROR_CODE =
      Pattern.compile("<td><code>([a-z]+(?:_[a-z]+)*)</code>");

  private static final Pattern HEADING = Pattern.compile("<h2 id=\"([^\"]+)\">(.*?)</h2>");

  private final Map<String, Object> document;
  private final List<Operation> operations = new ArrayList<>();

  Page(Map<String, Object> document) {
    this.document = document;
    Operation.object(document.get("paths"))
        .forEach(
            (path, item) ->
                Operation.object(item)
                    .forEach(
                        (method, node) ->
                            operations.add(
                                new Operation(document, method, path, Operation.object(node)))));
  }

  String html() {
    Map<String, Object> info = Operation.object(document.get("info"));
    String base = base();
    String description =
        ERROR_CODE
            .matcher(Markdown.toHtml(Operation.text(info, "description")))
            .replaceAll("<td><code id=\"$1\">$1</code>");
    StringBuilder html = new StringBuilder();
    html.append(
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>%1$s</title>
        <link rel="describedby" type="application/json" href="%2$s/api/v1/openapi.json">
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="docs/swagger-ui.css">
        <link rel="stylesheet" href="docs/page.css">
        <script src="docs/swagger-ui-bundle.js" defer></script>
        <script src="docs/page.js" defer></script>
        </head>
        <body data-contract="%2$s/api/v1/openapi.json">
        <header>
        <h1>%1$s</h1>
        <p>%3$s</p>
        <p>This API is at <code>%2$s</code>. Read its contract as an
        <a href="%2$s/api/v1/openapi.json">OpenAPI document</a>, or
        <a href="%2$s/Admin/getToken">get a token</a>.</p>
        </header>
        """
            .formatted(
                escape(Operation.text(info, "title")),
                escape(base),
                escape(Operation.text(info, "summary"))));
    html.append("<nav aria-label=\"Contents\">\n<ul>\n");
    HEADING
        .matcher(description)
        .results()
        .forEach(
            heading ->
                html.append(
                    "<li><a href=\"#%s\">%s</a></li>\n"
                        .formatted(heading.group(1), heading.group(2))));
    html.append("<li><a href=\"#operations\">Operations</a></li>\n</ul>\n</nav>\n<main>\n");
    html.append(description);
    html.append(
        "<h2 id=\"operations\">Operations</h2>\n<div id=\"explorer\"></div>\n<div id=\"list\">\n");
    for (Object tag : Operation.list(document.get("tags"))) {
      String name = Operation.text(Operation.object(tag), "name");
      html.append(
          "<h3>%s</h3>\n".formatted(escape(Operation.text(Operation.object(tag), "description"))));
      operations.stream()
          .filter(operation -> operation.tags().contains(name))
          .forEach(operation -> append(html, operation, base));
    }
    return html.append("</div>\n</main>\n</body>\n</html>\n").toString();
  }

  private static void append(StringBuilder html, Operation operation, String base) {
    html.append(
        """
        <section id="%1$s">
        <h4><code>%2$s</code> %3$s</h4>
        %4$s
        <pre><code>%5$s</code></pre>
        """
            .formatted(
                operation.id(),
                escape(operation.route()),
                escape(operation.summary()),
                Markdown.toHtml(operation.description()),
                escape(operation.curl(base))));
    if (!operation.parameters().isEmpty()) {
      html.append("<dl>\n");
      for (Map<String, Object> parameter : operation.parameters()) {
        html.append(
            "<dt><code>%s</code> (%s)</dt><dd>%s</dd>\n"
                .formatted(
                    escape(Operation.text(parameter, "name")),
                    escape(Operation.text(parameter, "in")),
                    Markdown.toHtml(Operation.text(parameter, "description"))));
      }
      html.append("</dl>\n");
    }
    html.append("<dl class=\"responses\">\n");
    operation
        .responses()
        .forEach(
            (status, response) ->
                html.append(
                    "<dt>%s</dt><dd>%s</dd>\n"
                        .formatted(
                            escape(status),
                            Markdown.toHtml(Operation.text(response, "description")))));
    html.append("</dl>\n</section>\n");
  }

  private String base() {
    return Operation.text(Operation.object(Operation.list(document.get("servers")).get(0)), "url");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
