package ispcrm.showdocumentation;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.access.Endpoint;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ShowDocumentationTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final LocalLambda LAMBDA =
      new LocalLambda(Template.load(Map.of("BaseUrl", "https://crm.example.net")));

  @Test
  void everyOperationIsReadableWithoutAScript() {
    String html = page();
    for (Endpoint endpoint : Endpoint.values()) {
      assertThat(html)
          .contains("<code>" + endpoint.methods().get(0) + " " + endpoint.path() + "</code>");
    }
  }

  @Test
  void theCommandsCallThisDeployment() {
    assertThat(page())
        .contains(
            """
            <code>curl 'https://crm.example.net/api/v1/users/jonewe' \\
              -H &quot;X-Auth-Token: $TOKEN&quot;</code></pre>""",
            "curl -X DELETE 'https://crm.example.net/api/v1/tokens?user=jonewe'",
            "curl -X POST 'https://crm.example.net/api/v1/users' \\\n",
            "  -d '{&quot;user&quot;:&quot;jonewe&quot;}'",
            "<code>curl 'https://crm.example.net/api/v1/health'</code></pre>")
        .doesNotContain("ispcrmdomain", "{id}'");
  }

  @Test
  void everyLinkWithinThePageLeadsSomewhere() {
    String html = page();
    assertThat(Pattern.compile("href=\"#([^\"]+)\"").matcher(html).results())
        .isNotEmpty()
        .extracting(link -> link.group(1))
        .allSatisfy(id -> assertThat(html).contains("id=\"" + id + "\""));
  }

  @Test
  void fieldsOfABodyAreListed() {
    assertThat(page())
        .contains(
            "<dt><code>status_reason</code></dt>",
            "<p>Defaults to <code>customer</code></p>\n<p>One of <code>customer</code>, <code>staff</code>, <code>radius</code>, <code>admin</code></p>");
  }

  @Test
  void page_loadsNothing() {
    String html = page();
    assertThat(html).doesNotContain("<script", "<img", "@import", "url(", "src=");
    assertThat(
            Pattern.compile("<link [^>]*rel=\"(?:stylesheet|icon)\"[^>]*>").matcher(html).results())
        .extracting(MatchResult::group)
        .containsExactly("<link rel=\"icon\" href=\"data:,\">");
  }

  private static String page() {
    JsonNode response =
        JSON.readTree(
            LAMBDA.invoke("show-documentation", "{\"requestContext\":{\"requestId\":\"r-1\"}}"));
    assertThat(response.get("statusCode").asInt()).isEqualTo(200);
    assertThat(response.at("/headers/Content-Type").asString())
        .isEqualTo("text/html; charset=utf-8");
    return response.get("body").asString();
  }
}
