package ispcrm.bench;

import ispcrm.emulation.LambdaProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Measures time and allocation of calls to a process that is warmed up. */
final class WarmCalls {
  private static final int WARM_UP = 500;
  private static final int CALLS = 1000;

  /** The bytes that a thread has allocated, in the JVM's thread dump. */
  private static final Pattern ALLOCATED = Pattern.compile("allocated=(\\d+)([BKMG])");

  private final Functions functions;

  WarmCalls(Functions functions) {
    this.functions = functions;
  }

  Chapter chapter() throws Exception {
    Chapter chapter = new Chapter("warm");
    chapter.line(
        """
        %d calls after %d warm-up calls, one at a time, under the real runtime client on one processor, with the flags of Lambda
        and of the template. The time includes the way to the process and back and the time of DynamoDB Local. The allocation of all threads
        is read from thread dumps (`jcmd Thread.print -e`) before and after, and includes that of the runtime client; no-op
        shows the minimum of both.
        """,
        CALLS, WARM_UP);
    chapter.line("| | p50 ms | p99 ms | kB a call |%n|---|---|---|---|");
    List<Subject> all = new ArrayList<>(functions.mostUsed());
    all.addAll(
        List.of(
            functions.of("admin-page"),
            functions.of("discover-root"),
            functions.bare(),
            functions.noop()));
    Subject authorizer = functions.of("authorizer");
    Progress progress = new Progress("warm, functions", all.size());
    Map<String, Double> medians = new HashMap<>();
    for (Subject subject : all) {
      medians.put(subject.name(), measure(chapter, subject.name(), List.of(subject)));
      if (Functions.MOST_USED.contains(subject.name()) && !subject.equals(authorizer)) {
        String both = "authorizer + " + subject.name();
        medians.put(both, measure(chapter, both, List.of(authorizer, subject)));
      }
      progress.at(all.indexOf(subject) + 1);
    }
    double both = medians.get("authorizer + get-user");
    double read = medians.get("get-user") - medians.get("discover-root");
    chapter.figure("second read", both / (both - read));
    chapter.line(
        "%nWithout the read of the token's user, authorizer + get-user would take %.2f ms, if a read"
            + " takes what get-user takes longer than discover-root, which reads nothing.",
        both - read);
    return chapter;
  }

  /**
   * Calls them in sequence, as API Gateway does with the authorizer and a function.
   *
   * @return the median of the times in milliseconds
   */
  private static double measure(Chapter chapter, String name, List<Subject> subjects)
      throws Exception {
    Path folder = Files.createTempDirectory("bench");
    List<LambdaProcess> processes = new ArrayList<>();
    try {
      for (Subject subject : subjects) {
        processes.add(subject.start(folder.resolve(subject.name())));
      }
      List<Double> times = new ArrayList<>();
      double before = 0;
      for (int call = 0; call < WARM_UP + CALLS; call++) {
        if (call == WARM_UP) {
          before = allocated(processes);
        }
        double time = 0;
        for (int part = 0; part < subjects.size(); part++) {
          time += subjects.get(part).call(processes.get(part));
        }
        if (call >= WARM_UP) {
          times.add(time);
        }
      }
      double kilobytes = (allocated(processes) - before) / CALLS / 1000;
      Series series = new Series(times);
      chapter.figure(name + " kB", kilobytes);
      chapter.line(
          "| %s | %.2f | %.2f | %.0f |", name, series.median(), series.quantile(0.99), kilobytes);
      return series.median();
    } finally {
      processes.forEach(LambdaProcess::close);
      Subject.delete(folder);
    }
  }

  private static double allocated(List<LambdaProcess> processes) throws Exception {
    double bytes = 0;
    for (LambdaProcess process : processes) {
      Process dump =
          new ProcessBuilder(Jdk.tool("jcmd"), String.valueOf(process.pid()), "Thread.print", "-e")
              .redirectErrorStream(true)
              .start();
      String text = new String(dump.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Matcher matcher = ALLOCATED.matcher(text);
      while (matcher.find()) {
        bytes +=
            Double.parseDouble(matcher.group(1)) * (1L << (10 * "BKMG".indexOf(matcher.group(2))));
      }
    }
    return bytes;
  }
}
