package ispcrm.passwords;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ispcrm.values.InvalidValueException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordTest {
  @ParameterizedTest
  @ValueSource(strings = {"1", " ", "pa\"ss%{User-Name}\\", "`id`", "$(id)", "grün 日本", "€"})
  void parse_visibleText_isKeptAsItIs(String text) throws InvalidValueException {
    assertThat(Password.parse(text)).isEqualTo(text);
    String longest = text.repeat(128 / text.codePointCount(0, text.length()));
    assertThat(Password.parse(longest)).isEqualTo(longest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "tab\t", "nul\0", "zero\u200Bwidth", "half\uD800"})
  void parse_emptyOrInvisible_isRefusedWithoutShowingIt(String text) {
    assertThatThrownBy(() -> Password.parse(text))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage(
            "must be 1 to 128 characters without control characters and invisible characters");
  }

  @Test
  void parse_tooLongOrNoText_isRefused() {
    assertThat(List.of("a".repeat(129), "😀".repeat(129), 5, List.of("a"), true))
        .allSatisfy(
            json ->
                assertThatThrownBy(() -> Password.parse(json))
                    .isInstanceOf(InvalidValueException.class));
    assertThatThrownBy(() -> Password.parse(null)).isInstanceOf(InvalidValueException.class);
  }
}
