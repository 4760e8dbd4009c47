package ispcrm.listprofiles;

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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ListProfilesTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private static LocalDynamoDb dynamoDb;
  private static Profiles profiles;

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(Template.load(Map.of()), null);
    profiles = new Profiles(dynamoDb.client(), "ProfilesTable");
    for (long id : new long[] {100, 9, 10}) {
      profiles.create(profile(id));
    }
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void pages_followOneAnotherInTheOrderOfNumbers() {
    JsonNode first = json(list(Map.of("limit", List.of("2"))));
    assertThat(first.at("/profiles/0/id").asInt()).isEqualTo(9);
    assertThat(first.at("/profiles/1/id").asInt()).isEqualTo(10);
    assertThat(first.at("/profiles/1/_links/self").asString())
        .isEqualTo("https://crm.example.net/api/v1/profiles/10");
    String cursor = first.at("/_links/next").asString().replaceFirst(".*cursor=", "");
    JsonNode second = json(list(Map.of("limit", List.of("2"), "cursor", List.of(cursor))));
    assertThat(second.get("profiles")).hasSize(1);
    assertThat(second.at("/profiles/0/id").asInt()).isEqualTo(100);
    assertThat(second.at("/_links").propertyNames()).containsExactly("self");
  }

  @Test
  void unknownParameter_isNamed() {
    ApiException e =
        catchThrowableOfType(ApiException.class, () -> list(Map.of("name", List.of("x"))));
    assertThat(e.fieldErrors()).containsOnlyKeys("name");
  }

  private static ApiResponse list(Map<String, List<String>> query) {
    return new ListProfiles(profiles)
        .apply(
            ApiRequest.of(
                Map.of("multiValueQueryStringParameters", query), "https://crm.example.net"));
  }

  private static JsonNode json(ApiResponse response) {
    return new JsonMapper().readTree(response.body());
  }

  private static Profile profile(long id) {
    return new Profile(id, "100 Mbps", Map.of("Framed-Pool", "fiber"), null, NOW, NOW);
  }
}
