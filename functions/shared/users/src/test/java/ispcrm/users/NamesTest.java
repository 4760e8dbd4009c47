package ispcrm.users;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Łukasz Wrona | lukasz wrona",
        "Søren Bæk | soren baek",
        "Đorđe Ilić | dorde ilic",
        "Ærø Net | aero net",
        "Þór Sig | thor sig",
        "ÞÓR ÐÆ | thor dae",
        "Œuvre | oeuvre",
        "Straße | STRASSE",
        "İzmir Işık | izmir isik",
        "Nguyễn Đức | nguyen duc",
        "Sean O’Hara | sean o'hara",
        "Sean O´Hara | sean o'hara",
        "Sean O`Hara | sean o'hara",
        "Jean‑Luc Roy | jean-luc roy",
        "Jean–Luc Roy | jean-luc roy",
        "Zoe  Zed | zoe zed",
        "ﬁbre ＮＥＴ | fibre net",
        "Αστερίου | αστεριου",
        "ΑΣ | ας",
        "Фёдор | федор",
        "𝔘nicode | unicode"
      })
  void fold_nameAndWhatIsTyped_areEqual(String name, String typed) {
    assertThat(Names.fold(name)).isEqualTo(Names.fold(typed));
  }

  @ParameterizedTest
  @CsvSource({"か, が", "は, ぱ", "и, й", "का, की", "가, 나", "ال, أل", "ก, กี"})
  void fold_marksThatMakeAnotherLetter_areNotEqual(String one, String other) {
    assertThat(Names.fold(one)).isNotEqualTo(Names.fold(other));
  }

  @Test
  void key_longestName_fitsIntoAKeyOfDynamoDb() {
    String key = Names.key("𝔘̀".repeat(100) + "ﷺ".repeat(100), "i".repeat(64));
    assertThat(key.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(1024);
    assertThat(Names.fold("́")).isNotEmpty();
  }
}
