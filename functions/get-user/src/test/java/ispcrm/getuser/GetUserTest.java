package ispcrm.getuser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.template.Template;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.Users;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GetUserTest {
  private static LocalDynamoDb dynamoDb;
  private static GetUser getUser;

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(Template.load(Map.of()), null);
    Users users = new Users(dynamoDb.client(), "UsersTable");
    users.create(
        new CreateUserRequest(
                Map.of("id", "jonewe", "expiration", "2025-03-31", "profile_name", "100 Mbps"))
            .toUser("", "IZ1459296", Instant.parse("2023-12-13T13:38:27Z")));
    getUser = new GetUser(users);
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  /** The fields of the source's sample, in its order; the contract's tests check the others. */
  @Test
  void fieldsOfTheSourceComeFirstIncludingNulls() {
    ApiResponse response = getUser.apply(request("jonewe"));
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body())
        .startsWith(
            "{\"success\":\"true\",\"data\":{\"username\":\"jonewe\",\"customer_id\":\"IZ1459296\","
                + "\"status\":\"active\",\"expiration\":\"2025-03-31 00:00:00\","
                + "\"created_at\":\"2023-12-13 13:38:27\",\"activated_at\":null,\"mac\":null,"
                + "\"profile_id\":null,\"profile_name\":\"100 Mbps\",\"radius_id\":null,")
        .endsWith("},\"_links\":{\"self\":\"https://crm.example.net/api/v1/users/jonewe\"}}");
  }

  /** A client keeps it over releases, so this text must never have to change. */
  @Test
  void etag_ofThisUser_isTheSameInEveryRelease() {
    ApiResponse response = getUser.apply(request("jonewe"));
    assertThat(response.headers()).containsEntry("ETag", "\"5i_SNvRGg2XJD9Gf\"");
    Map<String, Object> later =
        new LinkedHashMap<>(Map.of("added", "by a later release", "first", 1));
    later.put("null", null);
    String etag = ApiResponse.tagged(200, later, "https://a.example").headers().get("ETag");
    later.remove("null");
    assertThat(ApiResponse.tagged(200, later, "https://b.example").headers())
        .containsEntry("ETag", etag);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nobody", "JONEWE", "", "a b", "username#jonewe"})
  void anyOtherIdIsNotFound(String id) {
    assertThatThrownBy(() -> getUser.apply(request(id)))
        .isInstanceOf(ApiException.class)
        .hasMessage("Not found - no user has this id.");
  }

  @Test
  void aMissingIdIsNotFound() {
    assertThatThrownBy(() -> getUser.apply(ApiRequest.of(Map.of(), "https://crm.example.net")))
        .isInstanceOf(ApiException.class);
  }

  @Test
  void aUserWhoIsTheSameIsNotSentAgain() {
    String etag = getUser.apply(request("jonewe")).headers().get("ETag");
    assertThat(etag).matches("\"[A-Za-z0-9_-]+\"");
    for (String known : List.of(etag, "W/" + etag, "\"a\", " + etag, "*")) {
      ApiResponse response = getUser.apply(request("jonewe", "if-none-match", known));
      assertThat(response.status()).as(known).isEqualTo(304);
      assertThat(response.body()).isEmpty();
      assertThat(response.headers()).containsEntry("ETag", etag).doesNotContainKey("Content-Type");
    }
    assertThat(getUser.apply(request("jonewe", "If-None-Match", "\"a\"")).status()).isEqualTo(200);
  }

  @Test
  void anEtagWithoutItsQuotesIsRefused() {
    String etag = getUser.apply(request("jonewe")).headers().get("ETag").replace("\"", "");
    for (String malformed : List.of(etag, "")) {
      assertThatThrownBy(() -> getUser.apply(request("jonewe", "If-None-Match", malformed)))
          .isInstanceOf(ApiException.class)
          .hasMessage("The header If-None-Match is invalid - see errors.");
    }
  }

  private static ApiRequest request(String id, String header, String value) {
    return ApiRequest.of(
        Map.of(
            "pathParameters",
            Map.of("id", id),
            "multiValueHeaders",
            Map.of(header, List.of(value))),
        "https://crm.example.net");
  }

  private static ApiRequest request(String id) {
    return ApiRequest.of(Map.of("pathParameters", Map.of("id", id)), "https://crm.example.net");
  }
}
