package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An integrator's view of the API: HTTP with a token. It waits and asks again where it is
 * throttled, and remembers all answers.
 */
final class Api {
  /** An emulator may start a container for each call. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final int MOST_ATTEMPTS = 20;
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
   * @param path below the base, or an address that begins with it
   * @param body null for none
   * @param headers names and values in turn, besides this view's own token
   * @throws AssertionError where the address leads elsewhere, which must not see the token, or,
   *     with the cause, where no answer comes
   */
  Answer send(String method, String path, String body, String... headers) {
    if (!path.startsWith("/") && !path.startsWith(base + "/")) {
      throw new AssertionError("a link leads to " + path + ", not below " + base);
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(path.startsWith("/") ? base + path : path))
            .timeout(PATIENCE)
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
    String name = method + " " + path;
    Answer answer = new Answer(name, send(name, request.build()));
    for (int attempt = 1; answer.status() == 429 && attempt < MOST_ATTEMPTS; attempt++) {
      assertThat(answer.header("Retry-After")).as("Retry-After of a 429").matches("[0-9]{1,2}");
      pause(Duration.ofSeconds(Long.parseLong(answer.header("Retry-After"))));
      answer = new Answer(name, send(name, request.build()));
    }
    transcript.add(answer.response().headers().map() + "\n" + withoutHandedOutToken(answer));
    return answer;
  }

  private static HttpResponse<String> send(String name, HttpRequest request) {
    try {
      return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException failed) {
      throw new AssertionError(name + " was not answered: " + failed, failed);
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(ending);
    }
  }

  /**
   * Asks until the answer is as wanted, for as long as an index of DynamoDB may be behind its
   * table.
   */
  Answer getUntil(String path, Predicate<Answer> wanted) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    Answer answer = get(path);
    while (!wanted.test(answer) && System.nanoTime() < end) {
      pause(Duration.ofMillis(200));
      answer = get(path);
    }
    assertThat(wanted.test(answer)).as("GET " + path + ": " + answer.body()).isTrue();
    return answer;
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(ending);
    }
  }

  /** Makes a token of one day for a user and returns its secret. */
  String createToken(String user) {
    return post("/api/v1/tokens", "{\"user\":\"" + user + "\",\"expires_in_days\":1}")
        .expect(201)
        .json()
        .at("/data/token")
        .asString();
  }

  /** Everything answered so far; the one member that may hold a token is left out. */
  String transcript() {
    return String.join("\n", transcript);
  }

  private static String withoutHandedOutToken(Answer answer) {
    if (answer.status() != 201
        || !(answer.json() instanceof ObjectNode json)
        || !json.at("/data/token").isString()) {
      return answer.body();
    }
    ((ObjectNode) json.get("data")).remove("token");
    return json.toString();
  }

  /**
   * An answer.
   *
   * @param request its method and path
   */
  record Answer(String request, HttpResponse<String> response) {

    /** This answer, where its status is the one expected. */
    Answer expect(int status) {
      if (status() != status) {
        throw new AssertionError(
            request + " was answered with " + status() + ", not " + status + ": " + body());
      }
      return this;
    }

    /** This answer, where it is an error of this status and code. */
    Answer expect(int status, String code) {
      expect(status);
      assertThat(json().path("code").asString("none")).as("code of " + request).isEqualTo(code);
      return this;
    }

    int status() {
      return response.statusCode();
    }

    String body() {
      return response.body();
    }

    JsonNode json() {
      try {
        return JSON.readTree(body());
      } catch (JacksonException notJson) {
        throw new AssertionError(request + " was not answered in JSON: " + body(), notJson);
      }
    }

    /** The value of a header, or null. */
    String header(String name) {
      return response.headers().firstValue(name).orElse(null);
    }
  }
}
