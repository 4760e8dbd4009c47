package ispcrm.users;

import ispcrm.values.Characters;
import ispcrm.values.Integers;
import ispcrm.values.Timestamps;
import java.text.Normalizer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kind of value: how a client may write it, how it is shown and stored, and how it is found.
 * Shown and stored values have the same form: a {@code String}, a {@code Long}, or a map of texts.
 */
abstract class FieldType<T> {
  /** Leading zeros and a fraction of zero do not change the value. */
  private static final Pattern INTEGER_TEXT = Pattern.compile("0*([0-9]{1,16})(?:\\.0+)?");

  /** How many texts a map has at most. */
  static final int MAX_ENTRIES = 20;

  /** Devices and other systems group the digits in different ways. */
  private static final Pattern MAC_ADDRESS =
      Pattern.compile("[0-9A-Fa-f](?:[:. -]?[0-9A-Fa-f]){11}");

  static final FieldType<Instant> TIME =
      new Text<>(
          "must be a valid time: YYYY-MM-DD HH:MM:SS or YYYY-MM-DD in UTC,"
              + " YYYY-MM-DDTHH:MM:SS with Z or an offset like +02:00",
          Timestamps::parse,
          Timestamps::format,
          text -> Timestamps.parse(text).orElseThrow());

  static final FieldType<String> MAC =
      new Text<>(
          "must be twelve hexadecimal digits such as AA:BB:CC:DD:EE:FF",
          FieldType::parseMac,
          Function.identity(),
          Function.identity());

  /** Regardless of case, because mail servers treat addresses so. */
  static final FieldType<String> EMAIL_ADDRESS =
      matching(
              "(?=.{3,254}$)[^@\\s\\p{C}\\p{Z}]+@[^@\\s\\p{C}\\p{Z}]+",
              "must be an email address of up to 254 characters, such as jo@example.net")
          .foundBy(email -> email.toLowerCase(Locale.ROOT));

  /** Kept as it is written, and found by its digits. */
  static final FieldType<String> PHONE_NUMBER =
      matching(
              "(?=.{3,32}$)[+./() -]*(?:[0-9][+./() -]*){3,}",
              "must be a telephone number of up to 32 characters: digits, at least three, and"
                  + " spaces, '+', '-', '.', '/', '(' and ')'")
          .foundBy(phone -> phone.replaceAll("[^0-9]", ""));

  /** The client's own names and texts. A null text stands for the removal of the name. */
  static final FieldType<Map<String, String>> MAP = new TextMap();

  static final FieldType<Long> INTEGER =
      new FieldType<>("must be an integer from 0 to " + Integers.MAX) {
        @Override
        Optional<Long> parse(Object json) {
          return Integers.parse(json, 0, Integers.MAX);
        }

        @Override
        Optional<Long> parseText(String text) {
          Matcher integer = INTEGER_TEXT.matcher(text);
          return integer.matches() ? parse(Long.valueOf(integer.group(1))) : Optional.empty();
        }

        @Override
        Object format(Long value) {
          return value;
        }

        @Override
        Long restore(Object stored) {
          return (Long) stored;
        }
      };

  private final String rule;

  private FieldType(String rule) {
    this.rule = rule;
  }

  /** The rule for what a client may write, for an error message. */
  String rule() {
    return rule;
  }

  /** Reads what a client sent; empty if it breaks the rule. */
  abstract Optional<T> parse(Object json);

  /** Reads what a client wrote as text; empty if it breaks the rule. */
  Optional<T> parseText(String text) {
    return parse(text);
  }

  /** Writes a value as it is shown and stored. */
  abstract Object format(T value);

  /** How the absence of a value is shown. */
  Object none() {
    return null;
  }

  /** Reads a stored value. */
  abstract T restore(Object stored);

  /** The form in which values that are found alike are equal. */
  Object key(T value) {
    return format(value);
  }

  /** The same type of text, whose values are found alike if this form of them is equal. */
  FieldType<T> foundBy(UnaryOperator<String> form) {
    throw new UnsupportedOperationException("not text");
  }

  /** Text of these characters. */
  static FieldType<String> matching(String pattern, String rule) {
    Pattern compiled = Pattern.compile(pattern);
    return new Text<>(
        rule,
        text -> compiled.matcher(text).matches() ? Optional.of(text) : Optional.empty(),
        Function.identity(),
        Function.identity());
  }

