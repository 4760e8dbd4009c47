package ispcrm.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Measures the local run, in a separate process, under HTTP load from this process. */
final class LocalLoad {
  private static final List<Integer> CONNECTIONS = List.of(1, 8, 64);
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration MEASURED = Duration.ofSeconds(15);
  private static final int USERS = 200;
  private static final Duration SAMPLE = Duration.ofMinutes(1);
  private static final int MINUTES = 5;
  private static final int MANY_CONNECTIONS = 512;
  private static final Duration OVERLOAD = Duration.ofSeconds(30);

  private final AtomicInteger created = new AtomicInteger();
  private volatile boolean readsOnly;
  private URI base;
  private String token;

  /** The milliseconds until each response, and the number of errors. */
  private record Result(List<Double> times, int errors) {}

  Chapter chapter() throws Exception {
    Chapter chapter = new Chapter("load");
    chapter.line(
        """
        The local run as `mvn` starts it, with its data in memory and %d users; client and server share this machine. Of 100
        requests, 80 read one user, 15 list a page of 50 and 5 create a user; each goes through the authorizer. %d seconds each,
        after %d seconds of warm-up. An error is a status other than 200 or 201, or no response within 30 seconds.
        """,
        USERS, MEASURED.toSeconds(), WARM_UP.toSeconds());
    chapter.line("| connections | requests a second | p50 ms | p99 ms | errors |");
    chapter.line("|---|---|---|---|---|");
    Process server = start();
    try {
      measure(1, WARM_UP);
      Progress progress = new Progress("load, connections", CONNECTIONS.size());
      for (int connections : CONNECTIONS) {
        Result result = measure(connections, MEASURED);
        Series times = new Series(result.times());
        double rate = times.values().size() / (double) MEASURED.toSeconds();
        chapter.figure(connections + " connections errors", result.errors());
        chapter.line(
            "| %d | %.0f | %.1f | %.1f | %d |",
            connections, rate, times.median(), times.quantile(0.99), result.errors());
        progress.at(CONNECTIONS.indexOf(connections) + 1);
      }
    } finally {
      stop(server);
    }
    return chapter;
  }

  /** Minutes of load, with the memory after each, and far more connections than it can serve. */
  Chapter endurance() throws Exception {
    Chapter chapter = new Chapter("endurance");
    chapter.line(
        """
        The same local run and mix over %d connections for %d minutes, with its resident memory at the end of each; it keeps
        the created users in memory. Then only reads of one user for two minutes, and then the mix over %d connections for
        %d seconds. An error is any status but 200 and 201, or no response within 30 seconds.
        """,
        64, MINUTES, MANY_CONNECTIONS, OVERLOAD.toSeconds());
    chapter.line(
        "| load | requests a second | p50 ms | p99 ms | errors | resident MB | users created |");
    chapter.line("|---|---|---|---|---|---|---|");
    Process server = start();
    try {
      for (int minute = 1; minute <= MINUTES; minute++) {
        sample(chapter, server, "minute " + minute, 64, SAMPLE);
      }
      readsOnly = true;
      for (int minute = MINUTES + 1; minute <= MINUTES + 2; minute++) {
        sample(chapter, server, "minute " + minute + ", only reads", 64, SAMPLE);
      }
      readsOnly = false;
      sample(chapter, server, MANY_CONNECTIONS + " connections", MANY_CONNECTIONS, OVERLOAD);
      sample(chapter, server, "right afterwards, 1 connection", 1, Duration.ofSeconds(1));
    } finally {
      stop(server);
    }
    return chapter;
  }

  private void sample(Chapter chapter, Process server, String what, int connections, Duration life)
      throws Exception {
    Result result = measure(connections, life);
    Series times = new Series(result.times());
    double memory = residentMegabytes(server);
    chapter.figure(what + " errors", result.errors());
    chapter.line(
        "| %s | %.0f | %.1f | %.1f | %d | %.0f | %d |",
        what,
        times.values().size() / (double) life.toSeconds(),
        times.median(),
        times.quantile(0.99),
        result.errors(),
        memory,
        created.get());
  }

  private static double residentMegabytes(Process process) throws IOException {
    return Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1000)
        .findFirst()
        .orElseThrow();
  }

  private static void stop(Process server) throws InterruptedException {
    server.destroy();
    if (!server.waitFor(10, TimeUnit.SECONDS)) {
      server.destroyForcibly();
    }
  }

  /** Starts it, creates users to list, and returns when it is ready. */
  private Process start() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                Jdk.java(), "-cp", System.getProperty("java.class.path"), "ispcrm.local.LocalApi")
            .redirectErrorStream(true);
    builder.environment().remove("ISPCRM_DATA");
    builder.environment().remove("ISPCRM_DYNAMODB");
    builder.environment().put("PORT", "0");
    Process server = builder.start();
    BufferedReader output = server.inputReader();
    for (String line = output.readLine(); token == null; line = output.readLine()) {
      if (line == null) {
        throw new IllegalStateException("the local run did not start");
      }
      if (line.contains("is running at ")) {
        base = URI.create(line.replaceFirst(".*is running at (\\S+);.*", "$1"));
      } else if (line.contains("export TOKEN=")) {
        token = line.replaceFirst(".*TOKEN=", "").strip();
      }
    }
    // Its further output is not needed but must be read, so that it does not block.
    Thread reader = new Thread(() -> output.lines().forEach(line -> {}), "output of the local run");
    reader.setDaemon(true);
    reader.start();
    HttpClient client = client();
    for (int user = 0; user < USERS; user++) {
      if (client.send(create(), HttpResponse.BodyHandlers.discarding()).statusCode() != 201) {
        throw new IllegalStateException("the local run did not create a user");
      }
    }
    return server;
  }

  private Result measure(int connections, Duration life) throws Exception {
    long end = System.nanoTime() + life.toNanos();
    ExecutorService threads = Executors.newFixedThreadPool(connections);
    try {
      List<Future<Result>> parts = new ArrayList<>();
      for (int connection = 0; connection < connections; connection++) {
        int first = connection * 37;
        parts.add(threads.submit(() -> call(first, end)));
      }
      List<Double> times = new ArrayList<>();
      int errors = 0;
      for (Future<Result> part : parts) {
        times.addAll(part.get().times());
        errors += part.get().errors();
      }
      return new Result(times, errors);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Sends requests over one connection, each as soon as the previous response has arrived. */
  private Result call(int first, long end) throws InterruptedException {
    HttpClient client = client();
    List<Double> times = new ArrayList<>();
    int errors = 0;
    for (int turn = first; System.nanoTime() < end; turn++) {
      HttpRequest request = request(turn);
      long begin = System.nanoTime();
      try {
        int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        errors += status == 200 || status == 201 ? 0 : 1;
      } catch (IOException noResponse) {
        errors++;
      }
      times.add((System.nanoTime() - begin) / 1e6);
    }
    return new Result(times, errors);
  }

  private HttpRequest request(int turn) {
    // 7 and 20 have no common divisor, so the kinds are mixed.
    int kind = readsOnly ? 19 : turn * 7 % 20;
    if (kind == 0) {
      return create();
    }
    return to(kind < 4 ? "/api/v1/users" : "/api/v1/users/jonewe").build();
  }

  private HttpRequest create() {
    String body = "{\"id\":\"load" + created.incrementAndGet() + "\"}";
    return to("/api/v1/users").POST(HttpRequest.BodyPublishers.ofString(body)).build();
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(base.resolve(path))
        .timeout(Duration.ofSeconds(30))
        .header("X-Auth-Token", token);
  }

  private static HttpClient client() {
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }
}
