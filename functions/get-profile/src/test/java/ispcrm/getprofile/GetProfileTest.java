package ispcrm.getprofile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.profiles.Profile;
import ispcrm.profiles.Profiles;
import ispcrm.template.Template;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GetProfileTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private static LocalDynamoDb dynamoDb;
  private static Profiles profiles;

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(Template.load(Map.of()), null);
    profiles = new Profiles(dynamoDb.client(), "ProfilesTable");
    profiles.create(profile(10));
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void profile_isReturnedWithEveryFieldAndAnETag() {
    ApiResponse response = get("10", Map.of());
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body())
        .isEqualTo(
            "{\"success\":\"true\",\"data\":{\"id\":10,\"name\":\"100 Mbps\","
                + "\"attributes\":{\"Framed-Pool\":\"fiber\"},\"restricted_attributes\":null,"
                + "\"created_at\":\"2026-01-02 03:04:05\",\"updated_at\":\"2026-01-02 03:04:05\"},"
                + "\"_links\":{\"self\":\"https://crm.example.net/api/v1/profiles/10\"}}");
    String etag = response.headers().get("ETag");
    assertThat(get("10", Map.of("If-None-Match", List.of(etag))).status()).isEqualTo(304);
  }

  @Test
  void otherId_isNotFound() {
    for (String id : List.of("11", "ten", "010", "")) {
      assertThat(catchThrowableOfType(ApiException.class, () -> get(id, Map.of())))
          .as(id)
          .hasMessage("Not found - no profile has this id.");
    }
  }

  private static ApiResponse get(String id, Map<String, List<String>> headers) {
    return new GetProfile(profiles)
        .apply(
            ApiRequest.of(
                Map.of("pathParameters", Map.of("id", id), "multiValueHeaders", headers),
                "https://crm.example.net"));
  }

  private static Profile profile(long id) {
    return new Profile(id, "100 Mbps", Map.of("Framed-Pool", "fiber"), null, NOW, NOW);
  }
}
