package ispcrm.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

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
        "// c\n{}",
        "\uFEFF{}"
      })
  void refusesWhatIsNotOneObject(String body) {
    ApiException e = catchThrowableOfType(ApiException.class, () -> json(body));
    assertThat(response(e)).contains("\"invalid_json\"");
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

  private static ApiRequest base64(byte[] body) {
    return ApiRequest.of(
        Map.of("body", Base64.getEncoder().encodeToString(body), "isBase64Encoded", true), "");
  }

  private static ApiRequest request(String body) {
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
        Preconditions.of(Map.of()));
  }
}
