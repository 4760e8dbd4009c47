package ispcrm.gateway;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * What a function learns of an HTTP request. Headers are left out on purpose: a token that is not
 * here can be neither logged nor answered.
 *
 * @param pathParameters the values of the route's variables, decoded
 * @param query the query string's parameters, decoded, each with all its values in order
 * @param body the body as text, base64 undone; empty where there is none
 * @param caller who calls, as the authorizer found
 * @param links where links in the answer begin
 * @param requestId API Gateway's id of the request
 * @see <a
 *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html">Lambda
 *     proxy integrations</a>
 */
public record ApiRequest(
    Map<String, String> pathParameters,
    Map<String, List<String>> query,
    String body,
    Caller caller,
    Links links,
    String requestId) {

  private static final int MAX_BODY_BYTES = 64 * 1024;

  /**
   * Parses the body as JSON, whatever its Content-Type says.
   *
   * @throws ApiException 413 for a body over 64 KiB; 400 where it is not one JSON object, or
   *     repeats a key
   */
  public Map<String, Object> json() {
    if (body.getBytes(StandardCharsets.UTF_8).length > MAX_BODY_BYTES) {
      throw new ApiException(
          413, "body_too_large", "The body is too large - at most 64 KiB are taken.");
    }
    return Json.readObject(body);
  }

  static String body(Map<String, Object> event) {
    if (!(event.get("body") instanceof String text)) {
      return "";
    }
    if (!Boolean.TRUE.equals(event.get("isBase64Encoded"))) {
      return text;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(Base64.getDecoder().decode(text)))
          .toString();
    } catch (CharacterCodingException notUtf8) {
      throw new ApiException(400, "invalid_json", "The body is not JSON in UTF-8.");
    }
  }
}
