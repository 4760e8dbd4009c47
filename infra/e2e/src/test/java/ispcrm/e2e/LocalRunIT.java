package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.e2e.Api.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the local run that bare {@code mvn} starts. */
class LocalRunIT {
  private static final String ORIGIN = "http://localhost:5173";

  /** Of the tests that need nothing special, or something that the others can ignore. */
  private static LocalRun shared;

  private static int dynamoDbPort;

  @BeforeAll
  static void start() throws IOException {
    dynamoDbPort = LocalRun.freePort();
    shared =
        LocalRun.start(
            Map.of("ISPCRM_CORS", ORIGIN, "ISPCRM_DYNAMODB", "127.0.0.1:" + dynamoDbPort));
  }

  @AfterAll
  static void close() {
    if (shared != null) {
      shared.close();
    }
  }

  @Test
  void linesThatItPrintsCanBePasted() {
    assertThat(shared.output())
        .contains(shared.base() + "/Admin/getToken")
        .contains("curl -H \"Authorization: Bearer $TOKEN\" " + shared.base() + "/api/v1")
        .contains(
            "curl -H \"X-Auth-Token: $TOKEN\" '" + shared.base() + "/api/v1/users?status=active'")
        .contains("curl -X POST -d '{\"ID\":\"jonmt\", \"version\":\"v1\"}'");
    assertThat(shared.api().get("/api/v1").status()).isEqualTo(200);
  }

  @Test
  void sampleUsersAreReturnedAsInTheDocumentation() {
    assertThat(shared.api().get("/api/v0/Users/jonewe").body())
        .startsWith(
            "{\"success\":\"true\",\"data\":{\"username\":\"jonewe\",\"customer_id\":\"IZ1459296\","
                + "\"status\":\"active\",\"expiration\":\"2025-03-31 00:00:00\","
                + "\"created_at\":\"2023-12-13 13:38:27\",\"activated_at\":\"2023-12-13 00:00:00\","
                + "\"mac\":null,\"profile_id\":10,\"profile_name\":\"100 Mbps\",\"radius_id\":20,");
    assertThat(shared.api().get("/api/v0/users?status=active&username=johndoe").body())
        .startsWith("{\"users\":[{\"id\":\"1\",\"name\":\"John Doe\",\"status\":\"active\",");
  }

