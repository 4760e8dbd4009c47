package ispcrm.http;

import ispcrm.runtime.LambdaEntryPoint;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The values of a route's variables. A REST API of API Gateway passes them on as it received them,
 * so {@code j%6Fnewe} arrives for the id {@code jonewe}. This is the only place that decodes them,
 * for the functions and for the authorizer.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc3986#section-2.1">RFC 3986, percent-encoding</a>
 */
public final class PathParameters {

  private PathParameters() {}

  /** Reads the variables from API Gateway's event, and decodes each value once. */
  public static Map<String, String> of(Map<String, Object> event) {
    Map<String, String> decoded = new LinkedHashMap<>();
    LambdaEntryPoint.<String>object(event, "pathParameters")
        .forEach((name, value) -> decoded.put(name, decode(value)));
    return decoded;
  }

  /**
   * Decodes percent-encoded UTF-8. A plus stays a plus. Malformed text is returned as it is: with
   * its percent sign, it is not a valid id.
   */
  static String decode(String text) {
    StringBuilder decoded = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      if (text.charAt(at) != '%') {
        decoded.append(text.charAt(at++));
        continue;
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (; at < text.length() && text.charAt(at) == '%'; at += 3) {
        int octet = octet(text, at + 1);
        if (octet < 0) {
          return text;
        }
        bytes.write(octet);
      }
      try {
        decoded.append(
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())));
      } catch (CharacterCodingException e) {
        return text;
      }
    }
    return decoded.toString();
  }

  /** The value of two hexadecimal digits; -1 if there are none. */
  private static int octet(String text, int at) {
    String digits = text.substring(at, Math.min(at + 2, text.length()));
    return digits.matches("[0-9A-Fa-f]{2}") ? Integer.parseInt(digits, 16) : -1;
  }
}
