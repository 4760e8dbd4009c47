package ispcrm.runtime;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.io.SegmentedStringWriter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/**
 * JSON (RFC 8259), read strictly: no repeated key at any depth, and no text after the end. Values
 * are maps, lists, text, numbers, booleans and null. It uses Jackson's streaming parser alone,
 * because Jackson's data binding would take a tenth of a cold start.
 */
public final class Json {
  /** Enough for API Gateway's largest event, which contains a body of 10 MB, escaped. */
  private static final int MAX_CHARACTERS = 64 * 1024 * 1024;

  /** For what the API itself writes, and for events, whose keys API Gateway does not repeat. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .recyclerPool(JsonRecyclerPools.threadLocalPool())
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(32)
                  .maxStringLength(MAX_CHARACTERS)
                  .build())
          .build();

  /** For what clients send. */
  private static final JsonFactory STRICT =
      FACTORY.rebuild().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private Json() {}

  /** The JSON text of a value. */
  public static String write(Object value) {
    SegmentedStringWriter text = new SegmentedStringWriter(FACTORY._getBufferRecycler());
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      write(json, value);
    }
    return text.getAndClear();
  }

  /** Writes the JSON text of a value in UTF-8. */
  static void write(Object value, OutputStream out) {
    try (JsonGenerator json =
        FACTORY.createGenerator(ObjectWriteContext.empty(), out, JsonEncoding.UTF8)) {
      write(json, value);
    }
  }

  /** Reads a Lambda event. An event that is not an object counts as empty. */
  static Map<String, Object> readEvent(InputStream in) {
    try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), in)) {
      return json.nextToken() == JsonToken.START_OBJECT ? object(json) : Map.of();
    }
  }

  /**
   * Reads an object that a client sent.
   *
   * @throws MalformedJsonException if the text is anything else
   */
  public static Map<String, Object> readObject(String text) {
    try (JsonParser parser = STRICT.createParser(ObjectReadContext.empty(), text)) {
      try {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          throw notJson("it must be a single object, {…}", parser.currentTokenLocation());
        }
        Map<String, Object> object = object(parser);
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

  private static Map<String, Object> object(JsonParser json) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      json.nextToken();
      object.put(name, value(json));
    }
    return object;
  }

  private static Object value(JsonParser json) {
    return switch (json.currentToken()) {
      case START_OBJECT -> object(json);
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(json));
        }
        yield list;
      }
      case VALUE_STRING -> json.getString();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getNumberValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }

  private static void write(JsonGenerator json, Object value) {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof String text) {
      json.writeString(text);
    } else if (value instanceof Map<?, ?> object) {
      json.writeStartObject();
      for (Map.Entry<?, ?> entry : object.entrySet()) {
        json.writeName((String) entry.getKey());
        write(json, entry.getValue());
      }
      json.writeEndObject();
    } else if (value instanceof Iterable<?> list) {
      json.writeStartArray();
      for (Object element : list) {
        write(json, element);
      }
      json.writeEndArray();
    } else if (value instanceof Integer number) {
      json.writeNumber(number);
    } else if (value instanceof Long number) {
      json.writeNumber(number);
    } else if (value instanceof Boolean truth) {
      json.writeBoolean(truth);
    } else {
      throw new IllegalArgumentException("not JSON: " + value.getClass());
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
