package ispcrm.webhooks;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * The secret with which a webhook's messages are signed.
 *
 * @see <a
 *     href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">Standard
 *     Webhooks</a>
 */
public final class Secret {
  private static final String PREFIX = "whsec_";
  private static final int BYTES = 32;

  private Secret() {}

  /** Generates a secret. Its random bits are never part of a snapshot. */
  public static String generate() {
    byte[] bits = new byte[BYTES];
    new SecureRandom().nextBytes(bits);
    return PREFIX + Base64.getEncoder().encodeToString(bits);
  }

  /** The key of the HMAC. */
  public static byte[] key(String secret) {
    return Base64.getDecoder().decode(secret.substring(PREFIX.length()));
  }
}
