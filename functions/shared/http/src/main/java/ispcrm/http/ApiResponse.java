package ispcrm.http;

import ispcrm.runtime.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** An HTTP response: its status code, its headers (each once) and its body as text. */
public record ApiResponse(int status, Map<String, String> headers, String body) {
  private static final int ETAG_BYTES = 12;

  /** A JSON response, which no cache may store because it can contain personal data or a token. */
  public static ApiResponse json(int status, Map<String, ?> body) {
    return json(status, Json.write(body));
  }

  /** The same with a body that is JSON already. */
  public static ApiResponse json(int status, String body) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json; charset=utf-8");
    headers.put("Cache-Control", "no-store");
    return new ApiResponse(status, headers, body);
  }

  /** The response to a change after which there is nothing to show. */
  public static ApiResponse noContent() {
    return new ApiResponse(204, Map.of("Cache-Control", "no-store"), "");
  }

  /** A single resource, in the shape that all endpoints share. */
  public static ApiResponse single(int status, Map<String, ?> data, Map<String, String> links) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("success", "true");
    body.put("data", data);
    body.put("_links", links);
    return json(status, body);
  }

  /**
   * A single resource with its address and an ETag. The ETag is a digest of the fields that have a
   * value, by name. So it stays the same if a release adds a field or changes their order, and if
   * the API gets another address; a client that kept it must not be told that somebody has changed
   * the resource.
   *
   * @param self the address of the resource
   */
  public static ApiResponse tagged(int status, Map<String, ?> data, String self) {
    Map<String, Object> values = new TreeMap<>(data);
    values.values().removeIf(value -> value == null || value.equals(Map.of()));
    return single(status, data, Map.of("self", self))
        .with("ETag", "\"" + Digests.of(Json.write(values), ETAG_BYTES) + "\"");
  }

  /** The ETag; null if there is none. */
  String etag() {
    return headers.get("ETag");
  }

  /** The response that only says that the client has this response already. */
  ApiResponse notModified() {
    Map<String, String> kept = new LinkedHashMap<>(headers);
    kept.remove("Content-Type");
    return new ApiResponse(304, kept, "");
  }

  /** This response with another header; a header of the same name is replaced. */
  public ApiResponse with(String header, String value) {
    Map<String, String> changed = new LinkedHashMap<>(headers);
    changed.put(header, value);
    return new ApiResponse(status, changed, body);
  }
}
