package ispcrm.values;

import java.util.Optional;

/** Integers in JSON. */
public final class Integers {

  private Integers() {}

  /**
   * Reads an integer that a client sent. 10.0 is one too, as in JSON Schema.
   *
   * @param max at most 2^53 - 1, so that every number in the range is exact
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
