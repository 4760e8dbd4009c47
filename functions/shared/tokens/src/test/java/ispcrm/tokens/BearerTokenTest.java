package ispcrm.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BearerTokenTest {
  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  @Test
  void hasTheFormThatScannersLookFor() {
    assertThat(BearerToken.generate().secret()).matches("ispcrm_[0-9A-Za-z]{49}");
  }

  @Test
  void noTwoAreAlike() {
    Set<String> secrets = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      secrets.add(BearerToken.generate().secret());
    }
    assertThat(secrets).hasSize(1000);
  }

  @Test
  void isReadAgain() {
    BearerToken token = BearerToken.generate();
    assertThat(BearerToken.parse(token.secret())).contains(token);
  }

  @Test
  void keyIsTheSha256() {
    // printf %s TOKEN | sha256sum
    assertThat(
            BearerToken.parse("ispcrm_ExampleTokenForTheEventFiles0000000000000000kXDET")
                .orElseThrow()
                .sha256())
        .isEqualTo("0d2f8bd0fd8c39319917966139f78ccf8aec7f2409416ef057da7ef8cd6ada7f");
  }

  @Test
  void doesNotSayItselfInALog() {
    BearerToken token = BearerToken.generate();
    assertThat(token.toString()).isEqualTo("ispcrm_…");
  }

  @Property
  void oneWrongCharacterIsKnownWithoutARead(
      @ForAll @IntRange(max = 55) int place, @ForAll @IntRange(max = 61) int digit) {
    String secret = BearerToken.generate().secret();
    String mistyped =
        secret.substring(0, place) + DIGITS.charAt(digit) + secret.substring(place + 1);
    assertThat(BearerToken.parse(mistyped).isPresent()).isEqualTo(mistyped.equals(secret));
  }

  @Property
  void swappedNeighboursAreKnownWithoutARead(@ForAll @IntRange(min = 7, max = 54) int place) {
    String secret = BearerToken.generate().secret();
    String mistyped =
        secret.substring(0, place)
            + secret.charAt(place + 1)
            + secret.charAt(place)
            + secret.substring(place + 2);
    assertThat(BearerToken.parse(mistyped).isPresent()).isEqualTo(mistyped.equals(secret));
  }

  @Property
  void anyOtherTextIsNone(@ForAll String text) {
    assertThat(BearerToken.parse(text)).isEmpty();
  }
}
