package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Requests to the local run that no client library sends: malformed, incomplete, very many. They
 * get an error of the client, and keep nobody else waiting.
 */
class ClientFaultsIT {
  private static final String END = "\r\nHost: local\r\nConnection: close\r\n\r\n";
  private static LocalRun run;

  @BeforeAll
  static void start() {
    run = LocalRun.start();
  }

  @AfterAll
  static void stop() {
    run.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /api/v1/users/a\rb HTTP/1.1",
        "GET /api/v1/users/a\nb HTTP/1.1",
        "GET  HTTP/1.1",
        "GET",
        " ",
        "GET /api/v1/health HTTP/9.9",
        "GET /api/v1/health HTTPS/1.1",
        "GET /api/v1/health SPDY",
        "G\0T /api/v1/health HTTP/1.1",
        "GET http:// HTTP/1.1",
        "GET * HTTP/1.1",
        "GET /api/v1/health\0 HTTP/1.1",
        "GET /api/v1/health HTTP/1.1\r\nContent-Length: x",
        "GET /api/v1/health HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2",
        "GET /api/v1/health HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 2",
        "GET /api/v1/health HTTP/1.1\r\nTransfer-Encoding: gzip",
        "GET /api/v1/health HTTP/1.1\r\n: no name",
        "GET /api/v1/health HTTP/1.1\r\nNo colon",
        "GET /api/v1/health HTTP/1.1\r\nHost: [",
      })
  void malformedRequestIsAnErrorOfTheClient(String start) throws IOException {
    String response = send(start + END);
    assertThat(response).startsWith("HTTP/1.1 4").contains("\"status\":\"error\"");
  }

  @Test
  void veryLongHeadIsAnErrorOfTheClient() throws IOException {
    assertThat(send("GET /" + "a".repeat(20_000) + " HTTP/1.1" + END)).startsWith("HTTP/1.1 4");
    assertThat(send("GET / HTTP/1.1\r\nA: " + "a".repeat(20_000) + END)).startsWith("HTTP/1.1 4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jonewe;x=y",
        "%u006aonewe",
        "jonewe%3Bx=y",
        "jonewe/.",
        "./jonewe",
        "x/../jonewe",
        "jonewe%2F",
        "jonewe//",
        "jonewe%00",
        "jon%65we%20",
        "jonewe?",
        "jonewe%3F",
        "jonewe%E2%80%8B"
      })
  void onlyTheIdItselfFindsAUser(String path) throws IOException {
    String response =
        send("GET /api/v1/users/" + path + " HTTP/1.1\r\nX-Auth-Token: " + run.token() + END);
    assertThat(response.startsWith("HTTP/1.1 200 ")).isEqualTo(path.equals("jonewe?"));
    assertThat(response).doesNotStartWith("HTTP/1.1 5");
  }

  @Test
  void tooLargeBodyIsRefusedBeforeItIsSent() throws IOException {
    String response =
        send(
            "POST /api/v1/users HTTP/1.1\r\nX-Auth-Token: "
                + run.token()
                + "\r\nContent-Length: 11534336\r\nExpect: 100-continue"
                + END);
    assertThat(response).startsWith("HTTP/1.1 413 ").contains("\"code\":\"body_too_large\"");
  }

  @Test
  void bodyThatTurnsOutToBeTooLargeIsRefused() throws IOException {
    try (Socket socket = new Socket(run.base().getHost(), run.base().getPort())) {
      write(socket, "POST /api/v1/users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
      String chunk = "100000\r\n" + " ".repeat(0x100000) + "\r\n";
      for (int i = 0; i < 10; i++) {
        write(socket, chunk);
      }
      write(socket, "1\r\n \r\n");
      byte[] response = new byte[12];
      assertThat(socket.getInputStream().readNBytes(response, 0, 12)).isEqualTo(12);
      assertThat(new String(response, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 413");
    }
  }

  @Test
  void halfSentBodiesKeepNobodyWaiting() throws Exception {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 300; i++) {
        Socket socket = new Socket(run.base().getHost(), run.base().getPort());
        slow.add(socket);
        write(socket, "POST /api/v1/users HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{");
      }
      for (int i = 0; i < 20; i++) {
        assertThat(run.api().get("/api/v1/users/jonewe").status()).isEqualTo(200);
      }
      assertThat(read(slow.get(0)))
          .startsWith("HTTP/1.1 408 ")
          .contains("\"code\":\"bad_request\"");
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void overloadIsRefusedAndCreationsAreToldTheTruth() throws Exception {
    int clients = 512;
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    List<Callable<Integer>> creations =
        IntStream.range(0, 800)
            .<Callable<Integer>>mapToObj(
                number ->
                    () ->
                        run.api()
                            .sendOnce("POST", "/api/v1/users", "{\"id\":\"load-" + number + "\"}")
                            .status())
            .toList();
    List<Future<Integer>> statuses = threads.invokeAll(creations);
    threads.shutdown();
    Set<String> created = new TreeSet<>();
    Set<String> perhapsCreated = new TreeSet<>();
    for (int number = 0; number < statuses.size(); number++) {
      int status = statuses.get(number).get();
      assertThat(status).isIn(201, 429, 503);
      if (status == 201) {
        created.add("load-" + number);
      }
      if (status != 429) {
        perhapsCreated.add("load-" + number);
      }
    }
    // A write can follow a 503 if DynamoDB is so slow that even the look for it gets no response.
    assertThat(loaded()).containsAll(created).isSubsetOf(perhapsCreated);
  }

  private static Set<String> loaded() {
    Set<String> ids = new TreeSet<>();
    String page = "/api/v1/users?q=load-&limit=200";
    while (page != null) {
      JsonNode list = run.api().get(page).json();
      ids.addAll(list.get("users").findValuesAsString("id"));
      page = list.at("/_links/next").asString(null);
    }
    return ids;
  }

  private static String send(String request) throws IOException {
    try (Socket socket = new Socket(run.base().getHost(), run.base().getPort())) {
      write(socket, request);
      return read(socket);
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String read(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
