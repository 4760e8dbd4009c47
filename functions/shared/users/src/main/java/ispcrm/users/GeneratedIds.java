package ispcrm.users;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;

/**
 * Ids for new users to whom the client gave none. Each call takes fresh random numbers from the
 * system, so that functions restored from the same snapshot do not generate the same ids.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html">Handling
 *     uniqueness with Lambda SnapStart</a>
 */
public final class GeneratedIds {

  private GeneratedIds() {}

  /** A UUID of version 7 (RFC 9562), which sorts after those of earlier milliseconds. */
  public static String id(Instant now) {
    SecureRandom random = new SecureRandom();
    long high = now.toEpochMilli() << 16 | 0x7000 | random.nextInt(0x1000);
    long low = random.nextLong() >>> 2 | Long.MIN_VALUE;
    return new UUID(high, low).toString();
  }

  /** A customer number: IZ and ten digits, of which the first is not 0. */
  public static String customerId() {
    return "IZ" + new SecureRandom().nextLong(1_000_000_000L, 10_000_000_000L);
  }
}
