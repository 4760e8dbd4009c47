package ispcrm.gateway;

import java.util.LinkedHashMap;
import java.util.Map;

/** An HTTP answer: its status code, its headers (each once) and its body as text. */
public record ApiResponse(int status, Map<String, String> headers, String body) {

  /** An answer in JSON that no cache keeps, since it holds a subscriber's data or a token. */
  public static ApiResponse json(int status, Map<String, ?> body) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json; charset=utf-8");
    headers.put("Cache-Control", "no-store");
    return new ApiResponse(status, headers, Json.write(body));
  }

  /** One thing, in the shape that all endpoints share. */
  public static ApiResponse one(int status, Map<String, ?> data, Map<String, String> links) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("success", "true");
    body.put("data", data);
    body.put("_links", links);
    return json(status, body);
  }

  /** This answer with one more header, or with another value for one that it has. */
  public ApiResponse with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new ApiResponse(status, more, body);
  }
}
