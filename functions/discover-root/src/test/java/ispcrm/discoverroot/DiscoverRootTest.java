package ispcrm.discoverroot;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DiscoverRootTest {
  private static final String API = "https://crm.example.net/api/v1";

  @Test
  void anAdministratorSeesEveryLink() {
    JsonNode root = root(Scope.formatList(Role.ADMIN.scopes()));
    assertThat(root)
        .isEqualTo(
            new JsonMapper()
                .readTree(
                    """
                    {"list_users":"%1$s/users",
                     "find_users":"%1$s/users{?status,username,customer_id,q,name,mac,profile_id,radius_id,expires_before,updated_since,fields,limit,cursor}",
                     "get_user":"%1$s/users/{id}","get_self":"%1$s/users/jonewe",
                     "create_user":"%1$s/users","update_user":"%1$s/users/{id}",
                     "delete_user":"%1$s/users/{id}",
                     "list_user_history":"%1$s/users/{id}/history{?limit,cursor}",
                     "create_token":"%1$s/tokens",
                     "list_tokens":"%1$s/tokens{?user,limit,cursor}",
                     "revoke_tokens_of_user":"%1$s/tokens{?user}",
                     "get_token":"%1$s/tokens/{id}","get_own_token":"%1$s/tokens/self",
                     "revoke_token":"%1$s/tokens/{id}{?descendants}","describedby":"%1$s/openapi.json"}
                    """
                        .formatted(API)));
  }

  @ParameterizedTest
  @CsvSource({
    "users:read, list_users find_users get_user get_own_token describedby",
    "users:write, create_user update_user get_own_token describedby",
    "users:delete, delete_user get_own_token describedby",
    "staff:write, get_own_token describedby",
    "history:read, list_user_history get_own_token describedby",
    "tokens:read, list_tokens get_token get_own_token describedby",
    "tokens:write, create_token revoke_tokens_of_user revoke_token get_own_token describedby",
    "self:read, get_self get_own_token describedby"
  })
  void aTokenSeesWhatItsScopesOpen(String scope, String links) {
    assertThat(root(scope).propertyNames()).containsExactlyInAnyOrder(links.split(" ", -1));
  }

  private static JsonNode root(String scopes) {
    ApiResponse response =
        new DiscoverRoot()
            .apply(
                ApiRequest.of(
                    Map.of(
                        "requestContext",
                        Map.of("authorizer", Map.of("user_id", "jonewe", "scopes", scopes))),
                    "https://crm.example.net"));
    assertThat(response.status()).isEqualTo(200);
    return new JsonMapper().readTree(response.body());
  }
}
