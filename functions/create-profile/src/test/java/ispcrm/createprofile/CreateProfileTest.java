package ispcrm.createprofile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.idempotency.Idempotency;
import ispcrm.profiles.Profile;
import ispcrm.profiles.Profiles;
import ispcrm.template.Template;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CreateProfileTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private static LocalDynamoDb dynamoDb;
  private static Profiles profiles;
  private static History history;
  private static Idempotency idempotency;

  @BeforeAll
  static void start() {
    Template template = Template.load(Map.of());
    dynamoDb = LocalDynamoDb.start(template, null);
    profiles = new Profiles(dynamoDb.client(), "ProfilesTable");
    history =
        new History(dynamoDb.client(), template.functions().get("create-profile").environment());
    idempotency =
        new Idempotency(
            dynamoDb.client(), Map.of("IDEMPOTENCY_TABLE", "IdempotencyTable"), () -> NOW);
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void profile_isCreatedOnceWithItsEntryInTheHistory() {
    ApiResponse response = create("{\"id\":10,\"name\":\"100 Mbps\"}", "k");
    assertThat(response.status()).isEqualTo(201);
    assertThat(response.headers())
        .containsEntry("Location", "https://crm.example.net/api/v1/profiles/10");
    assertThat(profiles.find("10")).map(Profile::attributes).contains(Map.of());
    ApiResponse repetition = create("{\"name\":\"100 Mbps\",\"id\":10.0}", "k");
    assertThat(repetition.body()).isEqualTo(response.body());
    assertThat(repetition.headers()).containsEntry("Idempotency-Replayed", "true");
    assertThat(refused("{\"id\":10,\"name\":\"other\"}"))
        .hasMessage("The profile was not created - it already exists.");
    assertThat(entries(10)).extracting(Entry::action).containsExactly(Action.CREATED);
  }

  @Test
  void invalidBody_createsNothing() {
    assertThat(refused("{\"id\":11,\"attributes\":{\"Class\":\"x\"}}").fieldErrors())
        .containsOnlyKeys("name", "attributes.Class");
    assertThat(profiles.find("11")).isEmpty();
    assertThat(entries(11)).isEmpty();
  }

  private static ApiException refused(String body) {
    return catchThrowableOfType(ApiException.class, () -> create(body, "other"));
  }

  private static ApiResponse create(String body, String key) {
    return new CreateProfile(profiles, history, idempotency, () -> NOW)
        .apply(
            ApiRequest.of(
                Map.of(
                    "httpMethod",
                    "POST",
                    "body",
                    body,
                    "multiValueHeaders",
                    Map.of("Idempotency-Key", List.of(key))),
                "https://crm.example.net"));
  }

  private static List<Entry> entries(long id) {
    return history.list(Entry.profileKey(id), null, 50).entries();
  }
}
