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
 * An HTTP client of the API that sends a token. It retries requests that are throttled, and it
 * keeps all responses.
 */
final class Api {
  /** Long, because an emulator may start a container for each call. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final int MAX_ATTEMPTS = 20;
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

  /** The same API with another token, or without a token if it is null. */
  Api as(String otherToken) {
    return new Api(base, otherToken, transcript);
  }

  Response get(String path) {
    return send("GET", path, null);
  }

  Response post(String path, String body) {
    return send("POST", path, body);
  }

  /**
   * Sends a request, and again if it is throttled.
   *
   * @param path a path below the base, or a whole address that begins with the base
   * @param body the body, or null to send no body
   * @param headers alternating names and values, in addition to the token
   * @throws AssertionError if the address is not below the base and so must not receive the token,
   *     or, with a cause, if there is no response
   */
  Response send(String method, String path, String body, String... headers) {
    Response response = sendOnce(method, path, body, headers);
    for (int attempt = 1; response.status() == 429 && attempt < MAX_ATTEMPTS; attempt++) {
      assertThat(response.header("Retry-After")).as("Retry-After of a 429").matches("[0-9]{1,2}");
      pause(Duration.ofSeconds(Long.parseLong(response.header("Retry-After"))));
      response = sendOnce(method, path, body, headers);
    }
    return response;
  }

  /** Sends a request as {@link #send} does, but only once. */
  Response sendOnce(String method, String path, String body, String... headers) {
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
    Response response = new Response(name, send(name, request.build()));
    Contract.check(
        method,
        path.startsWith("/") ? path : path.substring(base.toString().length()),
        response.http());
    transcript.add(response.http().headers().map() + "\n" + withoutIssuedToken(response));
    return response;
  }

  private static HttpResponse<String> send(String name, HttpRequest request) {
    try {
      return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException cause) {
      throw new AssertionError(name + " got no response: " + cause, cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /**
   * Repeats a GET until the response is as expected. An index of DynamoDB may lag behind its table.
   */
  Response getUntil(String path, Predicate<Response> wanted) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    Response response = get(path);
    while (!wanted.test(response) && System.nanoTime() < end) {
      pause(Duration.ofMillis(200));
      response = get(path);
    }
    assertThat(wanted.test(response)).as("GET " + path + ": " + response.body()).isTrue();
    return response;
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Creates a token that expires after a day for a user, and returns the token's secret. */
  String createToken(String user) {
    return post("/api/v1/tokens", "{\"user\":\"" + user + "\",\"expires_in_days\":1}")
        .expect(201)
        .json()
        .at("/data/token")
        .asString();
  }

  /** All responses so far, without the one member that may contain a token. */
  String transcript() {
    return String.join("\n", transcript);
  }

  private static String withoutIssuedToken(Response response) {
    if (response.status() != 201
        || !(response.json() instanceof ObjectNode json)
        || !json.at("/data/token").isString()) {
      return response.body();
    }
    ((ObjectNode) json.get("data")).remove("token");
    return json.toString();
  }

  /**
   * A response to one request.
   *
   * @param request its method and path
   */
  record Response(String request, HttpResponse<String> http) {

    /** Returns this response if it has the expected status. */
    Response expect(int status) {
      if (status() != status) {
        throw new AssertionError(
            request + " returned " + status() + ", not " + status + ": " + body());
      }
      return this;
    }

    /** Returns this response if it is an error with this status and code. */
    Response expect(int status, String code) {
      expect(status);
      assertThat(json().path("code").asString("none")).as("code of " + request).isEqualTo(code);
      return this;
    }

    int status() {
      return http.statusCode();
    }

    String body() {
      return http.body();
    }

    JsonNode json() {
      try {
        return JSON.readTree(body());
      } catch (JacksonException cause) {
        throw new AssertionError(request + " did not return JSON: " + body(), cause);
      }
    }

    /** The value of a header, or null. */
    String header(String name) {
      return http.headers().firstValue(name).orElse(null);
    }
  }
}
