package ispcrm.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;

class PathParametersTest {

  @Property
  void everyTextComesBackFromItsEncoding(@ForAll("wellFormed") String text, @ForAll int seed) {
    assertThat(PathParameters.decode(encode(text, seed))).isEqualTo(text);
  }

  @Property
  void anIdIsTheSameHoweverMuchOfItIsEncoded(@ForAll("ids") String id, @ForAll int seed) {
    assertThat(decoded(encode(id, seed))).isEqualTo(decoded(id)).isEqualTo(id);
  }

  @Property
  void textIsDecodedOnce(@ForAll("ids") String id) {
    String once = encode(id, 0);
    assertThat(decoded(encode(once, 0))).isEqualTo(once);
  }

  @Property
  void anyTextIsAccepted(@ForAll String text) {
    assertThat(PathParameters.decode(text)).isNotNull();
  }

  @Property
  void textWithoutAPercentSignIsNotChanged(@ForAll @NotEmpty String text) {
    String plain = text.replace('%', '+');
    assertThat(PathParameters.decode(plain)).isEqualTo(plain);
  }

  /** The rule for ids rejects it, because it contains a percent sign. */
  @Property
  void malformedTextStaysAsItIs(@ForAll("ids") String id, @ForAll @IntRange(max = 8) int which) {
    String malformed =
        new String[] {"%", "%4", "%ZZ", "%FF", "%C3", "%C3%28", "%ED%A0%80", "%+1", "%C0%AF"}
            [which];
    assertThat(PathParameters.decode(id + malformed)).isEqualTo(id + malformed);
    assertThat(PathParameters.decode(malformed + "%41")).isEqualTo(malformed + "%41");
  }

  @Example
  void aSlashStaysPartOfTheIdAndAPlusStaysAPlus() {
    assertThat(PathParameters.decode("..%2f..")).isEqualTo("../..");
    assertThat(PathParameters.decode("a+b%2Bc%20d")).isEqualTo("a+b+c d");
  }

  @Example
  void anEventWithoutVariablesHasNone() {
    Map<String, Object> event = new HashMap<>();
    event.put("pathParameters", null);
    assertThat(PathParameters.of(event)).isEmpty();
    assertThat(PathParameters.of(Map.of())).isEmpty();
  }

  private static String decoded(String id) {
    return ApiRequest.of(Map.of("pathParameters", Map.of("id", id)), "").pathParameters().get("id");
  }

  /** Percent-encodes some characters, which the seed selects, and always the percent sign. */
  private static String encode(String text, int seed) {
    StringBuilder encoded = new StringBuilder();
    int at = 0;
    for (int character : text.codePoints().toArray()) {
      String one = Character.toString(character);
      if (character != '%' && (seed >> at++ % 32 & 1) == 1) {
        encoded.append(one);
        continue;
      }
      for (byte octet : one.getBytes(StandardCharsets.UTF_8)) {
        encoded.append((seed & 1) == 0 ? "%%%02X".formatted(octet) : "%%%02x".formatted(octet));
      }
    }
    return encoded.toString();
  }

  @Provide
  static Arbitrary<String> wellFormed() {
    return Arbitraries.strings()
        .all()
        .filter(text -> StandardCharsets.UTF_8.newEncoder().canEncode(text));
  }

  @Provide
  static Arbitrary<String> ids() {
    return Arbitraries.strings()
        .withChars("ABCXYZabcxyz0189._-")
        .ofMinLength(1)
        .ofMaxLength(64)
        .filter(id -> Character.isLetterOrDigit(id.charAt(0)));
  }
}
