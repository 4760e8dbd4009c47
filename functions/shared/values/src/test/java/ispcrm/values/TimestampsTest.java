package ispcrm.values;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {

  @ParameterizedTest
  @CsvSource({
    "2025-03-31 12:34:56, 2025-03-31 12:34:56",
    "2025-03-31, 2025-03-31 00:00:00",
    "2024-02-29, 2024-02-29 00:00:00",
    "2025-03-31T12:34:56Z, 2025-03-31 12:34:56",
    "2025-03-31T12:34:56.789Z, 2025-03-31 12:34:56",
    "2025-03-31T00:30:00+02:00, 2025-03-30 22:30:00",
    "2025-03-31T00:30:00+0200, 2025-03-30 22:30:00",
    "2025-03-31T00:30:00.5-0530, 2025-03-31 06:00:00",
    "2025-03-31t00:30:00-05:30, 2025-03-31 06:00:00",
    "2025-03-31T00:30Z, 2025-03-31 00:30:00"
  })
  void reads(String text, String time) {
    assertThat(Timestamps.parse(text).map(Timestamps::format)).contains(time);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "today",
        "2025-02-29",
        "2025-02-30 00:00:00",
        "2025-13-01",
        "2025-03-31 24:00:00",
        "2025-03-31 23:59:60",
        "2025-03-31T12:34:56",
        "2025-3-31",
        "31.03.2025",
        "20250331",
        "2025-03-31 12:34",
        "2025-03-31T12:34:56+25:00",
        "2025-03-31T12:34:56+2500",
        "2025-03-31T12:34:56+020",
        "0000-01-01",
        "-001-01-01",
        "+10000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "2025-03-31 12:34:56 ",
        "1743379200"
      })
  void refuses(String text) {
    assertThat(Timestamps.parse(text)).isEmpty();
  }

  @Property
  void whatIsWrittenIsRead(
      @ForAll @LongRange(min = -62135596800L, max = 253402300799L) long second) {
    String text = Timestamps.format(Instant.ofEpochSecond(second));
    assertThat(Timestamps.parse(text).map(Timestamps::format)).contains(text);
  }

  @Property
  void anyTextIsReadOrRefused(@ForAll String text) {
    Timestamps.parse(text)
        .map(Timestamps::format)
        .ifPresent(time -> assertThat(time).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d"));
  }
}
