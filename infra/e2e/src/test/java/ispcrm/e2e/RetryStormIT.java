package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Fifty clients send each creation five times at random moments, each with its own key, and close
 * some of the connections before the response. Nothing is created twice, and each client gets the
 * response to its own request.
 */
class RetryStormIT {
  private static final int CLIENTS = 50;
  private static final int ATTEMPTS = 5;
  private static final int MAX_ATTEMPTS = 10;
  private static final int MAX_MILLISECONDS = 4000;
  private static final double CUT = 0.3;
  private static final JsonMapper JSON = new JsonMapper();

  private static LocalRun run;
  private static ExecutorService threads;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  @BeforeAll
  static void start() {
    run = LocalRun.start();
    threads = Executors.newFixedThreadPool(CLIENTS * ATTEMPTS);
  }

  @AfterAll
  static void stop() {
    threads.shutdownNow();
    run.close();
  }

  @Test
  void everyClientCreatesOneUserAndOneToken() throws Exception {
    List<List<Received>> ofUsers = storm("/api/v1/users", "{\"username\":\"storm-%d\"}");
    Set<String> users = new TreeSet<>();
    for (int client = 0; client < CLIENTS; client++) {
      JsonNode data = assertOneCreation(ofUsers.get(client), false).get("data");
      assertThat(data.get("username").asString()).isEqualTo("storm-" + client);
      users.add(data.get("id").asString());
    }
    Api api = run.api();
    JsonNode list = api.get("/api/v1/users?q=storm-&limit=200").expect(200).json().get("users");
    assertThat(list.valueStream().map(user -> user.get("id").asString()))
        .hasSize(CLIENTS)
        .containsExactlyInAnyOrderElementsOf(users);

    List<List<Received>> ofTokens =
        storm("/api/v1/tokens", "{\"user\":\"jonewe\",\"description\":\"storm-%d\"}");
    Set<String> tokens = new TreeSet<>();
    for (int client = 0; client < CLIENTS; client++) {
      JsonNode data = assertOneCreation(ofTokens.get(client), true).get("data");
      assertThat(data.get("description").asString()).isEqualTo("storm-" + client);
      tokens.add(data.get("id").asString());
    }
    JsonNode ofJonewe =
        api.get("/api/v1/tokens?user=jonewe&limit=200").expect(200).json().get("tokens");
    assertThat(ofJonewe.valueStream().map(token -> token.get("id").asString()))
        .hasSize(CLIENTS)
        .containsExactlyInAnyOrderElementsOf(tokens);
  }

  /** All responses of one client are one creation; returns its body, without a secret. */
  private JsonNode assertOneCreation(List<Received> received, boolean isToken) {
    String seeded = "seed " + seed;
    assertThat(received).as(seeded).isNotEmpty();
    assertThat(received).as(seeded).allSatisfy(r -> assertThat(r.status()).isEqualTo(201));
    assertThat(received.stream().map(Received::location).distinct()).as(seeded).hasSize(1);
    assertThat(received.stream().map(Received::body).map(this::withoutSecret).distinct())
        .as(seeded)
        .hasSize(1);
    assertThat(received.stream().filter(r -> !r.isReplayed())).as(seeded).hasSizeLessThan(2);
    if (isToken) {
      assertThat(received)
          .as(seeded)
          .allSatisfy(r -> assertThat(r.body().contains("\"token\":")).isEqualTo(!r.isReplayed()));
    }
    return JSON.readTree(withoutSecret(received.get(0).body()));
  }

  private String withoutSecret(String body) {
    return body.replaceFirst("\"token\":\"[^\"]*\",", "");
  }

  /**
   * Lets every client send its request at random moments.
   *
   * @param body a format that takes the number of the client
   * @return for each client, the responses that it received, at least one
   */
  private List<List<Received>> storm(String path, String body) throws Exception {
    List<List<Future<Received>>> sent = new ArrayList<>();
    for (int client = 0; client < CLIENTS; client++) {
      String key = path + "-" + seed + "-" + client;
      String own = body.formatted(client);
      List<Future<Received>> ofClient = new ArrayList<>();
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        int wait = random.nextInt(MAX_MILLISECONDS);
        boolean isCut = attempt > 0 && random.nextDouble() < CUT;
        Callable<Received> request =
            () -> {
              Thread.sleep(wait);
              return isCut ? sendAndHangUp(path, key, own) : send(path, key, own);
            };
        ofClient.add(threads.submit(request));
      }
      sent.add(ofClient);
    }
    List<List<Received>> received = new ArrayList<>();
    int hungUp = 0;
    for (List<Future<Received>> ofClient : sent) {
      List<Received> own = new ArrayList<>();
      for (Future<Received> attempt : ofClient) {
        Received response = attempt.get();
        if (response == null) {
          hungUp++;
        } else {
          own.add(response);
        }
      }
      received.add(own);
    }
    assertThat(hungUp).as("closed connections").isPositive();
    return received;
  }

  /** A response. */
  private record Received(int status, String location, boolean isReplayed, String body) {}

  /** Sends a request, and again as the contract says if there is no response or a 5xx. */
  private Received send(String path, String key, String body)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        HttpResponse<String> response = sendOnce(path, key, body);
        if (response.statusCode() < 500 || attempt == MAX_ATTEMPTS) {
          return new Received(
              response.statusCode(),
              response.headers().firstValue("Location").orElse("none"),
              response.headers().firstValue("Idempotency-Replayed").isPresent(),
              response.body());
        }
      } catch (IOException noResponse) {
        if (attempt == MAX_ATTEMPTS) {
          throw noResponse;
        }
      }
      Thread.sleep(MAX_MILLISECONDS / 4);
    }
  }

  private HttpResponse<String> sendOnce(String path, String key, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(run.base() + path))
            .header("Authorization", "Bearer " + run.token())
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Closes the connection as soon as the request is sent, and receives nothing. */
  private Received sendAndHangUp(String path, String key, String body) throws IOException {
    try (Socket socket = new Socket(run.base().getHost(), run.base().getPort())) {
      String request =
          "POST %s HTTP/1.1\r\nHost: local\r\nAuthorization: Bearer %s\r\nIdempotency-Key: %s\r\n"
              + "Content-Length: %d\r\n\r\n%s";
      socket
          .getOutputStream()
          .write(
              request
                  .formatted(path, run.token(), key, body.length(), body)
                  .getBytes(StandardCharsets.US_ASCII));
    }
    return null;
  }
}
