package ispcrm.listusers;

import ispcrm.gateway.ApiException;
import ispcrm.users.Users;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;

/**
 * The place between two pages, opaque to clients: the last user's key behind a digest of that key
 * and of the filters. The digest needs no secret: a cursor grants nothing, so that there is nothing
 * to forge, and it is there to refuse one that was cut, mistyped or taken to another list.
 */
final class Cursor {
  private static final int DIGEST_BYTES = 9;

  private Cursor() {}

  static String encode(Users.Filter filter, String after) {
    byte[] key = after.getBytes(StandardCharsets.UTF_8);
    byte[] cursor = Arrays.copyOf(digest(filter, after), DIGEST_BYTES + key.length);
    System.arraycopy(key, 0, cursor, DIGEST_BYTES, key.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(cursor);
  }

  /**
   * @throws ApiException 400 for a cursor that a list with these filters did not hand out
   */
  static String decode(Users.Filter filter, String cursor) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(cursor);
      if (bytes.length > DIGEST_BYTES) {
        String after =
            new String(bytes, DIGEST_BYTES, bytes.length - DIGEST_BYTES, StandardCharsets.UTF_8);
        // Encoding anew also refuses what differs only in bits that Base64 throws away.
        if (encode(filter, after).equals(cursor)) {
          return after;
        }
      }
    } catch (IllegalArgumentException notBase64) {
      // The same answer as for any other cursor that is not ours.
    }
    throw new ApiException(
        400,
        "invalid_cursor",
        "The cursor is not one of this list - follow _links.next, with the same filters, or begin"
            + " again without a cursor.");
  }

  private static byte[] digest(Users.Filter filter, String after) {
    String content =
        String.join(
                "\n",
                String.valueOf(filter.status()),
                String.valueOf(filter.username()),
                String.valueOf(filter.customerId()),
                String.valueOf(filter.usernameStart()),
                after)
            .toLowerCase(Locale.ROOT);
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return Arrays.copyOf(digest, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }
}
