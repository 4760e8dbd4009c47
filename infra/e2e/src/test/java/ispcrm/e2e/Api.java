package ispcrm.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** An integrator's view of the API: HTTP with a token. It remembers all answers. */
final class Api {
  private static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final URI base;
  private final String token;
  private final Queue<String> transcript;

  Api(URI base, String token) {
    this(base, token, new ConcurrentLinkedQueue<>());
  }

  private Api(URI base, String token, Queue<String> transcript) {
    this.base = base;
    this.token = token;
    this.transcript = transcript;
  }

  /** The same API for the holder of another token, or of none where it is null. */
  Api as(String otherToken) {
    return new Api(base, otherToken, transcript);
  }

  Answer get(String path) {
    return send("GET", path, null);
  }

  Answer post(String path, String body) {
    return send("POST", path, body);
  }

  /**
   * Sends a request.
   *
   * @param path below the base, or an absolute address
   * @param body null for none
   * @param headers names and values in turn, besides this view's own token
   */
  Answer send(String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : base + path))
            .timeout(Duration.ofSeconds(30))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try {
      HttpResponse<String> response =
          CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
      Answer answer = new Answer(response);
      transcript.add(response.headers().map() + "\n" + withoutHandedOutToken(answer));
      return answer;
    } catch (IOException failed) {
      throw new AssertionError(method + " " + path + " was not answered", failed);
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(ending);
    }
  }

  /** Makes a token for a user and returns its secret. */
  String createToken(String user) {
    return post("/api/v1/tokens", "{\"user\":\"" + user + "\"}")
        .json()
        .at("/data/token")
        .asString();
  }

  /** Everything answered so far; the one member that may hold a token is left out. */
  String transcript() {
    return String.join("\n", transcript);
  }

  private static String withoutHandedOutToken(Answer answer) {
    if (answer.status() != 201 || !answer.json().at("/data/token").isString()) {
      return answer.body();
    }
    ObjectNode json = (ObjectNode) answer.json();
    ((ObjectNode) json.get("data")).remove("token");
    return json.toString();
  }

  /** An answer. */
  record Answer(HttpResponse<String> response) {

    int status() {
      return response.statusCode();
    }

    String body() {
      return response.body();
    }

    JsonNode json() {
      return JSON.readTree(body());
    }

    /** The value of a header, or null. */
    String header(String name) {
      return response.headers().firstValue(name).orElse(null);
    }
  }
}
