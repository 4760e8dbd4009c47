package ispcrm.notfound;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class NotFoundTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final LocalLambda LAMBDA =
      new LocalLambda(Template.load(Map.of("BaseUrl", "https://crm.example.net")));

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/api", "/api/v7/users", "/api/v1/invoices", "/api/v0/health", "/api/V1"})
  void anUnknownPathIsNotFoundAndNamesTheVersion(String path) {
    JsonNode response = invoke("GET", path);
    assertThat(response.get("statusCode").asInt()).isEqualTo(404);
    assertThat(response.at("/headers/Allow").isMissingNode()).isTrue();
    assertThat(JSON.readTree(response.get("body").asString()))
        .isEqualTo(
            JSON.readTree(
                """
                {"status":"error","message":"Not found - no such route. The current version is v1; \
                start at _links.root.","code":"not_found","request_id":"r-1",
                 "_links":{"root":"https://crm.example.net/api/v1"}}
                """));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DELETE|/api/v1/users|GET, HEAD, POST|GET, HEAD and POST",
        "OPTIONS|/api/v0/Users|GET, HEAD, POST|GET, HEAD and POST",
        "PUT|/api/v1/users/j%6Fnewe|DELETE, GET, HEAD, PATCH|DELETE, GET, HEAD and PATCH",
        "PATCH|/api/v0/users/jonewe|GET, HEAD|GET and HEAD",
        "POST|/api/v1/health/|GET, HEAD|GET and HEAD",
        "GET|/api/v0/tokens|POST|POST",
        "POST|/docs|GET, HEAD|GET and HEAD"
      })
  void anotherMethodOfAKnownPathIsNotAllowed(
      String method, String path, String allow, String named) {
    JsonNode response = invoke(method, path);
    assertThat(response.get("statusCode").asInt()).isEqualTo(405);
    assertThat(response.at("/headers/Allow").asString()).isEqualTo(allow);
    assertThat(response.at("/headers/X-Request-Id").asString()).isEqualTo("r-1");
    JsonNode body = JSON.readTree(response.get("body").asString());
    assertThat(body.get("code").asString()).isEqualTo("method_not_allowed");
    assertThat(body.get("message").asString())
        .isEqualTo("Method not allowed - this path supports " + named + ".");
  }

  @Test
  void anAllowedPageMaySendWhatAPathSupports() {
    JsonNode response =
        preflight(
            "https://portal.example.net", "/api/v1/users/jonewe", "https://portal.example.net");
    assertThat(response.get("statusCode").asInt()).isEqualTo(204);
    assertThat(response.get("body").asString()).isEmpty();
    assertThat(response.at("/headers/Access-Control-Allow-Origin").asString())
        .isEqualTo("https://portal.example.net");
    assertThat(response.at("/headers/Access-Control-Allow-Methods").asString())
        .isEqualTo("DELETE, GET, HEAD, PATCH");
    assertThat(response.at("/headers/Access-Control-Allow-Headers").asString().split(", ", -1))
        .contains("Authorization", "X-Auth-Token", "Content-Type", "If-Match", "Idempotency-Key");
  }

  @ParameterizedTest
  @CsvSource({
    "https://portal.example.net, /api/v1/users, https://evil.example, 405",
    "'', /api/v1/users, https://portal.example.net, 405",
    "https://portal.example.net, /api/v1/invoices, https://portal.example.net, 404"
  })
  void anyOtherPreflightIsRefused(String origins, String path, String origin, int status) {
    JsonNode response = preflight(origins, path, origin);
    assertThat(response.get("statusCode").asInt()).isEqualTo(status);
    assertThat(response.at("/headers/Access-Control-Allow-Methods").isMissingNode()).isTrue();
  }

  private static JsonNode preflight(String origins, String path, String origin) {
    LocalLambda lambda = new LocalLambda(Template.load(Map.of("CorsOrigins", origins)));
    return JSON.readTree(
        lambda.invoke(
            "not-found",
            """
            {"resource":"/{proxy+}","path":"%s","httpMethod":"OPTIONS",
             "multiValueHeaders":{"origin":["%s"],"access-control-request-method":["PATCH"]},
             "requestContext":{"requestId":"r-1"}}
            """
                .formatted(path, origin)));
  }

  @Test
  void aResponseToHeadHasNoBody() {
    JsonNode response = invoke("HEAD", "/api/v0/tokens");
    assertThat(response.get("statusCode").asInt()).isEqualTo(405);
    assertThat(response.at("/headers/Allow").asString()).isEqualTo("POST");
    assertThat(response.get("body").asString()).isEmpty();
  }

  private static JsonNode invoke(String method, String path) {
    return JSON.readTree(
        LAMBDA.invoke(
            "not-found",
            """
            {"resource":"/{proxy+}","path":"%s","httpMethod":"%s",
             "requestContext":{"requestId":"r-1"}}
            """
                .formatted(path, method)));
  }
}
