package ispcrm.showdocumentation;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.access.Endpoint;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
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
            <pre><code>curl 'https://crm.example.net/api/v1/users/jonewe' \\
              -H &quot;X-Auth-Token: $TOKEN&quot;</code></pre>""",
            "curl 'https://crm.example.net/api/v1/tokens?user=jonewe'",
            "curl -X POST 'https://crm.example.net/api/v1/users' \\\n",
            "  -d '{&quot;user&quot;:&quot;jonewe&quot;}'",
            "<pre><code>curl 'https://crm.example.net/api/v1/health'</code></pre>")
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
  void everyFileOfThePageIsServed() {
    assertThat(Pattern.compile("(?:src|href)=\"docs/([^\"]+)\"").matcher(page()).results())
        .extracting(link -> link.group(1))
        .hasSize(4)
        .allSatisfy(
            file -> {
              JsonNode response = invoke(file);
              assertThat(response.get("statusCode").asInt()).isEqualTo(200);
              assertThat(response.at("/headers/X-Content-Type-Options").asString())
                  .isEqualTo("nosniff");
              assertThat(response.get("body").asString()).isNotBlank();
            });
  }

  @ParameterizedTest
  @CsvSource({"page.css, text/css", "swagger-ui-bundle.js, text/javascript"})
  void aFileHasItsType(String file, String type) {
    assertThat(invoke(file).at("/headers/Content-Type").asString())
        .isEqualTo(type + "; charset=utf-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"swagger-ui.properties", "..%2Fpage.css", "page.html"})
  void anyOtherFileIsNotFound(String file) {
    assertThat(invoke(file).get("statusCode").asInt()).isEqualTo(404);
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

  private static JsonNode invoke(String file) {
    return JSON.readTree(
        LAMBDA.invoke(
            "show-documentation",
            "{\"pathParameters\":{\"file\":\"" + file + "\"},\"requestContext\":{}}"));
  }
}
