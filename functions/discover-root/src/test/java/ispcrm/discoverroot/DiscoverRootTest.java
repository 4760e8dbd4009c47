package ispcrm.discoverroot;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.contract.Contract;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DiscoverRootTest {
  private static final String BASE = "https://crm.example.net";

  /** The contract's examples, which are complete. */
  @ParameterizedTest
  @CsvSource({
    "administrator, admin, ADMIN",
    "staff, mary, STAFF",
    "customer, jonewe, CUSTOMER",
  })
  void root_ofARole_isTheContractsExample(String example, String user, Role role) {
    JsonNode contract = new JsonMapper().valueToTree(new Contract().at(BASE));
    assertThat(root(user, Scope.formatList(role.scopes())))
        .isEqualTo(
            contract
                .at("/paths/~1api~1v1/get/responses/200/content/application~1json/examples")
                .at("/" + example + "/value"));
  }

  private static JsonNode root(String user, String scopes) {
    ApiResponse response =
        new DiscoverRoot()
            .apply(
                ApiRequest.of(
                    Map.of(
                        "requestContext",
                        Map.of("authorizer", Map.of("user_id", user, "scopes", scopes))),
                    BASE));
    assertThat(response.status()).isEqualTo(200);
    return new JsonMapper().readTree(response.body());
  }
}
