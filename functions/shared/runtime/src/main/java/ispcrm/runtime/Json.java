package ispcrm.runtime;

import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON (RFC 8259). Values are maps, lists, text, numbers, booleans and null. What clients send is
 * read strictly: one object, no repeated key at any depth, and no text after the end.
 */
public final class Json {
  /** Enough for API Gateway's largest event, which contains a body of 10 MB, escaped. */
  private static final int MAX_CHARACTERS = 64 * 1024 * 1024;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .recyclerPool(JsonRecyclerPools.threadLocalPool())
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(32)
                          .maxStringLength(MAX_CHARACTERS)
                          .build())
                  .build())
          .build();

  /** For what clients send. */
  private static final ObjectReader STRICT =
      MAPPER.readerFor(Object.class).with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

  private Json() {}

  /** The JSON text of a value. */
  public static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /** The same text for equal values: keys are sorted, and 10.0 is written as 10. */
  public static String canonical(Object value) {
    return write(sorted(value));
  }

  private static Object sorted(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> sorted = new TreeMap<>();
      map.forEach((key, member) -> sorted.put((String) key, sorted(member)));
      return sorted;
    }
    if (value instanceof List<?> list) {
      return list.stream().map(Json::sorted).toList();
    }
    return value instanceof Double number && number == Math.rint(number) && !number.isInfinite()
        ? new BigDecimal(number).toBigInteger()
        : value;
  }

  /** Writes the JSON text of a value in UTF-8. */
  static void write(Object value, OutputStream out) {
    MAPPER.writeValue(out, value);
  }

  /** Reads a Lambda event. An event that is not an object counts as empty. */
  @SuppressWarnings("unchecked") // the keys of an object are text
  static Map<String, Object> readEvent(InputStream in) {
    return MAPPER.readValue(in, Object.class) instanceof Map<?, ?> event
        ? (Map<String, Object>) event
        : Map.of();
  }

  /**
   * Reads an object that a client sent.
   *
   * @throws MalformedJsonException if the text is anything else
   */
  public static Map<String, Object> readObject(String text) {
    try (JsonParser parser = STRICT.createParser(text)) {
      try {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          throw notJson("it must be a single object, {…}", parser.currentTokenLocation());
        }
        Map<String, Object> object = STRICT.readValue(parser);
        if (parser.nextToken() != null) {
          throw notJson("there is text after the end of the object", parser.currentTokenLocation());
        }
        return object;
      } catch (JacksonException e) {
        throw String.valueOf(e.getOriginalMessage()).startsWith("Duplicate")
            ? duplicateKey(parser)
            : notJson("it is incomplete or malformed", e.getLocation());
      }
    }
  }

  private static MalformedJsonException duplicateKey(JsonParser parser) {
    String key =
        parser.streamReadContext().pathAsPointer().toString().substring(1).replace('/', '.');
    return new MalformedJsonException("it repeats the key " + key, key);
  }

  private static MalformedJsonException notJson(String fault, TokenStreamLocation at) {
    String place =
        at == null || at.getLineNr() < 1
            ? ""
            : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
    return new MalformedJsonException(fault + place, null);
  }
}
