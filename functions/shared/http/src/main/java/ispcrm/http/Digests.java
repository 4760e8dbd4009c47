package ispcrm.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/** Digests, which detect a difference and need no secret. */
public final class Digests {
  private static final int SHA_256_BYTES = 32;

  private Digests() {}

  /** The SHA-256 of a text, in base64url. */
  public static String sha256(String text) {
    return of(text, SHA_256_BYTES);
  }

  /** The first bytes of the SHA-256 of a text, in base64url. */
  static String of(String text, int length) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(text, length));
  }

  static byte[] sha256Bytes(String text) {
    return bytes(text, SHA_256_BYTES);
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
