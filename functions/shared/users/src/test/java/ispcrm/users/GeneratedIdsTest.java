package ispcrm.users;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.values.InvalidValueException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class GeneratedIdsTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

  @Test
  void idIsAUuidOfVersion7() throws InvalidValueException {
    UUID id = UUID.fromString(GeneratedIds.id(NOW));
    assertThat(id.version()).isEqualTo(7);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(NOW.toEpochMilli());
    assertThat(UserField.ID.parse(id.toString())).isEqualTo(id.toString());
  }

  @Test
  void laterIdsSortAfterEarlierOnes() {
    String id = GeneratedIds.id(NOW);
    for (int later = 1; later < 1000; later++) {
      String next = GeneratedIds.id(NOW.plusMillis(later));
      assertThat(next).isGreaterThan(id);
      id = next;
    }
  }

  @Test
  void noTwoAreAlike() {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      ids.add(GeneratedIds.id(NOW));
    }
    assertThat(ids).hasSize(10_000);
  }

  @Test
  void customerIdIsIzAndTenDigits() {
    for (int i = 0; i < 1000; i++) {
      assertThat(GeneratedIds.customerId()).matches("IZ[1-9][0-9]{9}");
    }
  }
}
