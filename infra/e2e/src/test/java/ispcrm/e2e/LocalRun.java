package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The local run as a process of its own. Closing it fails where a token stands in what it printed,
 * save for the one line that hands out the administrator's, or in an answer of {@link #api}.
 */
final class LocalRun implements AutoCloseable {
  private static final Pattern WELCOME =
      Pattern.compile("is running at (http://\\S+); .*export TOKEN=(\\S+)", Pattern.DOTALL);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final StringBuffer output = new StringBuffer();
  private final Thread reader;
  private URI base;
  private String token;
  private Api api;

  private LocalRun(Map<String, String> environment) {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    ProcessBuilder builder =
        new ProcessBuilder(
                java.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "ispcrm.local.LocalApi")
            .redirectErrorStream(true);
    builder.environment().remove("ISPCRM_DATA");
    builder.environment().put("PORT", "0");
    builder.environment().putAll(environment);
    try {
      process = builder.start();
    } catch (IOException cannotStart) {
      throw new UncheckedIOException(cannotStart);
    }
    reader = new Thread(this::read, "output of the local run");
    reader.setDaemon(true);
    reader.start();
  }

  static LocalRun start() {
    return start(Map.of());
  }

  /** Starts it with these environment variables and returns when it answers. */
  static LocalRun start(Map<String, String> environment) {
    LocalRun run = launch(environment);
    long end = System.nanoTime() + PATIENCE.toNanos();
    Matcher welcome = WELCOME.matcher(run.output());
    while (!welcome.find()) {
      if (!run.process.isAlive() || System.nanoTime() > end) {
        run.process.destroyForcibly();
        throw new AssertionError("the local run does not answer: " + run.output());
      }
      pause();
      welcome = WELCOME.matcher(run.output());
    }
    run.base = URI.create(welcome.group(1));
    run.token = welcome.group(2);
    run.api = new Api(run.base, run.token);
    return run;
  }

  /** Starts it and does not wait for an answer. */
  static LocalRun launch(Map<String, String> environment) {
    return new LocalRun(environment);
  }

  /** Where it answers, without a slash at the end. */
  URI base() {
    return base;
  }

  /** An administrator's token. */
  String token() {
    return token;
  }

  /** The administrator's view of it. */
  Api api() {
    return api;
  }

  /** All that it printed so far. */
  String output() {
    return output.toString();
  }

  /** Waits until it ended by itself and returns its exit status. */
  int exitStatus() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    reader.join();
    return process.exitValue();
  }

  /** Asks it to end, as Ctrl-C does, and waits until it did. */
  void stop() throws InterruptedException {
    process.destroy();
    exitStatus();
  }

  @Override
  public void close() {
    try {
      stop();
    } catch (InterruptedException ending) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    String handedOut = token == null ? "" : "export TOKEN=" + token;
    SecretScan.assertNoToken("what the local run printed", output().replace(handedOut, ""));
    if (api != null) {
      SecretScan.assertNoToken("what the API answered", api.transcript());
    }
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.append(line).append('\n');
      }
    } catch (IOException ended) {
      // The process is gone, and so is its output.
    }
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(ending);
    }
  }
}
