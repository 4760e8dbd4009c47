package ispcrm.dynamodb;

import ispcrm.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A response that DynamoDB could give over HTTP, for {@link DynamoDbPriming}.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html">DynamoDB
 *     low-level API</a>
 */
public final class CannedResponse {
  /** What a read says that finds nothing, and what a successful write says. */
  public static final CannedResponse EMPTY = new CannedResponse(Map.of());

  private final byte[] body;
  private final String checksum;

  private CannedResponse(Map<String, Object> json) {
    body = Json.write(json).getBytes(StandardCharsets.UTF_8);
    CRC32 crc = new CRC32();
    crc.update(body);
    checksum = Long.toString(crc.getValue());
  }

  /** What GetItem says if there is this item. */
  public static CannedResponse item(Map<String, AttributeValue> item) {
    return new CannedResponse(Map.of("Item", json(item)));
  }

  /** What Query says if these are the items. */
  public static CannedResponse items(List<Map<String, AttributeValue>> items) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("Count", items.size());
    page.put("Items", items.stream().map(CannedResponse::json).toList());
    page.put("ScannedCount", items.size());
    return new CannedResponse(page);
  }

  /** What BatchGetItem says if there are these items, by their tables. */
  public static CannedResponse batch(Map<String, List<Map<String, AttributeValue>>> tables) {
    Map<String, Object> responses = new LinkedHashMap<>();
    tables.forEach(
        (table, items) -> responses.put(table, items.stream().map(CannedResponse::json).toList()));
    return new CannedResponse(Map.of("Responses", responses, "UnprocessedKeys", Map.of()));
  }

  byte[] body() {
    return body;
  }

  SdkHttpResponse head() {
    return SdkHttpResponse.builder()
        .statusCode(200)
        .putHeader("Content-Length", Integer.toString(body.length))
        .putHeader("Content-Type", "application/x-amz-json-1.0")
        .putHeader("x-amz-crc32", checksum)
        .putHeader("x-amzn-RequestId", "PRIMING")
        .build();
  }

  private static Map<String, Object> json(Map<String, AttributeValue> attributes) {
    Map<String, Object> json = new LinkedHashMap<>();
    attributes.forEach((name, value) -> json.put(name, json(value)));
    return json;
  }

  private static Map<String, Object> json(AttributeValue value) {
    return switch (value.type()) {
      case S -> Map.of("S", value.s());
      case N -> Map.of("N", value.n());
      case M -> Map.of("M", json(value.m()));
      case L -> Map.of("L", value.l().stream().map(CannedResponse::json).toList());
      case NUL -> Map.of("NULL", true);
      default -> throw new IllegalArgumentException("no item has an attribute like " + value);
    };
  }
}
