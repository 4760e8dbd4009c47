package ispcrm.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * The place between two pages, opaque to clients: a digest of the filters and of the end of the
 * previous page, followed by that end. The digest needs no secret, because a cursor grants no
 * access. It only detects a cursor that was cut, mistyped or used with other filters. A client can
 * write a cursor of its own, so the end can be any text.
 */
final class Cursor {
  private static final int DIGEST_BYTES = 9;

  /** No key of DynamoDB is longer. */
  private static final int MAX_END_BYTES = 1000;

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
   * @param form what the end looks like
   * @throws ApiException 400 if the cursor does not come from a list with this filter
   */
  static String decode(String filter, Pattern form, String cursor) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(cursor);
      if (bytes.length > DIGEST_BYTES && bytes.length <= DIGEST_BYTES + MAX_END_BYTES) {
        String after =
            new String(bytes, DIGEST_BYTES, bytes.length - DIGEST_BYTES, StandardCharsets.UTF_8);
        // Encoding it again also detects changes in the bits that Base64 ignores.
        if (encode(filter, after).equals(cursor) && form.matcher(after).matches()) {
          return after;
        }
      }
    } catch (IllegalArgumentException e) {
      // Not Base64: the same error as for any other invalid cursor.
    }
    throw new ApiException(
        ErrorCode.INVALID_CURSOR,
        "Invalid cursor - follow _links.next with the same filters, or start again without a"
            + " cursor.");
  }
}
