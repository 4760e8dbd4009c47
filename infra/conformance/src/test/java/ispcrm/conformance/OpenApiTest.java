package ispcrm.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpenApiTest {
  private static final OpenApi API = new OpenApi();

  private static final String DELETED =
      """
      {"success":"true","data":{"id":"a","deleted_at":"2024-12-01 09:25:12"},
       "_links":{"self":"https://h/a","history":"https://h/b"}}
      """;

  private static final String NOT_FOUND =
      """
      {"status":"error","message":"No.","code":"not_found","request_id":"r",
       "_links":{"root":"https://h/api/v1"}}
      """;

  @Test
  void aDocumentedResponseConforms() {
    assertThat(delete(200, DELETED)).isEmpty();
    assertThat(delete(404, NOT_FOUND)).isEmpty();
    assertThat(API.faultsOfResponse("GET", "/api/v7/users?a=b", 404, HEADERS, NOT_FOUND)).isEmpty();
  }

  @Test
  void anUndocumentedFieldIsNoticed() {
    assertThat(delete(200, DELETED.replace("\"id\"", "\"name\":\"Jon\",\"id\"")))
        .singleElement()
        .asString()
        .contains("name");
    assertThat(delete(404, NOT_FOUND.replace("\"code\"", "\"trace\":\"x\",\"code\""))).hasSize(1);
  }

  @Test
  void anUndocumentedStatusIsNoticed() {
    assertThat(delete(202, DELETED)).containsExactly("deleteUser does not have the status 202");
    assertThat(API.faultsOfResponse("GET", "/api/v7/users", 200, HEADERS, "{}")).hasSize(1);
  }

  @Test
  void aMissingFieldOrHeaderIsNoticed() {
    assertThat(delete(200, DELETED.replace("\"success\":\"true\",", ""))).hasSize(1);
    assertThat(deleteWithout("x-request-id"))
        .containsExactly("deleteUser 200 lacks the header X-Request-Id");
  }

  @Test
  void missingSecurityHeader_isNoticed() {
    assertThat(deleteWithout("strict-transport-security"))
        .containsExactly("every response has the header Strict-Transport-Security");
    assertThat(deleteWithout("x-content-type-options"))
        .containsExactly("every response has the header X-Content-Type-Options");
    assertThat(deleteWithout("cache-control")).containsExactly("deleteUser 200 may be stored");
    assertThat(API.faultsOfResponse("GET", "/api/v7", 404, Map.of(), NOT_FOUND)).hasSize(2);
  }

  @Test
  void theOldSpellingsOfAPathAreTheSameOperation() {
    assertThat(API.faultsOfResponse("GET", "/api/v0/Users/a", 418, HEADERS, ""))
        .containsExactly("getUser does not have the status 418");
    assertThat(API.faultsOfResponse("GET", "/api/v0", 418, HEADERS, ""))
        .containsExactly("discoverRoot does not have the status 418");
  }

  @Test
  void aProblemIsTheSameError() {
    Map<String, String> headers = new LinkedHashMap<>(HEADERS);
    headers.put("content-type", "application/problem+json");
    String problem =
        """
        {"type":"https://h/docs#not_found","title":"Not found","status":404,"detail":"No.",
         "code":"not_found","request_id":"r","_links":{"root":"https://h/api/v1"}}
        """;
    assertThat(API.faultsOfResponse("DELETE", "/api/v1/users/a", 404, headers, problem)).isEmpty();
    assertThat(
            API.faultsOfResponse(
                "DELETE", "/api/v1/users/a", 404, headers, problem.replace("404", "400")))
        .isNotEmpty();
  }

  private static final Map<String, String> HEADERS =
      Map.of(
          "content-type", "application/json; charset=utf-8",
          "cache-control", "no-store",
          "strict-transport-security", "max-age=31536000",
          "x-content-type-options", "nosniff",
          "x-request-id", "r",
          "x-token-expires-at", "2100-01-01T00:00:00Z");

  private static List<String> deleteWithout(String header) {
    Map<String, String> headers = new LinkedHashMap<>(HEADERS);
    headers.remove(header);
    return API.faultsOfResponse("DELETE", "/api/v1/users/a", 200, headers, DELETED);
  }

  private static List<String> delete(int status, String body) {
    return API.faultsOfResponse("DELETE", "/api/v1/users/a", status, HEADERS, body);
  }
}
