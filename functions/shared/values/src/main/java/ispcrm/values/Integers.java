package ispcrm.values;

import java.util.Optional;

/** Integers in JSON. */
public final class Integers {
  /** The largest integer that every JSON reader keeps exactly (RFC 8259, section 6). */
  public static final long MAX = (1L << 53) - 1;

  private Integers() {}

  /**
   * Reads an integer that a client sent. 10.0 is one too, as in JSON Schema.
   *
   * @param max at most {@link #MAX}, so that every number in the range is exact
   * @return empty if the value is not a number, not an integer or out of range
   */
  public static Optional<Long> parse(Object json, long min, long max) {
    return json instanceof Number number
            && number.doubleValue() >= min
            && number.doubleValue() <= max
            && number.doubleValue() == Math.rint(number.doubleValue())
        ? Optional.of(number.longValue())
        : Optional.empty();
  }
}
