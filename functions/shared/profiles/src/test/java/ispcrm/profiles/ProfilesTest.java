package ispcrm.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.template.Template;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class ProfilesTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private static LocalDynamoDb dynamoDb;
  private static Profiles profiles;

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(Template.load(Map.of()), null);
    profiles = new Profiles(dynamoDb.client(), "ProfilesTable");
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void profile_writtenAndRead_isTheSame() {
    Profile profile =
        profile(10, Map.of("Framed-Pool", List.of("a", "b"), "Filter-Id", "x"), Map.of());
    assertThat(profiles.create(profile)).isTrue();
    assertThat(profiles.create(profile)).isFalse();
    assertThat(profiles.find("10")).contains(profile);
    Profile changed = profile(10, Map.of(), null);
    assertThat(profiles.update(changed, profile)).isFalse();
    assertThat(profiles.update(profile, changed)).isTrue();
    assertThat(profiles.find("10")).contains(changed);
    assertThat(profiles.delete(profile)).isFalse();
    assertThat(profiles.delete(changed)).isTrue();
    assertThat(profiles.find("10")).isEmpty();
    assertThat(profiles.update(changed, profile)).isFalse();
    assertThat(profiles.delete(changed)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ten", "010", "-1", "1.0", "99999999999999999", "1 "})
  void find_textThatIsNoId_isEmpty(String id) {
    assertThat(profiles.find(id)).isEmpty();
  }

  @Test
  void list_isInTheOrderOfNumbersWithoutBrokenItems() {
    List<Long> ids = List.of(0L, 2L, 7L, 10L, 100L, 9_007_199_254_740_991L);
    ids.forEach(id -> profiles.create(profile(id, Map.of(), null)));
    dynamoDb
        .client()
        .updateItem(
            r ->
                r.tableName("ProfilesTable")
                    .key(
                        Map.of(
                            "listing", AttributeValue.fromS("profiles"),
                            "id", AttributeValue.fromN("7")))
                    .updateExpression("REMOVE attributes"));
    for (int limit : new int[] {1, 2, 5, 6, 200}) {
      assertThat(walk(limit)).containsExactly(0L, 2L, 10L, 100L, 9_007_199_254_740_991L);
    }
    ids.stream()
        .filter(id -> id != 7)
        .forEach(id -> profiles.delete(profiles.find("" + id).orElseThrow()));
  }

  /** DynamoDB ends a query at 1 MB. */
  @Test
  void list_profilesOfTheLargestSize_areAllOnPages() {
    Map<String, Object> largest = new TreeMap<>();
    for (int i = 0; i < 20; i++) {
      largest.put("Name-" + i, Collections.nCopies(5, "x".repeat(253)));
    }
    LongStream.range(1000, 1030).forEach(id -> profiles.create(profile(id, largest, largest)));
    assertThat(walk(200)).contains(1000L, 1029L).hasSizeGreaterThanOrEqualTo(30);
    assertThat(profiles.list(null, 200).next()).isNotNull();
    LongStream.range(1000, 1030)
        .forEach(id -> profiles.delete(profiles.find("" + id).orElseThrow()));
  }

  private static List<Long> walk(int limit) {
    List<Long> ids = new ArrayList<>();
    String after = null;
    do {
      Profiles.Page page = profiles.list(after, limit);
      assertThat(page.profiles()).hasSizeLessThanOrEqualTo(limit);
      page.profiles().forEach(profile -> ids.add(profile.id()));
      after = page.next();
    } while (after != null);
    return ids;
  }

  private static Profile profile(
      long id, Map<String, Object> attributes, Map<String, Object> restricted) {
    return new Profile(id, "100 Mbps", attributes, restricted, NOW, NOW);
  }
}
