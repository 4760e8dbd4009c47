package ispcrm.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which token may call which endpoint. infra/checks compares the table with the contract. */
class EndpointTest {

  @ParameterizedTest
  @CsvSource({
    "GET, /api/v1, DISCOVER_ROOT",
    "GET, /api/v0, DISCOVER_ROOT",
    "GET, /api/v1/users, LIST_USERS",
    "GET, /api/v0/Users, LIST_USERS",
    "GET, /api/v1/Users/{id}, GET_USER",
    "POST, /api/v1/users, CREATE_USER",
    "PATCH, /api/v1/users/{id}, UPDATE_USER",
    "DELETE, /api/v1/users/{id}, DELETE_USER",
    "GET, /api/v1/users/{id}/history, LIST_USER_HISTORY",
    "POST, /api/v0/tokens, CREATE_TOKEN",
    "GET, /api/v1/health, CHECK_HEALTH",
    "HEAD, /Admin/getToken, ADMIN_PAGE",
    "HEAD, /api/v0/Users/{id}, GET_USER"
  })
  void aRouteLeadsToItsEndpoint(String method, String resource, Endpoint endpoint) {
    assertThat(Endpoint.of(method, resource)).contains(endpoint);
    assertThat(endpoint.methods()).contains(method);
    assertThat(endpoint.path()).isEqualToIgnoringCase(resource.replace("v0", "v1"));
  }

  @ParameterizedTest
  @CsvSource({
    "DELETE, /api/v1/users",
    "PATCH, /api/v0/users/{id}",
    "DELETE, /api/v1/Users/{id}",
    "GET, /api/v0/users/{id}/history",
    "get, /api/v1",
    "GET, /api/v7/users",
    "GET, /users",
    "GET, /api/v1/api/v0/users",
    "GET, ''",
    "GET, /api/v0/health",
    "GET, /admin/gettoken",
    "HEAD, /api/v0/tokens"
  })
  void anotherRouteLeadsNowhere(String method, String resource) {
    assertThat(Endpoint.of(method, resource)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/api/v1|GET, HEAD",
        "/api/v0/|GET, HEAD",
        "/api/v1/Users|GET, HEAD, POST",
        "/api/v0/users/jonewe|GET, HEAD",
        "/api/v1/Users/jonewe|GET, HEAD",
        "/api/v1/users/j%6Fnewe/|DELETE, GET, HEAD, PATCH",
        "/api/v1/users/a%2Fb|DELETE, GET, HEAD, PATCH",
        "/api/v1/users/jonewe/history|GET, HEAD",
        "/api/v0/users/jonewe/history|''",
        "/api/v0/tokens|POST",
        "/api/v1/tokens|DELETE, GET, HEAD, POST",
        "/api/v0/tokens|POST",
        "/api/v1/tokens/self|DELETE, GET, HEAD",
        "/api/v0/tokens/self|''",
        "/api/v1/health|GET, HEAD",
        "/Admin/getToken|GET, HEAD",
        "/api/v7|''",
        "/api/v1/users/jonewe/tokens|''",
        "/api/v1/users//|''",
        "/api/v0/health|''",
        "/admin/gettoken|''",
        "/|''",
        "''|''"
      })
  void aPathSupportsTheMethodsOfItsEndpoints(String path, String methods) {
    assertThat(String.join(", ", Endpoint.methodsOf(path))).isEqualTo(methods);
  }

  @Test
  void oneOfTheRequiredScopesIsEnough() {
    assertThat(Endpoint.GET_USER.isOpenTo(Set.of(Scope.USERS_READ), "staff", "jonewe")).isTrue();
    assertThat(
            Endpoint.GET_USER.isOpenTo(
                Set.of(Scope.USERS_WRITE, Scope.TOKENS_WRITE), "jonewe", "jonewe"))
        .isFalse();
    assertThat(Endpoint.CREATE_USER.isOpenTo(Set.of(Scope.USERS_WRITE), "staff", null)).isTrue();
    assertThat(Endpoint.CREATE_USER.scopes()).containsExactly(Scope.USERS_WRITE);
  }

  @Test
  void selfReadOpensTheOwnRecordAlone() {
    Set<Scope> scopes = Set.of(Scope.SELF_READ);
    assertThat(Endpoint.GET_USER.isOpenTo(scopes, "jonewe", "jonewe")).isTrue();
    assertThat(Endpoint.GET_USER.isOpenTo(scopes, "jonewe", "other")).isFalse();
    assertThat(Endpoint.LIST_USERS.isOpenTo(scopes, "jonewe", null)).isFalse();
  }

  @Test
  void anyTokenOpensTheRoot() {
    assertThat(Endpoint.DISCOVER_ROOT.isOpenTo(Set.of(), "jonewe", null)).isTrue();
  }

  @Test
  void anyTokenMayReadAndRevokeItself() {
    for (Endpoint endpoint : List.of(Endpoint.GET_TOKEN, Endpoint.REVOKE_TOKEN)) {
      assertThat(endpoint.isOpenTo(Set.of(), "jonewe", "self")).isTrue();
      assertThat(endpoint.isOpenTo(Set.of(Scope.USERS_WRITE), "jonewe", "other")).isFalse();
      assertThat(endpoint.isOpenTo(Set.of(Scope.USERS_WRITE), "other", "other")).isFalse();
    }
    assertThat(Endpoint.GET_USER.isOpenTo(Set.of(), "jonewe", "self")).isFalse();
    assertThat(Endpoint.REVOKE_TOKEN.isOpenTo(Set.of(Scope.TOKENS_READ), "a", "b")).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void theLinkIsNamedLikeTheEndpoint(Endpoint endpoint) {
    assertThat(endpoint.linkName()).isEqualToIgnoringCase(endpoint.name()).matches("[a-z_]+");
  }

  @Test
  void scopesAreReadAsTheyAreWritten() {
    List<Scope> scopes = List.of(Scope.SELF_READ, Scope.USERS_READ);
    assertThat(Scope.formatList(scopes)).isEqualTo("self:read users:read");
    assertThat(Scope.parseList("self:read users:read")).isEqualTo(scopes);
    assertThat(Scope.parseList("")).isEmpty();
  }

  @Test
  void aScopeOfAnotherReleaseIsLeftOut() {
    assertThat(Scope.parseList("users:read users:fly")).containsExactly(Scope.USERS_READ);
  }

  @Test
  void rolesAreKnownInAnyCase() {
    assertThat(Role.of("Staff")).contains(Role.STAFF);
    assertThat(Role.of("root")).isEmpty();
    assertThat(Role.ADMIN).hasToString("admin");
  }

  @Test
  void anAdministratorHasEveryScope() {
    assertThat(Role.ADMIN.scopes()).containsExactly(Scope.values());
  }
}
