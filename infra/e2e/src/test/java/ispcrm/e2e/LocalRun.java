package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The local run in a separate process, with the options that .mvn/jvm.config gives it. Closing it
 * fails if its output contains a token, except for the line that shows the administrator's token,
 * or if a response to {@link #api} does.
 */
final class LocalRun implements AutoCloseable {
  private static final Pattern WELCOME =
      Pattern.compile("is running at (http://\\S+); .*export TOKEN=(\\S+)", Pattern.DOTALL);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final StringBuilder output = new StringBuilder();
  private final Thread reader;
  private URI base;
  private String token;
  private Api api;

  private LocalRun(Map<String, String> environment) {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    ProcessBuilder builder =
        new ProcessBuilder(
                java.toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "ispcrm.local.LocalApi")
            .redirectErrorStream(true);
    builder.environment().remove("ISPCRM_DATA");
    builder.environment().put("PORT", "0");
    builder.environment().putAll(environment);
    try {
      process = builder.start();
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
    reader = new Thread(this::read, "output of the local run");
    reader.setDaemon(true);
    reader.start();
  }

  static LocalRun start() {
    return start(Map.of());
  }

  /** Starts it with these environment variables and returns when it is ready. */
  static LocalRun start(Map<String, String> environment) {
    LocalRun run = launch(environment);
    long end = System.nanoTime() + PATIENCE.toNanos();
    Matcher welcome = WELCOME.matcher(run.output());
    while (!welcome.find()) {
      if (!run.process.isAlive() || System.nanoTime() > end) {
        run.process.destroyForcibly();
        throw new AssertionError("the local run did not start: " + run.output());
      }
      pause();
      welcome = WELCOME.matcher(run.output());
    }
    run.base = URI.create(welcome.group(1));
    run.token = welcome.group(2);
    run.api = new Api(run.base, run.token);
    return run;
  }

  /** Starts it without waiting until it is ready. */
  static LocalRun launch(Map<String, String> environment) {
    return new LocalRun(environment);
  }

  /** A port that nothing uses at this moment. */
  static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** Its address, without a trailing slash. */
  URI base() {
    return base;
  }

  /** An administrator's token. */
  String token() {
    return token;
  }

  /** A client with the administrator's token. */
  Api api() {
    return api;
  }

  /** Everything that it has printed so far. */
  String output() {
    synchronized (output) {
      return output.toString();
    }
  }

  /** Waits until it exits by itself, and returns its exit status. */
  int exitStatus() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    reader.join();
    return process.exitValue();
  }

  /** Stops it as Ctrl-C does, and waits until it has exited. */
  void stop() throws InterruptedException {
    process.destroy();
    exitStatus();
  }

  @Override
  public void close() {
    try {
      stop();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    String shown = token == null ? "" : "export TOKEN=" + token;
    SecretScan.assertNoToken("the output of the local run", output().replace(shown, ""));
    if (api != null) {
      SecretScan.assertNoToken("the API's responses", api.transcript());
    }
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        synchronized (output) {
          output.append(line).append('\n');
        }
      }
    } catch (IOException e) {
      // The process has exited, and its output has ended.
    }
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
