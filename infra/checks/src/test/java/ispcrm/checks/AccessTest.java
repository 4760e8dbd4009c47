package ispcrm.checks;

import static ispcrm.checks.Checkout.listOf;
import static ispcrm.checks.Checkout.map;
import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.access.Endpoint;
import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.conformance.OpenApi;
import ispcrm.conformance.OpenApi.Operation;
import ispcrm.users.Status;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The code's endpoints, scopes, roles and statuses are those of infra/openapi.yaml, which is their
 * source.
 */
class AccessTest {
  private static final OpenApi API = new OpenApi();

  @Test
  void everyOperationIsAnEndpointWithItsScopes() {
    Map<String, String> contract = new TreeMap<>();
    for (Operation operation : API.operations()) {
      String name = operation.id().replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
      contract.put(
          name,
          operation.routes()
              + (operation.isPublic() ? " public" : " " + operation.node().get("x-scopes"))
              + (operation.node().containsKey("x-self") ? " self" : ""));
    }
    Map<String, String> code = new TreeMap<>();
    for (Endpoint endpoint : Endpoint.values()) {
      code.put(
          endpoint.name(),
          endpoint.methods().stream().map(method -> method + " " + endpoint.path()).toList()
              + (endpoint.isPublic() ? " public" : " " + endpoint.scopes())
              + (endpoint.isOpenToSelf() ? " self" : ""));
    }
    assertThat(code).isEqualTo(contract);
  }

  @Test
  void theScopesAndTheRolesThatHaveThemAreTheContracts() {
    Map<String, Object> scope = schema("Scope");
    assertThat(names(Scope.values())).isEqualTo(scope.get("enum"));
    Map<String, Object> roles = map(scope.get("x-roles"));
    for (Scope each : Scope.values()) {
      assertThat(
              Arrays.stream(Role.values())
                  .filter(role -> role.scopes().contains(each))
                  .map(Role::toString))
          .as(each.toString())
          .containsExactlyInAnyOrderElementsOf(
              listOf(roles.get(each.toString())).stream().map(String::valueOf).toList());
    }
    assertThat(roles.keySet()).containsExactlyInAnyOrderElementsOf(names(Scope.values()));
  }

  @Test
  void theRolesAndStatusesAreTheContracts() {
    assertThat(names(Role.values())).isEqualTo(schema("Role").get("enum"));
    assertThat(names(Status.values())).isEqualTo(schema("Status").get("enum"));
  }

  private static Map<String, Object> schema(String name) {
    return map(map(map(API.document().get("components")).get("schemas")).get(name));
  }

  private static List<String> names(Object[] constants) {
    return Arrays.stream(constants).map(Object::toString).toList();
  }
}
