package ispcrm.users;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How names are found and ordered: as somebody types them on a plain keyboard, regardless of case,
 * accents, repeated spaces, and the shape of apostrophes and hyphens.
 */
final class Names {
  /**
   * Marks of Latin and Greek letters. In other scripts, a mark makes another letter, as in か and が.
   */
  private static final Pattern ACCENTS =
      Pattern.compile("(?<=[\\p{IsLatin}\\p{IsGreek}])[\\u0300-\\u036F]+");

  private static final Pattern SPACES = Pattern.compile("\\p{Zs}+");

  /** The characters that are written for an apostrophe, some of them by mistake. */
  private static final Pattern APOSTROPHES =
      Pattern.compile("[`´\\u02B9\\u02BB-\\u02BD\\u02C8\\u2018\\u2019\\u201B\\u2032\\uFF07]");

  private static final Pattern HYPHENS = Pattern.compile("[\\u02D7\\u2010-\\u2015\\u2212\\uFE58]");

  /**
   * The letters with two cases that no normalization form takes apart, and what is written for
   * them: the transform Latin-ASCII of CLDR 48, without letters of phonetic alphabets.
   *
   * @see <a
   *     href="https://github.com/unicode-org/cldr/blob/main/common/transforms/Latin-ASCII.xml">Latin-ASCII</a>
   */
  private static final Map<Integer, String> LETTERS =
      Arrays.stream(
              ("æ=ae ð=d ø=o þ=th đ=d ħ=h ł=l ŋ=n œ=oe ŧ=t ƀ=b ɓ=b ƃ=b ƈ=c ɖ=d ɗ=d ƌ=d ɛ=e ƒ=f ɠ=g"
                      + " ƕ=hv ɩ=i ɨ=i ƙ=k ƚ=l ɲ=n ƞ=n ƣ=oi ƥ=p ƭ=t ʈ=t ʋ=v ƴ=y ƶ=z ǥ=g ȥ=z ȼ=c ȿ=s"
                      + " ɀ=z ʉ=u ɇ=e ɉ=j ɍ=r ɏ=y ɫ=l ɱ=m ɽ=r")
                  .split(" ", -1))
          .map(pair -> pair.split("=", 2))
          .collect(Collectors.toUnmodifiableMap(pair -> pair[0].codePointAt(0), pair -> pair[1]));

  /** Longer names are ordered and found by this many characters, because a key has 1,024 bytes. */
  private static final int MAX_CHARACTERS = 150;

  /** Sorts before every character of a name. */
  private static final String SEPARATOR = "\t";

  private Names() {}

  /** The form in which names that are found alike are equal; never empty. */
  static String fold(String name) {
    // Before the normalization, which makes a space and a mark of "´".
    String plain = HYPHENS.matcher(APOSTROPHES.matcher(name).replaceAll("'")).replaceAll("-");
    plain = ACCENTS.matcher(Normalizer.normalize(plain, Normalizer.Form.NFKD)).replaceAll("");
    String folded =
        SPACES
            .matcher(plain)
            .replaceAll(" ")
            // Upper case first, so that "ß" is equal to "ss".
            .toUpperCase(Locale.ROOT)
            .toLowerCase(Locale.ROOT)
            // At the end of a word, the lower case of "Σ" is another letter.
            .replace('ς', 'σ')
            // The usual spelling of "ё".
            .replace("е\u0308", "е");
    StringBuilder letters = new StringBuilder();
    folded
        .codePoints()
        .limit(MAX_CHARACTERS)
        .forEach(
            letter -> {
              String written = LETTERS.get(letter);
              if (written == null) {
                letters.appendCodePoint(letter);
              } else {
                letters.append(written);
              }
            });
    return letters.toString();
  }

  /** Sorts a user by name, and is unique. */
  static String key(String name, String id) {
    return fold(name) + SEPARATOR + id;
  }
}
