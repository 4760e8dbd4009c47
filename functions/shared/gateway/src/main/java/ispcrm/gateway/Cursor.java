package ispcrm.gateway;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * The place between two pages, opaque to clients: a digest of the filters and of the end of the
 * previous page, followed by that end. The digest needs no secret, because a cursor grants no
 * access. It only detects a cursor that was cut, mistyped or used with other filters.
 */
final class Cursor {
  private static final int DIGEST_BYTES = 9;

  private Cursor() {}

  static String encode(String filter, String after) {
    byte[] key = after.getBytes(StandardCharsets.UTF_8);
    byte[] cursor =
        Arrays.copyOf(
            Digests.bytes(filter + "\n" + after, DIGEST_BYTES), DIGEST_BYTES + key.length);
    System.arraycopy(key, 0, cursor, DIGEST_BYTES, key.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(cursor);
  }

  /**
   * @throws ApiException 400 if the cursor does not come from a list with this filter
   */
  static String decode(String filter, String cursor) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(cursor);
      if (bytes.length > DIGEST_BYTES) {
        String after =
            new String(bytes, DIGEST_BYTES, bytes.length - DIGEST_BYTES, StandardCharsets.UTF_8);
        // Encoding it again also detects changes in the bits that Base64 ignores.
        if (encode(filter, after).equals(cursor)) {
          return after;
        }
      }
    } catch (IllegalArgumentException e) {
      // Not Base64: the same error as for any other invalid cursor.
    }
    throw new ApiException(
        400,
        "invalid_cursor",
        "Invalid cursor - follow _links.next with the same filters, or start again without a"
            + " cursor.");
  }
}
