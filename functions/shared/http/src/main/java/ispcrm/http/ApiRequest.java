package ispcrm.http;

import ispcrm.access.Actor;
import ispcrm.runtime.Json;
import ispcrm.runtime.LambdaEntryPoint;
import ispcrm.runtime.MalformedJsonException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a function needs to know about an HTTP request.
 *
 * @param method the HTTP method, such as GET
 * @param path the path as API Gateway passes it, such as {@code /api/v1/users/jonewe}
 * @param pathParameters the values of the route's variables, decoded
 * @param query the parameters of the query string, decoded, each with all its values in order
 * @param body the body as API Gateway passes it; empty if there is none
 * @param isBase64Encoded whether the body is in base64
 * @param caller the caller that the authorizer identified
 * @param links the addresses for links in the response
 * @param requestId API Gateway's id of the request
 * @param headers the headers that functions need
 * @see <a
 *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html">Lambda
 *     proxy integrations</a>
 */
public record ApiRequest(
    String method,
    String path,
    Map<String, String> pathParameters,
    Map<String, List<String>> query,
    String body,
    boolean isBase64Encoded,
    Caller caller,
    Links links,
    String requestId,
    RequestHeaders headers) {

  /** The header that makes a POST safe to repeat. */
  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  private static final Pattern IDEMPOTENCY_KEY_RULE = Pattern.compile("[!-~]{1,255}");

  private static final int MAX_BODY_BYTES = 64 * 1024;

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private static final String MERGE_PATCH = "application/merge-patch+json";

  /** What API Gateway makes of bytes that are not UTF-8. */
  private static final char REPLACEMENT_CHARACTER = '\uFFFD';

  /**
   * Reads API Gateway's event.
   *
   * @param baseUrl what links begin with; if empty, the address that the event gives for the API
   */
  public static ApiRequest of(Map<String, Object> event, String baseUrl) {
    Map<String, Object> context = LambdaEntryPoint.object(event, "requestContext");
    return new ApiRequest(
        String.valueOf(event.get("httpMethod")),
        String.valueOf(event.get("path")),
        PathParameters.of(event),
        LambdaEntryPoint.object(event, "multiValueQueryStringParameters"),
        event.get("body") instanceof String text ? text : "",
        Boolean.TRUE.equals(event.get("isBase64Encoded")),
        Caller.of(LambdaEntryPoint.object(context, "authorizer")),
        Links.of(baseUrl, context),
        String.valueOf(context.get("requestId")),
        new RequestHeaders(LambdaEntryPoint.object(event, "multiValueHeaders")));
  }

  /**
   * What If-Match and If-None-Match require.
   *
   * @throws ApiException 400 if one of them is malformed
   */
  public Preconditions preconditions() {
    return Preconditions.of(headers);
  }

  /** Who makes the changes that this request asks for. */
  public Actor actor() {
    return new Actor(caller.userId(), caller.tokenId(), caller.address(), requestId);
  }

  /**
   * The key under which the client repeats this request; empty if it sent none, or if the method is
   * not POST.
   *
   * @throws ApiException 400 if the key is invalid, or if there are several
   */
  public Optional<String> idempotencyKey() {
    List<String> keys = headers.all(IDEMPOTENCY_KEY).stream().distinct().toList();
    if (keys.isEmpty() || !method.equals("POST")) {
      return Optional.empty();
    }
    if (keys.size() > 1) {
      throw invalidIdempotencyKey("was sent twice with different values; send it once");
    }
    String key = keys.get(0);
    if (!IDEMPOTENCY_KEY_RULE.matcher(key).matches()) {
      throw invalidIdempotencyKey(
          "must be 1 to 255 visible ASCII characters without spaces, such as a UUID");
    }
    return Optional.of(key);
  }

  private static ApiException invalidIdempotencyKey(String fault) {
    return ApiException.invalidHeader(IDEMPOTENCY_KEY, fault);
  }

  /**
   * The SHA-256 of the body as a JSON value, in base64url. Bodies with the same value have the same
   * one, whatever the order of their keys and the spaces between them. No body is an empty object.
   *
   * @throws ApiException as {@link #json()}
   */
  public String bodyDigest() {
    return Digests.sha256(Json.canonical(body.isBlank() ? Map.of() : json()));
  }

  /**
   * Parses the body as JSON, regardless of its Content-Type.
   *
   * @throws ApiException 413 if the body is over 64 KiB; 400 if it is not a single JSON object in
   *     UTF-8, or repeats a key
   */
  public Map<String, Object> json() {
    String encoding = headers.first("content-encoding");
    if (!encoding.isEmpty() && !encoding.equalsIgnoreCase("identity")) {
      throw notJson("it is compressed; send JSON without compression");
    }
    String text = text();
    if (text.getBytes(StandardCharsets.UTF_8).length > MAX_BODY_BYTES) {
      throw new ApiException(
          ErrorCode.BODY_TOO_LARGE, "The body is too large - the maximum is 64 KiB.");
    }
    if (text.indexOf(REPLACEMENT_CHARACTER) >= 0) {
      throw notUtf8();
    }
    try {
      return Json.readObject(text);
    } catch (MalformedJsonException e) {
      if (e.repeatedKey() != null) {
        throw ApiException.duplicateKey(e.repeatedKey());
      }
      throw notJson(
          isForm(text)
              ? "it is a form; send JSON instead, such as {\"id\":\"jonewe\"}"
              : e.getMessage());
    }
  }

  /**
   * Whether a body that is not JSON is a form. Its Content-Type alone does not tell: curl -d labels
   * everything as a form.
   */
  private boolean isForm(String text) {
    String type = headers.first("content-type").toLowerCase(Locale.ROOT);
    return type.startsWith("multipart/form-data")
        || (type.startsWith("application/x-www-form-urlencoded")
            && !text.isBlank()
            && !text.stripLeading().startsWith("{"));
  }

  /**
   * Parses the body like {@link #json()}, with a key that has two spellings.
   *
   * @param other the spelling that the result does not contain
   * @param key the spelling that the result contains instead
   * @throws ApiException as {@link #json()}; also 400 if the body contains both spellings
   */
  public Map<String, Object> json(String other, String key) {
    Map<String, Object> body = json();
    if (!body.containsKey(other)) {
      return body;
    }
    if (body.containsKey(key)) {
      throw ApiException.duplicateKey(other);
    }
    Map<String, Object> renamed = new LinkedHashMap<>(body);
    renamed.put(key, renamed.remove(other));
    return renamed;
  }

  /**
   * Parses the body like {@link #json(String, String)}, as a JSON Merge Patch.
   *
   * @throws ApiException as {@link #json(String, String)}; also 415 if the Content-Type names
   *     another format of patches
   */
  public Map<String, Object> mergePatch(String other, String key) {
    requireMergePatch();
    return json(other, key);
  }

  /**
   * Parses the body like {@link #json()}, as a JSON Merge Patch.
   *
   * @throws ApiException as {@link #json()}; also 415 if the Content-Type names another format of
   *     patches
   */
  public Map<String, Object> mergePatch() {
    requireMergePatch();
    return json();
  }

  private void requireMergePatch() {
    String type = headers.first("content-type").toLowerCase(Locale.ROOT);
    if (type.contains("patch") && !type.startsWith(MERGE_PATCH)) {
      throw new ApiException(
              ErrorCode.UNSUPPORTED_MEDIA_TYPE,
              "The format of the patch is not supported - send a JSON Merge Patch, which contains"
                  + " the fields to change, such as {\"status\":\"suspended\"}.")
          .with("Accept-Patch", MERGE_PATCH);
    }
  }

  /** Without the byte order mark that some Windows programs write. */
  private String text() {
    String text = isBase64Encoded ? decode(body) : body;
    return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
  }

  private static String decode(String base64) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(Base64.getDecoder().decode(base64)))
          .toString();
    } catch (CharacterCodingException e) {
      throw notUtf8();
    }
  }

  private static ApiException notUtf8() {
    return notJson("it is not encoded in UTF-8; send JSON in UTF-8");
  }

  private static ApiException notJson(String fault) {
    return new ApiException(ErrorCode.INVALID_JSON, "The body is not valid JSON: " + fault + ".");
  }
}
