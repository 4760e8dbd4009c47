package ispcrm.users;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoUnit;

/** Points in time as the API writes them: {@code YYYY-MM-DD HH:MM:SS} in UTC. */
public final class Timestamps {
  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withResolverStyle(ResolverStyle.STRICT);

  private static final DateTimeFormatter ISO =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
          .appendOffset("+HH:mm", "Z")
          .toFormatter()
          .withResolverStyle(ResolverStyle.STRICT);

  private Timestamps() {}

  /** A point in time in the API's form, without its fraction of a second. */
  public static String format(Instant instant) {
    return FORM.format(instant.atOffset(ZoneOffset.UTC));
  }

  /**
   * Reads {@code YYYY-MM-DD HH:MM:SS}, a date alone (its first second), both in UTC, or ISO 8601
   * with an offset, such as {@code 2025-03-31T12:00:00+02:00}, whose fraction of a second is
   * dropped.
   *
   * @return the point in time in the API's form, or null where the text is none, has a day that the
   *     calendar has not, or lies outside of the years 1 to 9999
   */
  static String parse(String text) {
    try {
      LocalDateTime utc =
          switch (text.length()) {
            case 10 -> LocalDate.parse(text).atStartOfDay();
            case 19 -> LocalDateTime.parse(text, FORM);
            default ->
                OffsetDateTime.parse(text, ISO)
                    .withOffsetSameInstant(ZoneOffset.UTC)
                    .truncatedTo(ChronoUnit.SECONDS)
                    .toLocalDateTime();
          };
      return utc.getYear() < 1 || utc.getYear() > 9999 ? null : FORM.format(utc);
    } catch (DateTimeException none) {
      return null;
    }
  }
}
