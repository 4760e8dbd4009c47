package ispcrm.deleteprofile;

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
import ispcrm.users.CreateUserRequest;
import ispcrm.users.Users;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DeleteProfileTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private static LocalDynamoDb dynamoDb;
  private static Profiles profiles;
  private static History history;
  private static Users users;

  @BeforeAll
  static void start() {
    Template template = Template.load(Map.of());
    dynamoDb = LocalDynamoDb.start(template, null);
    profiles = new Profiles(dynamoDb.client(), "ProfilesTable");
    history =
        new History(dynamoDb.client(), template.functions().get("create-profile").environment());
    users = new Users(dynamoDb.client(), "UsersTable");
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void profileOfAUser_isNotDeletedUntilTheUserIs() {
    profiles.create(profile(10));
    users.create(
        new CreateUserRequest(Map.of("id", "jonewe", "profile_id", 10)).toUser("", "IZ1", NOW));
    ApiException e = catchThrowableOfType(ApiException.class, () -> delete(10));
    assertThat(e.status()).isEqualTo(409);
    assertThat(e).hasMessageStartingWith("The profile was not deleted - users have it; ");
    assertThat(profiles.find("10")).isPresent();
    assertThat(entries(10)).isEmpty();
    users.delete(users.find("jonewe").orElseThrow(), NOW);
    assertThat(delete(10).body()).contains("\"id\":10,\"deleted_at\":\"2026-01-02 03:04:05\"");
    assertThat(profiles.find("10")).isEmpty();
    assertThat(entries(10)).extracting(Entry::action).containsExactly(Action.DELETED);
    assertThat(catchThrowableOfType(ApiException.class, () -> delete(10)))
        .hasMessage("Not found - no profile has this id.");
  }

  private static ApiResponse delete(long id) {
    return new DeleteProfile(profiles, users, history, () -> NOW)
        .apply(
            ApiRequest.of(
                Map.of("pathParameters", Map.of("id", "" + id)), "https://crm.example.net"));
  }

  private static List<Entry> entries(long id) {
    return history.list(Entry.profileKey(id), null, 50).entries();
  }

  private static Profile profile(long id) {
    return new Profile(id, "100 Mbps", Map.of("Framed-Pool", "fiber"), null, NOW, NOW);
  }
}
