package ispcrm.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that send or read slowly, with a limit of a second instead of a minute. */
class SlowClientsTest {
  private static final Duration LIMIT = Duration.ofSeconds(1);

  private static LocalDynamoDb dynamoDb;
  private static LocalGateway gateway;

  @BeforeAll
  static void start() throws Exception {
    Template template = Template.load(Map.of());
    dynamoDb = LocalDynamoDb.start(template, null);
    dynamoDb.useInThisProcess();
    gateway = LocalGateway.listen(0, LIMIT);
    gateway.start(template, new LocalLambda(template, line -> pause(LIMIT.multipliedBy(2))), false);
  }

  @AfterAll
  static void stop() {
    gateway.close();
    dynamoDb.close();
  }

  @Test
  void headThatTrickles_isNotAwaited() throws Exception {
    assertThat(trickle("GET /api/v1/health HTTP/1.1\r\nHost: a\r\nA: ")).isEmpty();
  }

  @Test
  void bodyThatTrickles_isRefused() throws Exception {
    assertThat(trickle("POST /api/v1/users HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n"))
        .startsWith("HTTP/1.1 408 ");
  }

  @Test
  void responseThatIsReadSlowly_isGivenUp() throws Exception {
    try (Socket socket = connect()) {
      // More responses than the operating system keeps for a client.
      write(socket, "GET /api/v1/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n".repeat(400));
      byte[] some = new byte[1000];
      assertThatExceptionOfType(SocketException.class)
          .isThrownBy(
              () -> {
                for (int i = 0; i < 50; i++) {
                  assertThat(socket.getInputStream().read(some)).isPositive();
                  pause(LIMIT.dividedBy(10));
                }
              });
    }
  }

  @Test
  void requestThatTakesLong_isAwaited() throws Exception {
    try (Socket socket = connect()) {
      // The log of the authorizer pauses.
      write(socket, "GET /api/v1/users HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(status(socket)).isEqualTo("HTTP/1.1 401");
    }
  }

  @Test
  void connection_outlivesTheLimit() throws Exception {
    try (Socket socket = connect()) {
      for (int i = 0; i < 5; i++) {
        write(socket, "GET /none HTTP/1.1\r\nHost: ");
        pause(LIMIT.dividedBy(4));
        write(socket, "a\r\n\r\n");
        assertThat(status(socket)).isEqualTo("HTTP/1.1 404");
        pause(LIMIT.dividedBy(4));
      }
    }
  }

  /** Sends bytes until the connection is closed, and returns the response. */
  private static String trickle(String start) throws IOException {
    ByteArrayOutputStream response = new ByteArrayOutputStream();
    try (Socket socket = connect()) {
      write(socket, start);
      socket.setSoTimeout((int) LIMIT.dividedBy(10).toMillis());
      for (int sent = 0; sent < 50; ) {
        try {
          int next = socket.getInputStream().read();
          if (next < 0) {
            return response.toString(StandardCharsets.UTF_8);
          }
          response.write(next);
        } catch (SocketTimeoutException e) {
          write(socket, "a");
          sent++;
        }
      }
    } catch (SocketException reset) {
      return response.toString(StandardCharsets.UTF_8);
    }
    throw new AssertionError("still open");
  }

  private static String status(Socket socket) throws IOException {
    byte[] response = new byte[10_000];
    int size = socket.getInputStream().read(response);
    assertThat(size).isGreaterThan(12);
    return new String(response, 0, 12, StandardCharsets.US_ASCII);
  }

  private static Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(10_000);
    socket.setSoTimeout(10_000);
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.address().getPort()));
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void pause(Duration duration) {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException cause) {
      throw new IllegalStateException(cause);
    }
  }
}
