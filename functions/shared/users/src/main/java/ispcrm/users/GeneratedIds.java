package ispcrm.users;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;

/**
 * What a new user gets where the client gave none. Every call draws anew from the system's random
 * source, so that functions which were restored from one snapshot don't draw alike.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html">Handling
 *     uniqueness with Lambda SnapStart</a>
 */
public final class GeneratedIds {

  private GeneratedIds() {}

  /** A UUID of version 7, RFC 9562: a later one sorts behind one of an earlier millisecond. */
  public static String id(Instant now) {
    SecureRandom random = new SecureRandom();
    long high = now.toEpochMilli() << 16 | 0x7000 | random.nextInt(0x1000);
    long low = random.nextLong() >>> 2 | Long.MIN_VALUE;
    return new UUID(high, low).toString();
  }

  /** A customer id: IZ and ten digits, the first of them not 0. */
  public static String customerId() {
    return "IZ" + new SecureRandom().nextLong(1_000_000_000L, 10_000_000_000L);
  }
}