  /** Text for people to read, in any script. */
  static FieldType<String> line(int maxLength) {
    return new Text<>(
        Characters.lineRule(maxLength),
        text -> Characters.areLine(text, maxLength) ? Optional.of(text) : Optional.empty(),
        Function.identity(),
        Function.identity());
  }

  /** Text for people to read, in any script, on any number of lines. */
  static FieldType<String> lines(int maxLength) {
    return new Text<>(
        Characters.lineRule(maxLength) + " except line breaks",
        text -> Characters.areLines(text, maxLength) ? Optional.of(text) : Optional.empty(),
        Function.identity(),
        Function.identity());
  }

  /** A name, in the form in which equal names are the same text: NFC, and single spaces. */
  static FieldType<String> name(int maxLength) {
    FieldType<String> line = line(maxLength);
    return new Text<>(
            line.rule(),
            text -> line.parse(normalize(text)),
            Function.identity(),
            Function.identity())
        .foundBy(Names::fold);
  }

  /** Tabs and line breaks stay, so that they are refused like other control characters. */
  private static String normalize(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFC)
        .replaceAll("\\p{Zs}+", " ")
        .replaceAll("^ | $", "");
  }

  /** One of the values of an enum, in any case. */
  static <E extends Enum<E>> FieldType<E> oneOf(
      Class<E> type, Function<String, Optional<E>> parse) {
    List<String> names = Arrays.stream(type.getEnumConstants()).map(Object::toString).toList();
    return new Text<>(
        "must be one of " + String.join(", ", names),
        parse,
        Object::toString,
        text -> parse.apply(text).orElseThrow());
  }

  private static Optional<String> parseMac(String text) {
    Matcher matcher = MAC_ADDRESS.matcher(text);
    return matcher.matches()
        ? Optional.of(
            text.replaceAll("[:. -]", "").toUpperCase(Locale.ROOT).replaceAll("..(?=.)", "$0:"))
        : Optional.empty();
  }

  private static final class Text<T> extends FieldType<T> {
    private final Function<String, Optional<T>> parse;
    private final Function<T, String> format;
    private final Function<String, T> restore;
    private final UnaryOperator<String> key;

    Text(
        String rule,
        Function<String, Optional<T>> parse,
        Function<T, String> format,
        Function<String, T> restore) {
      this(rule, parse, format, restore, UnaryOperator.identity());
    }

    private Text(
        String rule,
        Function<String, Optional<T>> parse,
        Function<T, String> format,
        Function<String, T> restore,
        UnaryOperator<String> key) {
      super(rule);
      this.parse = parse;
      this.format = format;
      this.restore = restore;
      this.key = key;
    }

    @Override
    FieldType<T> foundBy(UnaryOperator<String> form) {
      return new Text<>(rule(), parse, format, restore, form);
    }

    @Override
    Optional<T> parse(Object json) {
      return json instanceof String text ? parse.apply(text) : Optional.empty();
    }

    @Override
    Object format(T value) {
      return format.apply(value);
    }

    @Override
    T restore(Object stored) {
      return restore.apply((String) stored);
    }

    @Override
    Object key(T value) {
      return key.apply(format.apply(value));
    }
  }

  /** A request's map, whose null texts remove their names, or a user's, which has no nulls. */
  private static final class TextMap extends FieldType<Map<String, String>> {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,40}");
    private static final FieldType<String> TEXT = lines(500);

    TextMap() {
      super(
          "must be an object with at most "
              + MAX_ENTRIES
              + " keys of 1 to 40 characters (letters A-Z, digits, '_', '.' or '-'), each with a text"
              + " that "
              + TEXT.rule());
    }

    @Override
    Optional<Map<String, String>> parse(Object json) {
      if (!(json instanceof Map<?, ?> map)) {
        return Optional.empty();
      }
      Map<String, String> texts = new TreeMap<>();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        String name = (String) entry.getKey();
        Optional<String> text = TEXT.parse(entry.getValue());
        if (!NAME.matcher(name).matches() || (entry.getValue() != null && text.isEmpty())) {
          return Optional.empty();
        }
        texts.put(name, text.orElse(null));
      }
      return Optional.of(texts);
    }

    @Override
    Object format(Map<String, String> value) {
      return value;
    }

    @Override
    Object none() {
      return Map.of();
    }

    @Override
    Map<String, String> restore(Object stored) {
      Map<String, String> texts = new TreeMap<>();
      ((Map<?, ?>) stored).forEach((name, text) -> texts.put((String) name, (String) text));
      return texts;
    }
  }
}
