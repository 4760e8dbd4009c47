package ispcrm.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.runtime.Json;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiRequestTest {

  @ParameterizedTest
  @ValueSource(strings = {"Idempotency-Key", "idempotency-key", "IDEMPOTENCY-KEY"})
  void theIdempotencyKeyIsReadInAnyCase(String header) {
    assertThat(withKeys("POST", Map.of(header, List.of("!a~", "!a~"))).idempotencyKey())
        .contains("!a~");
    assertThat(withKeys("POST", Map.of("X-" + header, List.of("a"))).idempotencyKey()).isEmpty();
  }

  @Test
  void anIdempotencyKeyHasUpTo255Characters() {
    String longest = "k".repeat(255);
    assertThat(withKey(longest).idempotencyKey()).contains(longest);
    assertThatThrownBy(() -> withKey(longest + "k").idempotencyKey())
        .isInstanceOf(ApiException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a, a", "ä", "a\u007F", "a\u0000", "\uFFFD"})
  void anInvalidIdempotencyKeyIsRefused(String key) {
    ApiException e = catchThrowableOfType(ApiException.class, () -> withKey(key).idempotencyKey());
    assertThat(e.status()).isEqualTo(400);
    assertThat(response(e))
        .contains(
            "\"invalid_header\"",
            "{\"field\":\"Idempotency-Key\",\"message\":\"must be 1 to 255 visible ASCII"
                + " characters without spaces, such as a UUID\"}");
  }

  @Test
  void twoIdempotencyKeysAreRefusedEvenIfTheirNamesDifferInCase() {
    for (Map<String, List<String>> headers :
        List.of(
            Map.of("Idempotency-Key", List.of("a", "b")),
            Map.of("Idempotency-Key", List.of("a"), "idempotency-key", List.of("b")))) {
      ApiException e =
          catchThrowableOfType(
              ApiException.class, () -> withKeys("POST", headers).idempotencyKey());
      assertThat(e.fieldErrors())
          .isEqualTo(
              Map.of("Idempotency-Key", "was sent twice with different values; send it once"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PATCH", "DELETE"})
  void otherMethodsIgnoreTheIdempotencyKey(String method) {
    assertThat(withKeys(method, Map.of("Idempotency-Key", List.of("a b"))).idempotencyKey())
        .isEmpty();
  }

  @Test
  void theDigestOfABodyDoesNotDependOnItsTransport() {
    byte[] body = "{\"name\":\"Žofie\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(base64(body).bodyDigest())
        .isEqualTo(request("{\"name\":\"Žofie\"}").bodyDigest())
        .isNotEqualTo(request("{\"name\":\"Zofie\"}").bodyDigest());
  }

  @Test
  void bodyDigest_sameJsonValue_isTheSame() {
    String digest =
        request("{\"id\":\"a\",\"profile_id\":10,\"x\":{\"b\":[1],\"c\":2}}").bodyDigest();
    assertThat(
            request(
                    "\uFEFF { \"x\": {\"c\":2, \"b\": [1.0]},\n\"profile_id\": 10.0, \"id\":\"\\u0061\"}")
                .bodyDigest())
        .isEqualTo(digest);
    assertThat(request("{\"id\":\"a\",\"profile_id\":10,\"x\":{\"b\":[2],\"c\":2}}").bodyDigest())
        .isNotEqualTo(digest);
    assertThat(request("{\"x\":1e999}").bodyDigest()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"application/json-patch+json", "Application/JSON-Patch+JSON; charset=utf-8"})
  void mergePatch_otherFormatOfPatches_isUnsupported(String type) {
    ApiRequest request =
        ApiRequest.of(
            Map.of("body", "[]", "multiValueHeaders", Map.of("Content-Type", List.of(type))), "");
    ApiException e = catchThrowableOfType(ApiException.class, () -> request.mergePatch("ID", "id"));
    assertThat(e.status()).isEqualTo(415);
    assertThat(e.toResponse(request).headers())
        .containsEntry("Accept-Patch", "application/merge-patch+json");
  }

  @Test
  void readsAnObject() {
    assertThat(json("{\"a\":\"ü\",\"b\":1,\"c\":null,\"d\":[true],\"e\":9007199254740993}"))
        .containsEntry("a", "ü")
        .containsEntry("b", 1)
        .containsEntry("c", null)
        .containsEntry("d", List.of(true))
        .containsEntry("e", 9007199254740993L);
  }

  @Test
  void keepsLargeIntegersExact() {
    assertThat(json("{\"n\":99999999999999999999}"))
        .containsEntry("n", new BigInteger("99999999999999999999"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"ID\":\"a\",\"version\":\"v1\",\"ID\":\"b\"}|ID",
        "{\"a\":{\"b\":1,\"b\":2}}|a.b",
        "{\"a\":[{\"b\":1},{\"b\":1,\"b\":2}]}|a.1.b",
        "{\"a\":1,\"\\u0061\":2}|a"
      })
  void namesTheRepeatedKeyAtAnyDepth(String body, String place) {
    ApiException e = catchThrowableOfType(ApiException.class, () -> json(body));
    assertThat(response(e)).contains("\"duplicate_key\"", "{\"field\":\"" + place + "\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "1",
        "[]",
        "{",
        "{}{}",
        "{} x",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":01}",
        "{a:1}",
        "{\"a\":\"\t\"}",
        "{\"a\":1,}",
        "// c\n{}"
      })
  void refusesWhatIsNotOneObject(String body) {
    ApiException e = catchThrowableOfType(ApiException.class, () -> json(body));
    assertThat(response(e)).contains("\"invalid_json\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/x-www-form-urlencoded|id=jonewe&name=Jon",
        "application/x-www-form-urlencoded; charset=UTF-8|id=jonewe",
        "multipart/form-data; boundary=x|--x--"
      })
  void saysThatAFormIsNotJson(String contentType, String body) {
    ApiException e =
        catchThrowableOfType(
            ApiException.class, () -> request(body, "Content-Type", contentType).json());
    assertThat(e)
        .hasMessage(
            "The body is not valid JSON: it is a form; send JSON instead, such as"
                + " {\"id\":\"jonewe\"}.");
  }

  @Test
  void readsJsonThatIsLabeledAsAForm() {
    String form = "application/x-www-form-urlencoded";
    assertThat(request("{\"id\":\"a\"}", "content-type", form).json()).containsEntry("id", "a");
    ApiException e =
        catchThrowableOfType(
            ApiException.class, () -> request("{\"id\":", "content-type", form).json());
    assertThat(e).hasMessageContaining("incomplete or malformed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "br", "GZIP", "deflate, gzip"})
  void saysThatACompressedBodyIsNotJson(String encoding) {
    ApiException e =
        catchThrowableOfType(
            ApiException.class, () -> request("\u001F", "Content-Encoding", encoding).json());
    assertThat(e)
        .hasMessage("The body is not valid JSON: it is compressed; send JSON without compression.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"If-Match", "if-none-match"})
  void anEntityTagNeedsItsQuotes(String header) {
    ApiException e =
        catchThrowableOfType(
            ApiException.class, () -> request("", header, "fQ3kZ0m9Xb1LrW8t").preconditions());
    assertThat(response(e))
        .contains("\"invalid_header\"", "must be an ETag in double quotes")
        .containsIgnoringCase("{\"field\":\"" + header + "\"");
    assertThat(request("", header, "\"a\", W/\"b\"").preconditions()).isNotNull();
    assertThat(request("", header, "*").preconditions()).isNotNull();
  }

  @Test
  void namesThePlaceButDoesNotQuoteIt() {
    ApiException e =
        catchThrowableOfType(ApiException.class, () -> json("{\"a\": 1,\n  ispcrm_secret}"));
    assertThat(e).hasMessageContaining("line 2, column").hasMessageNotContaining("secret");
  }

  @Test
  void refusesABodyOver64KiB() {
    assertThat(json("{}" + " ".repeat(65534))).isEmpty();
    assertThatThrownBy(() -> json("{}" + " ".repeat(65535))).hasMessageContaining("64 KiB");
    assertThatThrownBy(() -> json("\"" + "ü".repeat(32768) + "\"")).hasMessageContaining("64 KiB");
  }

  @Test
  void decodesBase64() {
    assertThat(base64("{\"a\":\"ü\"}".getBytes(StandardCharsets.UTF_8)).json())
        .isEqualTo(Map.of("a", "ü"));
  }

  @Test
  void aBodyThatIsNotUtf8IsRefused() {
    ApiException e =
        catchThrowableOfType(
            ApiException.class, () -> base64(new byte[] {'{', (byte) 0xC3, '}'}).json());
    assertThat(response(e)).contains("\"invalid_json\"", "UTF-8");
  }

  /** API Gateway passes on text in which U+FFFD stands for what was not UTF-8. */
  @Test
  void whatRemainsOfAnotherEncodingIsRefused() {
    ApiException e =
        catchThrowableOfType(ApiException.class, () -> json("{\"name\":\"Caf\uFFFD\"}"));
    assertThat(e.status()).isEqualTo(400);
    assertThat(response(e)).contains("\"invalid_json\"", "UTF-8");
  }

  @Property
  void everyObjectThatWasWrittenIsRead(@ForAll("objects") Map<String, Object> object) {
    assertThat(json(Json.write(object))).isEqualTo(object);
  }

  @Property
  void anyTextIsReadOrRefused(@ForAll String body) {
    try {
      assertThat(json(body)).isNotNull();
    } catch (ApiException e) {
      assertThat(response(e)).contains("\"status\":\"error\"");
    }
  }

  @Property
  void deepNestingIsRefusedAndOverflowsNothing(@ForAll("depths") int depth) {
    ApiException e =
        catchThrowableOfType(
            ApiException.class,
            () -> json("{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}"));
    assertThat(response(e)).contains("\"invalid_json\"");
  }

  @Provide
  Arbitrary<Integer> depths() {
    return Arbitraries.integers().between(32, 30_000);
  }

  @Provide
  Arbitrary<Map<String, Object>> objects() {
    Arbitrary<String> text = Arbitraries.strings().excludeChars('\uFFFD', '\uFFFE').ofMaxLength(20);
    Arbitrary<Object> value =
        Arbitraries.oneOf(
            text.filter(ApiRequestTest::isWhole).asGeneric(),
            Arbitraries.integers().asGeneric(),
            Arbitraries.of(true, false).asGeneric());
    return Arbitraries.maps(text.filter(ApiRequestTest::isWhole), value).ofMaxSize(8);
  }

  private static boolean isWhole(String text) {
    return text.codePoints().noneMatch(c -> Character.getType(c) == Character.SURROGATE);
  }

  private static Map<String, Object> json(String body) {
    return request(body).json();
  }

  private static String response(ApiException e) {
    return e.toResponse(request("")).body();
  }

  private static ApiRequest withKey(String key) {
    return withKeys("POST", Map.of("Idempotency-Key", List.of(key)));
  }

  private static ApiRequest withKeys(String method, Map<String, List<String>> headers) {
    return ApiRequest.of(Map.of("httpMethod", method, "multiValueHeaders", headers), "");
  }

  private static ApiRequest base64(byte[] body) {
    return ApiRequest.of(
        Map.of("body", Base64.getEncoder().encodeToString(body), "isBase64Encoded", true), "");
  }

  private static ApiRequest request(String body) {
    return request(body, "Host", "crm.example.net");
  }

  private static ApiRequest request(String body, String header, String value) {
    return new ApiRequest(
        "POST",
        "/api/v1/users",
        Map.of(),
        Map.of(),
        body,
        false,
        Caller.of(Map.of()),
        new Links("https://crm.example.net"),
        "request",
        new RequestHeaders(Map.of(header, List.of(value))));
  }
}
