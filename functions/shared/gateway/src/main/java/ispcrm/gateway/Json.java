package ispcrm.gateway;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** JSON as RFC 8259 has it, read strictly: no repeated key at any depth, nothing after the end. */
final class Json {
  /** API Gateway's largest event, a body of 10 MB escaped, still fits. */
  private static final int MAX_CHARACTERS = 64 * 1024 * 1024;

  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(32)
                          .maxStringLength(MAX_CHARACTERS)
                          .build())
                  .build())
          .build();

  private static final TypeReference<LinkedHashMap<String, Object>> OBJECT =
      new TypeReference<>() {};

  private Json() {}

  static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /**
   * Reads an object that a client sent.
   *
   * @throws ApiException 400, naming the place but not quoting it: what stands there may be a
   *     secret
   */
  static Map<String, Object> readObject(String text) {
    try (JsonParser parser = MAPPER.createParser(text)) {
      try {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          throw notJson("it must be one object, {…}", parser.currentTokenLocation());
        }
        Map<String, Object> object = MAPPER.readValue(parser, OBJECT);
        if (parser.nextToken() != null) {
          throw notJson("there is text after its end", parser.currentTokenLocation());
        }
        return object;
      } catch (JacksonException malformed) {
        throw String.valueOf(malformed.getOriginalMessage()).startsWith("Duplicate")
            ? duplicateKey(parser)
            : notJson("it breaks off or goes wrong", malformed.getLocation());
      }
    }
  }

  private static ApiException duplicateKey(JsonParser parser) {
    return ApiException.duplicateKey(
        parser.streamReadContext().pathAsPointer().toString().substring(1).replace('/', '.'));
  }

  private static ApiException notJson(String fault, TokenStreamLocation at) {
    String place =
        at == null || at.getLineNr() < 1
            ? ""
            : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
    return new ApiException(
        400, "invalid_json", "The body is not valid JSON: " + fault + place + ".");
  }
}
