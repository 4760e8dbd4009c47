package ispcrm.updateprofile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
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

class UpdateProfileTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private static LocalDynamoDb dynamoDb;
  private static Profiles profiles;
  private static History history;

  @BeforeAll
  static void start() {
    Template template = Template.load(Map.of());
    dynamoDb = LocalDynamoDb.start(template, null);
    profiles = new Profiles(dynamoDb.client(), "ProfilesTable");
    history =
        new History(dynamoDb.client(), template.functions().get("create-profile").environment());
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void patch_changesWhatItNamesAndIsInTheHistory() {
    profiles.create(profile(10));
    ApiResponse response =
        update(10, "{\"attributes\":{\"Framed-Pool\":null,\"Filter-Id\":[\"a\",\"b\"]}}");
    assertThat(response.status()).isEqualTo(200);
    Profile changed = profiles.find("10").orElseThrow();
    assertThat(changed.attributes()).isEqualTo(Map.of("Filter-Id", List.of("a", "b")));
    assertThat(changed.updatedAt()).isEqualTo(NOW.plusSeconds(60));
    assertThat(update(10, "{\"id\":10,\"name\":\"100 Mbps\"}").body()).isEqualTo(response.body());
    assertThat(entries(10)).singleElement().extracting(Entry::action).isEqualTo(Action.UPDATED);
    assertThat(entries(10).get(0).changes().get("attributes").after())
        .isEqualTo(Map.of("Filter-Id", List.of("a", "b")));
  }

  @Test
  void invalidPatchAndUnknownId_areRefused() {
    profiles.create(profile(11));
    assertThat(refused(11, "{\"name\":null,\"id\":12}").fieldErrors())
        .containsOnlyKeys("name", "id");
    assertThat(refused(99, "{}")).hasMessage("Not found - no profile has this id.");
    assertThat(profiles.find("11")).contains(profile(11));
  }

  private static ApiException refused(long id, String body) {
    return catchThrowableOfType(ApiException.class, () -> update(id, body));
  }

  private static ApiResponse update(long id, String body) {
    return new UpdateProfile(profiles, history, () -> NOW.plusSeconds(60))
        .apply(
            ApiRequest.of(
                Map.of("pathParameters", Map.of("id", "" + id), "body", body),
                "https://crm.example.net"));
  }

  private static List<Entry> entries(long id) {
    return history.list(Entry.profileKey(id), null, 50).entries();
  }

  private static Profile profile(long id) {
    return new Profile(id, "100 Mbps", Map.of("Framed-Pool", "fiber"), null, NOW, NOW);
  }
}
