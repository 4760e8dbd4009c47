package ispcrm.showdocumentation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The HTML document with the contract of a deployment. */
final class Page {
  /** A code at the start of a row of the table of errors, which problem details link to. */
  private static final Pattern ERROR_CODE =
      Pattern.compile("<td><code>([a-z]+(?:_[a-z]+)*)</code>");

  private static final Pattern HEADING = Pattern.compile("<h2 id=\"([^\"]+)\">(.*?)</h2>");

  private final Map<String, Object> document;
  private final String style;
  private final List<Operation> operations = new ArrayList<>();

  /**
   * @param style its style sheet
   */
  Page(Map<String, Object> document, String style) {
    this.document = document;
    this.style = style;
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
            .matcher(markdown(Operation.text(info, "description")))
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
        <meta name="color-scheme" content="light dark">
        <style>%4$s</style>
        </head>
        <body>
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
                escape(Operation.text(info, "summary")),
                style));
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
    html.append("<h2 id=\"operations\">Operations</h2>\n");
    html.append("<nav aria-label=\"Operations\">\n<ul>\n");
    for (Operation operation : operations) {
      html.append(
          "<li><a href=\"#%s\"><code>%s</code></a></li>\n"
              .formatted(operation.id(), escape(operation.route())));
    }
    html.append("</ul>\n</nav>\n");
    for (Object tag : Operation.list(document.get("tags"))) {
      String name = Operation.text(Operation.object(tag), "name");
      html.append(
          "<h3>%s</h3>\n".formatted(escape(Operation.text(Operation.object(tag), "description"))));
      operations.stream()
          .filter(operation -> operation.tags().contains(name))
          .forEach(operation -> append(html, operation, base));
    }
    return html.append("</main>\n</body>\n</html>\n").toString();
  }

  private static void append(StringBuilder html, Operation operation, String base) {
    html.append(
        """
        <section id="%1$s" aria-labelledby="%1$s-title">
        <h4 id="%1$s-title"><code>%2$s</code> %3$s</h4>
        %4$s
        %5$s
        """
            .formatted(
                operation.id(),
                escape(operation.route()),
                escape(operation.summary()),
                markdown(operation.description()),
                block("Command", operation.curl(base))));
    if (!operation.parameters().isEmpty()) {
      html.append("<h5>Parameters</h5>\n<dl>\n");
      for (Map<String, Object> parameter : operation.parameters()) {
        append(html, Operation.text(parameter, "name"), Operation.text(parameter, "in"), parameter);
      }
      html.append("</dl>\n");
    }
    if (!operation.bodyFields().isEmpty()) {
      html.append(
          "<h5>Fields of the body</h5>\n%s<dl>\n".formatted(markdown(operation.bodyDescription())));
      operation.bodyFields().forEach((name, field) -> append(html, name, "", field));
      html.append("</dl>\n");
    }
    html.append("<h5>Responses</h5>\n<dl>\n");
    operation.responses().forEach((status, response) -> append(html, status, "", response));
    html.append("</dl>\n");
    operation
        .exampleResponse()
        .ifPresent(
            example ->
                html.append(
                    "<details>\n<summary>Example of a response</summary>\n%s\n</details>\n"
                        .formatted(block("Example of a response", example))));
    html.append("</section>\n");
  }

  /** Appends what the contract says about a parameter, a field or a response. */
  private static void append(
      StringBuilder html, String name, String remark, Map<String, Object> described) {
    html.append(
        "<dt><code>%s</code>%s</dt><dd>%s</dd>\n"
            .formatted(
                escape(name),
                remark.isEmpty() ? "" : " <small>" + escape(remark) + "</small>",
                markdown(Operation.text(described, "description")) + values(described)));
  }

  /** The values that a field can have, if the contract lists them. */
  private static String values(Map<String, Object> field) {
    List<Object> values = Operation.list(field.get("enum"));
    return values.isEmpty()
        ? ""
        : values.stream()
            .map(value -> "<code>" + escape(String.valueOf(value)) + "</code>")
            .collect(Collectors.joining(", ", "<p>One of ", "</p>\n"));
  }

  private static String block(String label, String text) {
    return scrollable("<pre>", label) + "<code>" + escape(text) + "</code></pre>";
  }

  /** Converts Markdown; its tables and blocks can be scrolled with the keyboard. */
  private static String markdown(String text) {
    return Markdown.toHtml(text)
        .replace("<table>", scrollable("<div class=\"table\">", "Table") + "<table>")
        .replace("</table>", "</table></div>")
        .replace("<pre>", scrollable("<pre>", "Example"));
  }

  private static String scrollable(String tag, String label) {
    return tag.replace(">", " tabindex=\"0\" role=\"group\" aria-label=\"" + label + "\">");
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
