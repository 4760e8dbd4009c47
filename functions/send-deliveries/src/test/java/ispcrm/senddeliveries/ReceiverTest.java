package ispcrm.senddeliveries;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.webhooks.Destinations;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The receivers are sockets, and count who connects. */
class ReceiverTest {
  private static final String PASSWORD = "changeit";
  private static final Destinations DEPLOYED = new Destinations(Map.of());
  private static final Destinations LOCAL = new Destinations(Map.of("LOOPBACK_WEBHOOKS", "true"));

  private final AtomicInteger connections = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<ServerSocket> servers = new ArrayList<>();
  private volatile String response = "HTTP/1.1 204 No Content\r\n\r\n";
  private volatile String request = "";
  private int port;

  @BeforeEach
  void listen() throws IOException {
    port = listen("127.0.0.1", 0);
    listen("::1", port);
  }

  private int listen(String address, int number) throws IOException {
    return listen(new ServerSocket(number, 50, InetAddress.getByName(address)));
  }

  private int listen(ServerSocket server) {
    servers.add(server);
    threads.execute(
        () -> {
          while (!server.isClosed()) {
            try {
              Socket socket = server.accept();
              connections.incrementAndGet();
              threads.execute(() -> respond(socket));
            } catch (IOException itIsClosed) {
              return;
            }
          }
        });
    return server.getLocalPort();
  }

