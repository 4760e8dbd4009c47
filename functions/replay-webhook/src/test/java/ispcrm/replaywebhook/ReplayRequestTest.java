package ispcrm.replaywebhook;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.history.EventType;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReplayRequestTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final String EVENT = "01733133600000-5a6b7c8d";

  private static ReplayRequest request(Object... members) {
    Map<String, Object> body = new HashMap<>();
    for (int i = 0; i < members.length; i += 2) {
      body.put((String) members[i], members[i + 1]);
    }
    return new ReplayRequest(body, NOW);
  }

  @Test
  void since_withAndWithoutTypes_isRead() {
    ReplayRequest request = request("since", "2026-01-01", "types", List.of("user.deleted"));
    assertThat(request.errors()).isEmpty();
    assertThat(request.since()).contains(Instant.parse("2026-01-01T00:00:00Z"));
    assertThat(request.types()).containsExactly(EventType.USER_DELETED);
    assertThat(request("since", "2026-01-01", "types", null).types()).isEmpty();
  }

  @Test
  void events_areReadOnce() {
    assertThat(request("events", List.of(EVENT, EVENT)).events()).containsExactly(EVENT);
    assertThat(request("events", IntStream.range(0, 50).mapToObj(i -> EVENT).toList()).errors())
        .isEmpty();
  }

  @Test
  void anythingElse_isNamed() {
    assertThat(request().errors()).containsOnlyKeys("events");
    assertThat(request("events", List.of(EVENT), "since", "2026-01-01").errors())
        .containsOnlyKeys("events");
    assertThat(request("since", "2027-01-01").errors()).containsOnlyKeys("since");
    assertThat(request("since", 5L).errors()).containsOnlyKeys("since");
    assertThat(request("since", null).errors()).containsOnlyKeys("since");
    assertThat(request("events", List.of()).errors()).containsOnlyKeys("events");
    assertThat(request("events", null).errors()).containsOnlyKeys("events");
    assertThat(request("events", List.of("x")).errors()).containsOnlyKeys("events");
    assertThat(request("events", IntStream.range(0, 51).mapToObj(i -> EVENT).toList()).errors())
        .containsOnlyKeys("events");
    assertThat(request("events", List.of(EVENT), "types", List.of("user.deleted")).errors())
        .containsOnlyKeys("types");
    assertThat(request("since", "2026-01-01", "types", List.of("x"), "until", "y").errors())
        .containsOnlyKeys("types", "until");
  }
}