  @Test
  void portInUseIsReportedInOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        LocalRun run = LocalRun.launch(Map.of("PORT", "" + taken.getLocalPort()))) {
      assertThat(run.exitStatus()).isEqualTo(1);
      assertThat(run.output())
          .isEqualTo(
              "Port "
                  + taken.getLocalPort()
                  + " is in use: stop the program that uses it, or set PORT to another port.\n");
    }
  }

  @Test
  void invalidPortIsReportedInOneLine() throws Exception {
    try (LocalRun run = LocalRun.launch(Map.of("PORT", "http"))) {
      assertThat(run.exitStatus()).isEqualTo(1);
      assertThat(run.output()).isEqualTo("PORT must be a number from 0 to 65535, not http.\n");
    }
  }

  @Test
  void invalidAddressForDynamoDbIsReportedInOneLine() throws Exception {
    try (LocalRun run = LocalRun.launch(Map.of("ISPCRM_DYNAMODB", "8000"))) {
      assertThat(run.exitStatus()).isEqualTo(1);
      assertThat(run.output())
          .isEqualTo(
              "ISPCRM_DYNAMODB must be a host and a port such as 172.17.0.1:8000, not 8000.\n");
    }
  }

  @Test
  void cors_invalid_isReportedInOneLine() throws Exception {
    try (LocalRun run = LocalRun.launch(Map.of("ISPCRM_CORS", "localhost:5173"))) {
      assertThat(run.exitStatus()).isEqualTo(1);
      assertThat(run.output())
          .isEqualTo(
              "ISPCRM_CORS must be origins such as http://localhost:5173, separated by commas, not"
                  + " localhost:5173.\n");
    }
  }

  @Test
  void cors_pageOfThisOrigin_mayCallTheApi() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(shared.base() + "/api/v1/users"))
            .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
            .header("Origin", ORIGIN)
            .header("Access-Control-Request-Method", "POST")
            .build();
    HttpResponse<String> preflight =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin")).contains(ORIGIN);
    Response list = shared.api().send("GET", "/api/v1/users", null, "Origin", ORIGIN);
    assertThat(list.header("Access-Control-Allow-Origin")).isEqualTo(ORIGIN);
  }

  /** No client library sends such a path. */
  @Test
  void malformedPathIsAnErrorOfTheClient() throws Exception {
    for (String id : List.of("%ZZ", "%", "%4", "%00")) {
      assertThat(send("GET", "/api/v1/users/" + id))
          .as(id)
          .startsWith("HTTP/1.1 400 ")
          .contains("\"code\":\"bad_request\"");
    }
    for (String id : List.of("jonewe%FF", "%C3%28", "a%2Fb", "%25%32%35")) {
      assertThat(send("GET", "/api/v1/users/" + id))
          .as(id)
          .startsWith("HTTP/1.1 404 ")
          .contains("\"code\":\"not_found\"");
    }
  }

  /**
   * A client library hides a body that should not be there. The last path is malformed, so that the
   * gateway itself responds.
   */
  @Test
  void headHasTheHeadersOfGetAndNoBody() throws Exception {
    for (String path :
        List.of(
            "/api/v1",
            "/api/v0/Users",
            "/api/v1/users/jonewe",
            "/api/v1/users/nobody",
            "/api/v1/users/jonewe/history",
            "/api/v1/tokens?user=jonewe",
            "/api/v1/tokens/self",
            "/api/v1/openapi.json",
            "/docs",
            "/api/v1/health",
            "/Admin/getToken",
            "/api/v7",
            "/api/v1/health?a=%ZZ")) {
      String[] get = send("GET", path).split("\r\n\r\n", 2);
      String[] head = send("HEAD", path).split("\r\n\r\n", 2);
      assertThat(head[1]).as(path).isEmpty();
      assertThat(get[1]).as(path).isNotEmpty();
      assertThat(headers(head[0])).as(path).isEqualTo(headers(get[0]));
    }
  }

  /** The status line and the headers, without those of the single request and of the body. */
  private static List<String> headers(String head) {
    return head.lines()
        .filter(header -> !header.matches("(Date|X-Request-Id|Content-Length):.*"))
        .toList();
  }

  private static String send(String method, String path) throws IOException {
    try (Socket socket = new Socket(shared.base().getHost(), shared.base().getPort())) {
      String request =
          "%s %s HTTP/1.1\r\nHost: local\r\nX-Auth-Token: %s\r\nConnection: close\r\n\r\n";
      socket
          .getOutputStream()
          .write(
              request.formatted(method, path, shared.token()).getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void containersCanReachDynamoDbIfItIsShared() {
    assertThat(accepts(InetAddress.getLoopbackAddress(), dynamoDbPort)).isTrue();
    assertThat(shared.api().get("/api/v1").status()).isEqualTo(200);
  }

  @Test
  void listensOnlyOnTheLoopbackInterface() throws Exception {
    for (InetAddress address : addressesOfThisMachine()) {
      assertThat(accepts(address, shared.base().getPort())).as(address.toString()).isFalse();
    }
    assertThat(accepts(InetAddress.getLoopbackAddress(), shared.base().getPort())).isTrue();
  }

  @Test
  void run_stopped_hasClosedItsPortAndLostItsData() throws Exception {
    assertThat(shared.api().post("/api/v1/users", "{\"id\":\"kept\"}").status()).isEqualTo(201);
    try (LocalRun next = LocalRun.start()) {
      assertThat(next.api().get("/api/v1/users/kept").status()).isEqualTo(404);
      next.stop();
      assertThat(accepts(InetAddress.getLoopbackAddress(), next.base().getPort())).isFalse();
      assertThat(next.output()).doesNotContain("Exception");
    }
  }

  @Test
  void aFolderKeepsDataAndToken(@TempDir Path folder) throws Exception {
    Map<String, String> environment = Map.of("ISPCRM_DATA", folder.toString());
    String token;
    try (LocalRun run = LocalRun.start(environment)) {
      token = run.token();
      assertThat(run.api().post("/api/v1/users", "{\"id\":\"kept\"}").status()).isEqualTo(201);
    }
    try (LocalRun run = LocalRun.start(environment)) {
      assertThat(run.token()).isEqualTo(token);
      assertThat(run.api().get("/api/v1/users/kept").status()).isEqualTo(200);
    }
    Files.delete(folder.resolve("admin-token"));
    try (LocalRun run = LocalRun.start(environment)) {
      assertThat(run.token()).isNotEqualTo(token);
      assertThat(run.api().get("/api/v1/users/kept").status()).isEqualTo(200);
      assertThat(run.api().as(token).get("/api/v1").status()).isEqualTo(200);
    }
  }

  @Test
  void damagedDataIsReportedInOneLine(@TempDir Path folder) throws Exception {
    Map<String, String> environment = Map.of("ISPCRM_DATA", folder.toString(), "PORT", "0");
    Files.writeString(folder.resolve("shared-local-instance.db"), "not a database".repeat(1000));
    try (LocalRun run = LocalRun.launch(environment)) {
      assertThat(run.exitStatus()).isEqualTo(1);
      assertThat(run.output().lines())
          .singleElement()
          .asString()
          .startsWith("The data in " + folder + " cannot be read: ");
    }
  }

  private static List<InetAddress> addressesOfThisMachine() throws IOException {
    return Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> !address.isLoopbackAddress())
        .toList();
  }

  private static boolean accepts(InetAddress address, int port) {
    try (Socket socket = new Socket(address, port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