  private void respond(Socket socket) {
    try (socket) {
      byte[] buffer = new byte[65536];
      InputStream in = socket.getInputStream();
      int length = Math.max(0, in.read(buffer));
      request = new String(buffer, 0, length, StandardCharsets.UTF_8);
      OutputStream out = socket.getOutputStream();
      String text = response;
      if (text.startsWith("drip ")) {
        for (int i = 0; i < 300; i++) {
          out.write("HTTP/1.1 200 OK\r\n".repeat(1).getBytes(StandardCharsets.UTF_8), i % 17, 1);
          out.flush();
          Thread.sleep(100);
        }
      } else if (text.equals("hang")) {
        Thread.sleep(20_000);
      } else {
        out.write(text.getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException | InterruptedException theSenderIsGone) {
      // This is what most of the tests do.
    }
  }

  @AfterEach
  void close() throws IOException {
    for (ServerSocket server : servers) {
      server.close();
    }
    threads.shutdownNow();
  }

  private Receiver.Result send(Destinations destinations, String url) {
    return new Receiver(destinations).send(url, "{\"ä\":1}", Map.of("webhook-id", "1"));
  }

  @Test
  void send_toAReceiver_hasTheBodyAndTheHeaders() {
    assertThat(send(LOCAL, "http://127.0.0.1:" + port + "/path?query=1"))
        .isEqualTo(new Receiver.Result(204, null, null));
    assertThat(request)
        .startsWith("POST /path?query=1 HTTP/1.1\r\n")
        .contains("webhook-id: 1\r\n", "User-Agent: ispcrm-webhooks/1\r\n")
        .contains("Content-Type: application/json; charset=UTF-8\r\n")
        .endsWith("{\"ä\":1}");
  }

  /** What leads inside, in every notation that Java reads or that a resolver could. */
  static Stream<String> hostsInside() throws UnknownHostException {
    List<String> addresses =
        List.of(
            "127.0.0.1",
            "127.0.0.2",
            "127.255.255.254",
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "169.254.169.254",
            "169.254.170.2",
            "172.16.0.1",
            "192.168.1.1",
            "192.0.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "255.255.255.255");
    List<String> hosts =
        new ArrayList<>(
            List.of(
                "localhost",
                "LOCALHOST",
                "localhost.",
                "[::1]",
                "[::]",
                "[0:0:0:0:0:0:0:1]",
                "[fc00::1]",
                "[fd00:ec2::254]",
                "[fe80::1]",
                "[ff02::1]",
                "[2001:db8::1]",
                "[2001::1]",
                "[3fff::1]"));
    for (String address : addresses) {
      byte[] octets = InetAddress.getByName(address).getAddress();
      int a = octets[0] & 255;
      int b = octets[1] & 255;
      int c = octets[2] & 255;
      int d = octets[3] & 255;
      long number = ((long) a << 24) + (b << 16) + (c << 8) + d;
      hosts.addAll(
          List.of(
              address,
              address + ".",
              Long.toString(number),
              "0x" + Long.toHexString(number),
              "0" + Long.toOctalString(number),
              "0x%x.0x%x.0x%x.0x%x".formatted(a, b, c, d),
              "0%o.0%o.0%o.0%o".formatted(a, b, c, d),
              "%03d.%03d.%03d.%03d".formatted(a, b, c, d),
              "%d.%d".formatted(a, number & 0xffffff),
              "%d.%d.%d".formatted(a, b, number & 0xffff),
              "[::ffff:%s]".formatted(address),
              "[::ffff:%x:%x]".formatted(number >> 16, number & 0xffff),
              "[0:0:0:0:0:ffff:%s]".formatted(address),
              "[::%s]".formatted(address),
              "[64:ff9b::%s]".formatted(address),
              "[64:ff9b:1::%s]".formatted(address),
              "[2002:%x:%x::1]".formatted(number >> 16, number & 0xffff)));
    }
    return hosts.stream();
  }

  @Test
  void send_toWhatLeadsInside_neverConnects() throws UnknownHostException {
    List<String> hosts = hostsInside().toList();
    assertThat(hosts).hasSizeGreaterThan(300);
    for (String host : hosts) {
      for (String scheme : List.of("http", "https")) {
        Receiver.Result result = send(DEPLOYED, scheme + "://" + host + ":" + port + "/");
        assertThat(result.status()).as(host).isNull();
        assertThat(result.reason())
            .as(host)
            .isIn(
                "the host has an address that is not public",
                "the name of the host cannot be resolved",
                // Java reads a leading zero as decimal.
                "no connection");
      }
    }
    assertThat(connections).hasValue(0);
  }

  /** A name that resolves to some addresses, and to others when it is asked again. */
  private static DnsResolver resolver(AtomicInteger questions, List<List<String>> answers) {
    return new DnsResolver() {
      @Override
      public InetAddress[] resolve(String host) throws UnknownHostException {
        List<String> answer =
            answers.get(Math.min(questions.getAndIncrement(), answers.size() - 1));
        InetAddress[] addresses = new InetAddress[answer.size()];
        for (int i = 0; i < addresses.length; i++) {
          addresses[i] =
              InetAddress.getByAddress(host, InetAddress.getByName(answer.get(i)).getAddress());
        }
        return addresses;
      }

      @Override
      public String resolveCanonicalHostname(String host) {
        return host;
      }
    };
  }

  @ParameterizedTest
  @MethodSource("hostsInside")
  void send_toANameThatResolvesInside_neverConnects(String address) throws UnknownHostException {
    InetAddress[] inside;
    try {
      inside = InetAddress.getAllByName(address.replaceAll("[\\[\\]]", ""));
    } catch (UnknownHostException | IllegalArgumentException noAddress) {
      return;
    }
    if (DEPLOYED.isAllowed(inside[0])) {
      return;
    }
    for (List<String> answer :
        List.of(
            List.of(inside[0].getHostAddress()),
            List.of("1.1.1.1", inside[0].getHostAddress()),
            List.of(inside[0].getHostAddress(), "1.1.1.1"))) {
      Receiver receiver = new Receiver(DEPLOYED, resolver(new AtomicInteger(), List.of(answer)));
      assertThat(receiver.send("https://hooks.example.net:" + port + "/", "", Map.of()).reason())
          .isEqualTo("the host has an address that is not public");
    }
    assertThat(connections).hasValue(0);
  }

  /** DNS rebinding: what was checked is what is connected to, and nobody asks a second time. */
  @Test
  void send_toANameThatChanges_connectsToTheAddressThatWasChecked() throws IOException {
    AtomicInteger questions = new AtomicInteger();
    Receiver receiver =
        new Receiver(
            LOCAL, resolver(questions, List.of(List.of("127.0.0.1"), List.of("10.0.0.1"))));
    String url = "http://hooks.example.net:" + port + "/";
    assertThat(receiver.send(url, "", Map.of()).status()).isEqualTo(204);
    assertThat(questions).hasValue(1);
    assertThat(connections).hasValue(1);
    assertThat(request).contains("Host: hooks.example.net:" + port);
    assertThat(receiver.send(url, "", Map.of()).reason())
        .isEqualTo("the host has an address that is not public");
    assertThat(connections).hasValue(1);
  }

  @Test
  void send_redirect_isNotFollowed() throws IOException {
    int other = listen("127.0.0.1", 0);
    response =
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:%d/\r\n\r\n"
            .formatted(other);
    assertThat(send(LOCAL, "http://127.0.0.1:" + port + "/"))
        .isEqualTo(new Receiver.Result(307, "redirects are not followed", null));
    assertThat(connections).hasValue(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                    | the connection was closed before the response",
        "SSH-2.0-OpenSSH_9.6                   | the connection was closed before the response",
        "HTTP/1.1 200 OK\\r\\nno header\\r\\n\\r\\n | the response is not HTTP, or its header is too large"
      })
  void send_noHttp_isAFailure(String text, String reason) {
    response = text.replace("\\r\\n", "\r\n");
    Receiver.Result result = send(LOCAL, "http://127.0.0.1:" + port + "/");
    assertThat(result.status()).isNull();
    assertThat(result.reason()).isNotNull();
  }

  @Test
  void send_hugeHeader_isAFailure() {
    response = "HTTP/1.1 200 OK\r\nX: " + "a".repeat(100_000) + "\r\n\r\n";
    assertThat(send(LOCAL, "http://127.0.0.1:" + port + "/").status()).isNull();
    response = "HTTP/1.1 200 OK\r\n" + "X: a\r\n".repeat(1000) + "\r\n";
    assertThat(send(LOCAL, "http://127.0.0.1:" + port + "/").status()).isNull();
  }

  @Test
  void send_endlessBody_isNotRead() {
    response = "HTTP/1.1 200 OK\r\n\r\n" + "a".repeat(10_000_000);
    assertThat(send(LOCAL, "http://127.0.0.1:" + port + "/").status()).isEqualTo(200);
  }

  @Test
  void send_receiverThatHangsOrDrips_endsInTime() throws InterruptedException {
    List<Thread> attempts = new ArrayList<>();
    List<Receiver.Result> results = Collections.synchronizedList(new ArrayList<>());
    for (String text : List.of("hang", "drip ")) {
      response = text;
      int before = connections.get();
      Thread attempt = new Thread(() -> results.add(send(LOCAL, "http://127.0.0.1:" + port + "/")));
      attempt.start();
      while (connections.get() == before) {
        Thread.sleep(5);
      }
      Thread.sleep(200);
      attempts.add(attempt);
    }
    for (Thread attempt : attempts) {
      attempt.join();
    }
    assertThat(results)
        .hasSize(2)
        .allSatisfy(
            result -> assertThat(result.reason()).isEqualTo("no response within 10 seconds"));
  }

  @Test
  void send_noTls_isAFailure() {
    assertThat(send(LOCAL, "https://127.0.0.1:" + port + "/").reason())
        .isEqualTo("no TLS connection, or the certificate is not valid for the host");
  }

  /** A certificate for localhost, which is trusted only where a test says so. */
  private static Path certificate(Path folder) throws IOException, InterruptedException {
    Path store = folder.resolve("store.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "a",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    assertThat(keytool.waitFor()).isZero();
    return store;
  }

  private int listenWithTls(Path store) throws Exception {
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return listen(
        context
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress()));
  }

  @Test
  void send_certificate_mustBeTrustedAndOfTheHost(@TempDir Path folder) throws Exception {
    Path store = certificate(folder);
    String address = ":" + listenWithTls(store) + "/";
    assertThat(send(LOCAL, "https://localhost" + address).reason())
        .isEqualTo("no TLS connection, or the certificate is not valid for the host");
    assertThat(request).isEmpty();
    System.setProperty("javax.net.ssl.trustStore", store.toString());
    System.setProperty("javax.net.ssl.trustStorePassword", PASSWORD);
    try {
      assertThat(send(LOCAL, "https://localhost" + address).status()).isEqualTo(204);
      request = "";
      assertThat(send(LOCAL, "https://127.0.0.1" + address).reason())
          .isEqualTo("no TLS connection, or the certificate is not valid for the host");
      assertThat(request).isEmpty();
    } finally {
      System.clearProperty("javax.net.ssl.trustStore");
      System.clearProperty("javax.net.ssl.trustStorePassword");
    }
  }

  @Test
  void send_nobodyListens_isAFailure() throws IOException {
    UnaryOperator<String> reason = url -> send(LOCAL, url).reason();
    // It does not listen, and keeps others from listening at its port.
    try (Socket reserved = new Socket()) {
      reserved.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      assertThat(reason.apply("http://127.0.0.1:" + reserved.getLocalPort() + "/"))
          .isEqualTo("no connection");
    }
    assertThat(reason.apply("https://no-such-host.invalid/"))
        .isEqualTo("the name of the host cannot be resolved");
  }

  @ParameterizedTest
  @CsvSource({"120, 120", "0, 0", "soon, ", "-1, ", "99999999999, "})
  void pause_secondsOrNothing(String value, Long seconds) {
    assertThat(Receiver.pause(value))
        .isEqualTo(seconds == null ? null : Duration.ofSeconds(seconds));
  }

  @Test
  void pause_date_isFromNow() {
    assertThat(Receiver.pause("Fri, 01 Jan 2100 00:00:00 GMT")).isGreaterThan(Duration.ofDays(1));
  }
}
