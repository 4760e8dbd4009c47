package ispcrm.bench;

import ispcrm.template.LambdaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Something whose cold start is measured: a jar with its handler and an event for it.
 *
 * @param answer what a right answer holds
 * @param cache an AOT cache to start with from a flat class path, or null
 */
record Subject(
    String name,
    Path jar,
    String handler,
    String event,
    String answer,
    Map<String, String> environment,
    Path cache) {

  /**
   * One cold start.
   *
   * @param ready milliseconds from process start to the first request for an event
   * @param answer milliseconds from process start to the first answer
   * @param processor milliseconds of processor time until then, the whole process
   * @param memory resident set then, MiB
   */
  record Start(double ready, double answer, double processor, double memory) {}

  Subject withCache(String newName, Path newCache) {
    return new Subject(newName, jar, handler, event, answer, environment, newCache);
  }

  /** Starts it on one processor and has it answer once. */
  Start coldStart() throws Exception {
    List<String> options =
        cache == null ? List.of() : List.of("-XX:AOTCache=" + cache, "-XX:AOTMode=auto");
    return run(
        true,
        options,
        process -> {
          long begin = System.nanoTime();
          process.awaitReady();
          double ready = since(begin);
          check(process, process.invoke(event));
          double answered = since(begin);
          ProcessHandle handle = ProcessHandle.of(process.pid()).orElseThrow();
          double processor = handle.info().totalCpuDuration().orElseThrow().toNanos() / 1e6;
          return new Start(ready, answered, processor, memory(process.pid()));
        });
  }

  /** How many classes it loaded until its first answer. */
  long classes() throws Exception {
    Path list = Files.createTempFile("classes", ".txt");
    try {
      return run(
          true,
          List.of("-Xlog:class+load:file=" + list),
          process -> {
            check(process, process.invoke(event));
            try (Stream<String> lines = Files.lines(list)) {
              return lines.count();
            }
          });
    } finally {
      Files.delete(list);
    }
  }

  /** Writes an AOT cache from one run with a few calls. */
  void train(Path output) throws Exception {
    run(
        false,
        List.of("-XX:AOTCacheOutput=" + output),
        process -> {
          for (int call = 0; call < 5; call++) {
            check(process, process.invoke(event));
          }
          return null;
        });
    if (!Files.exists(output)) {
      throw new IllegalStateException("no AOT cache was written for " + name);
    }
  }

  private interface Use<T> {
    T of(LambdaProcess process) throws Exception;
  }

  private <T> T run(boolean oneProcessor, List<String> options, Use<T> use) throws Exception {
    List<String> command =
        new ArrayList<>(oneProcessor ? List.of("taskset", "-c", "0") : List.of());
    command.add(Jdk.java());
    command.addAll(options);
    boolean flat = cache != null || options.toString().contains("AOTCacheOutput");
    Path folder = Files.createTempDirectory("bench");
    try (LambdaProcess process =
        flat
            ? LambdaProcess.startFlat(command, jar, handler, folder, environment)
            : new LambdaProcess(command, jar, handler, folder, environment)) {
      return use.of(process);
    } finally {
      delete(folder);
    }
  }

  private void check(LambdaProcess process, LambdaProcess.Outcome outcome) {
    if (outcome.failed() || !outcome.json().contains(answer)) {
      throw new IllegalStateException(name + ": " + outcome + process.log());
    }
  }

  private static double since(long begin) {
    return (System.nanoTime() - begin) / 1e6;
  }

  private static double memory(long pid) throws IOException {
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
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  static Map<String, String> merge(Map<String, String> first, Map<String, String> second) {
    Map<String, String> both = new HashMap<>(first);
    both.putAll(second);
    return both;
  }
}
