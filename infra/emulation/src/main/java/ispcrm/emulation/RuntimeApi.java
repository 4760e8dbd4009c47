package ispcrm.emulation;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Stands in for the Lambda service: the Runtime API, which gives a function's process its events
 * and accepts its responses, and the endpoint that provides credentials to a function that is
 * started for a snapshot.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">Lambda runtime
 *     API</a>
 */
final class RuntimeApi implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String CREDENTIALS = "/2021-08-23/credentials";

  /**
   * Short enough that the SDK refreshes at its next call, and long enough that it does not warn.
   */
  private static final Duration LIFE_BEFORE_RESTORE = Duration.ofSeconds(90);

  /** Long enough that the SDK does not refresh at every call. */
  private static final Duration LIFE_AFTER_RESTORE = Duration.ofHours(6);

  static {
    // Without this, the body of each response waits 40 ms for the acknowledgment of the headers.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<LambdaProcess.Outcome> outcomes = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final CompletableFuture<Void> snapshot = new CompletableFuture<>();
  private final CompletableFuture<Void> restore = new CompletableFuture<>();
  private final String authorization = UUID.randomUUID().toString();
  private volatile String accessKey;

  RuntimeApi() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
    server.setExecutor(
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "runtime api");
              thread.setDaemon(true);
              return thread;
            }));
    server.createContext("/2018-06-01/runtime/", this::handle);
    server.createContext(CREDENTIALS, this::credentials);
    server.start();
  }

  /** The value for the process's variable {@code AWS_LAMBDA_RUNTIME_API}. */
  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /**
   * The environment variables with which a process that is started for a snapshot finds its
   * credentials.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html">Container
   *     credential provider</a>
   */
  Map<String, String> credentials(String firstAccessKey) {
    accessKey = firstAccessKey;
    return Map.of(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "http://" + address() + CREDENTIALS,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        authorization);
  }

  /** Waits until the process has run its hooks and is ready for its snapshot. */
  void awaitSnapshot() throws InterruptedException {
    await(snapshot);
  }

  /** Waits until the process requests its first event. */
  void awaitReady() throws InterruptedException {
    await(ready);
  }

  private static void await(CompletableFuture<Void> state) throws InterruptedException {
    try {
      state.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException cause) {
      throw new AssertionError("the function did not get ready", cause);
    }
  }

  /** Resumes the process as if from a snapshot, with new credentials. */
  void restore(String laterAccessKey) {
    accessKey = laterAccessKey;
    restore.complete(null);
  }

  /** Sends an event to the function and waits for the outcome. */
  LambdaProcess.Outcome invoke(String event) throws InterruptedException {
    events.add(event);
    LambdaProcess.Outcome outcome = outcomes.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (outcome == null) {
      throw new AssertionError("the function did not respond within " + PATIENCE);
    }
    return outcome;
  }

  /** Ends all waiting, because the process has exited. */
  void ended(String reason) {
    IllegalStateException cause = new IllegalStateException("the function exited: " + reason);
    snapshot.completeExceptionally(cause);
    ready.completeExceptionally(cause);
    outcomes.add(new LambdaProcess.Outcome(true, cause.getMessage()));
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.endsWith("/invocation/next")) {
      next(exchange);
      return;
    }
    if (path.endsWith("/restore/next")) {
      snapshot.complete(null);
      restore.join();
      send(exchange, "");
      return;
    }
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(202, -1);
    exchange.close();
    if (path.endsWith("/init/error")) {
      snapshot.completeExceptionally(new IllegalStateException(body));
      ready.completeExceptionally(new IllegalStateException(body));
    }
    outcomes.add(new LambdaProcess.Outcome(path.endsWith("/error"), body));
  }

  private void credentials(HttpExchange exchange) throws IOException {
    if (!authorization.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      exchange.sendResponseHeaders(403, -1);
      exchange.close();
      return;
    }
    send(
        exchange,
        """
        {"AccessKeyId":"%s","SecretAccessKey":"secret","Token":"session","Expiration":"%s"}
        """
            .formatted(
                accessKey,
                Instant.now().plus(restore.isDone() ? LIFE_AFTER_RESTORE : LIFE_BEFORE_RESTORE)));
  }

  private void next(HttpExchange exchange) throws IOException {
    ready.complete(null);
    String event;
    try {
      event = events.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    exchange
        .getResponseHeaders()
        .add("Lambda-Runtime-Aws-Request-Id", UUID.randomUUID().toString());
    exchange
        .getResponseHeaders()
        .add(
            "Lambda-Runtime-Deadline-Ms",
            Long.toString(System.currentTimeMillis() + PATIENCE.toMillis()));
    exchange
        .getResponseHeaders()
        .add(
            "Lambda-Runtime-Invoked-Function-Arn",
            "arn:aws:lambda:us-east-1:000000000000:function:function");
    send(exchange, event);
  }

  private static void send(HttpExchange exchange, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
