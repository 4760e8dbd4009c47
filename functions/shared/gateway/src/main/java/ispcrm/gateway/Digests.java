package ispcrm.gateway;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/** Short digests, which detect a difference and need no secret. */
final class Digests {

  private Digests() {}

  /** The first bytes of the SHA-256 of a text, in base64url. */
  static String of(String text, int length) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(text, length));
  }

  /** The first bytes of the SHA-256 of a text. */
  static byte[] bytes(String text, int length) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Arrays.copyOf(digest, length);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform must have SHA-256", e);
    }
  }
}
