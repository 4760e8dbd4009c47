package ispcrm.bench;

import ispcrm.emulation.LambdaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A handler to measure: its deployment package, its class and an event.
 *
 * @param expected text that a correct response contains
 */
record Subject(
    String name,
    Path code,
    String handler,
    String event,
    String expected,
    Map<String, String> environment) {

  /**
   * One cold start.
   *
   * @param ready milliseconds from the start of the process until it requests its first event
   * @param response milliseconds from the start of the process to the first response
   * @param processor milliseconds of processor time of the whole process until then
   * @param memory the resident set size at that time, in MiB
   */
  record Start(double ready, double response, double processor, double memory) {}

  private static final List<String> ONE_PROCESSOR = List.of("taskset", "-c", "0", Jdk.java());

  private static final AtomicInteger CREATED = new AtomicInteger();

  /** The event for the next call, which creates another user or changes it again. */
  String nextEvent() {
    return event.replace(Functions.NEW, "bench" + CREATED.incrementAndGet());
  }

  /** Calls it, checks the response and returns the time in milliseconds. */
  double call(LambdaProcess process) throws InterruptedException {
    String next = nextEvent();
    long begin = System.nanoTime();
    LambdaProcess.Outcome outcome = process.invoke(next);
    double milliseconds = since(begin);
    check(process, outcome);
    return milliseconds;
  }

  /** Starts it on one processor and waits until it is ready for calls. */
  LambdaProcess start(Path folder) throws InterruptedException {
    LambdaProcess process = new LambdaProcess(ONE_PROCESSOR, code, handler, folder, environment);
    process.awaitReady();
    return process;
  }

  /** Starts it on one processor, as SnapStart does. */
  LambdaProcess startForSnapshot(Path folder) {
    return LambdaProcess.startForSnapshot(
        ONE_PROCESSOR, code, handler, folder, environment, "BEFORE");
  }

  /** Measures one cold start on one processor, with one call. */
  Start coldStart() throws Exception {
    return run(
        List.of(),
        process -> {
          long begin = System.nanoTime();
          process.awaitReady();
          double ready = since(begin);
          call(process);
          double responded = since(begin);
          ProcessHandle handle = ProcessHandle.of(process.pid()).orElseThrow();
          double processor = handle.info().totalCpuDuration().orElseThrow().toNanos() / 1e6;
          return new Start(ready, responded, processor, memory(process.pid()));
        });
  }

  /** The number of classes that it loads up to its first response. */
  long classes() throws Exception {
    Path folder = Files.createTempDirectory("classes");
    Path list = folder.resolve("list");
    try {
      return run(
          List.of("-Xlog:class+load:file=" + list),
          process -> {
            call(process);
            try (Stream<String> lines = Files.lines(list)) {
              return lines.count();
            }
          });
    } finally {
      delete(folder);
    }
  }

  private interface Use<T> {
    T of(LambdaProcess process) throws Exception;
  }

  private <T> T run(List<String> options, Use<T> use) throws Exception {
    List<String> command = new ArrayList<>(ONE_PROCESSOR);
    command.addAll(options);
    Path folder = Files.createTempDirectory("bench");
    try (LambdaProcess process = new LambdaProcess(command, code, handler, folder, environment)) {
      return use.of(process);
    } finally {
      delete(folder);
    }
  }

  private void check(LambdaProcess process, LambdaProcess.Outcome outcome) {
    if (outcome.failed() || !outcome.json().contains(expected)) {
      throw new IllegalStateException(name + ": " + outcome + process.log());
    }
  }

  private static double since(long begin) {
    return (System.nanoTime() - begin) / 1e6;
  }

  /** The resident set size of a process, in MiB. */
  static double memory(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }

  static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  static Map<String, String> merge(Map<String, String> first, Map<String, String> second) {
    Map<String, String> both = new HashMap<>(first);
    both.putAll(second);
    return both;
  }
}
