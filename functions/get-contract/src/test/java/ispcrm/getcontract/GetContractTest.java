package ispcrm.getcontract;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GetContractTest {
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void theOnlyServerIsThisDeployment() {
    JsonNode contract = JSON.readTree(contract("https://crm.example.net/isp"));
    assertThat(contract.get("openapi").asString()).startsWith("3.");
    assertThat(contract.get("servers"))
        .isEqualTo(
            JSON.readTree(
                "[{\"url\":\"https://crm.example.net/isp\",\"description\":\"This deployment\"}]"));
    assertThat(contract.at("/paths/~1api~1v1~1users/get/operationId").asString())
        .isEqualTo("listUsers");
  }

  @Test
  void theExamplesHaveItsAddress() {
    assertThat(contract("https://crm.example.net/isp"))
        .contains("https://crm.example.net/isp/api/v1/users/jonewe")
        .doesNotContain("ispcrmdomain");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "https://portal.example.net", "https://a.example,https://b.example"})
  void contract_anyOrigin_isReadable(String origins) {
    JsonNode headers = response(Map.of("CorsOrigins", origins)).get("headers");
    assertThat(headers.get("Access-Control-Allow-Origin").asString()).isEqualTo("*");
    assertThat(headers.get("Vary").asString()).isEqualTo("Accept-Encoding");
  }

  private static String contract(String base) {
    JsonNode response = response(Map.of("BaseUrl", base));
    assertThat(response.get("statusCode").asInt()).isEqualTo(200);
    assertThat(response.at("/headers/Content-Type").asString())
        .isEqualTo("application/json; charset=utf-8");
    return response.get("body").asString();
  }

  private static JsonNode response(Map<String, String> parameters) {
    return JSON.readTree(
        new LocalLambda(Template.load(parameters))
            .invoke(
                "get-contract",
                "{\"headers\":{\"Origin\":\"https://portal.example.net\"},"
                    + "\"requestContext\":{\"requestId\":\"r-1\"}}"));
  }
}
