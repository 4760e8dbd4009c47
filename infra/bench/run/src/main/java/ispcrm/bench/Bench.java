package ispcrm.bench;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.template.Template;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs the measurements and writes the report, each chapter as soon as it is measured: to
 * infra/bench/report after a complete run, or to target/report if the options reduce it. A chapter
 * that fails is reported as failed, and the exit status is then 1.
 */
public final class Bench {
  private static final int MAX_MINUTES = 15;

  private final Options options;
  private final Report report;
  private boolean failed;

  private Bench(Options options, Report report) {
    this.options = options;
    this.report = report;
  }

  public static void main(String[] arguments) throws Exception {
    Options options = Options.ofSystemProperties();
    Template template = Template.load(Map.of("BaseUrl", "https://crm.example.net"));
    Path last = template.root().resolve("infra/bench/report");
    Path folder =
        options.complete() ? last : template.root().resolve("infra/bench/run/target/report");
    Bench bench = new Bench(options, new Report(last, folder, options));
    try (LocalDynamoDb dynamoDb = LocalDynamoDb.start(template, null)) {
      bench.run(new Functions(template, dynamoDb));
    }
    System.out.println(bench.report.text());
    System.out.println("Written to " + folder);
    // A chapter that timed out may have left threads behind.
    System.exit(bench.failed ? 1 : 0);
  }

  private void run(Functions functions) throws Exception {
    Map<String, Callable<Chapter>> chapters = new LinkedHashMap<>();
    chapters.put("cold-start", new ColdStarts(functions, options)::chapter);
    chapters.put("restore", new Restores(functions, options)::chapter);
    chapters.put("warm", new WarmCalls(functions)::chapter);
    chapters.put("load", new LocalLoad()::chapter);
    chapters.put("endurance", new LocalLoad()::endurance);
    chapters.keySet().retainAll(options.chapters());
    for (Map.Entry<String, Callable<Chapter>> chapter : chapters.entrySet()) {
      measure(chapter.getKey(), chapter.getValue());
    }
  }

  private void measure(String name, Callable<Chapter> chapter)
      throws IOException, InterruptedException {
    System.out.println(name);
    ExecutorService thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread daemon = new Thread(task, name);
              daemon.setDaemon(true);
              return daemon;
            });
    Future<Chapter> result = thread.submit(chapter);
    try {
      report.add(result.get(MAX_MINUTES, TimeUnit.MINUTES));
    } catch (ExecutionException fault) {
      fail(name, fault.getCause());
    } catch (TimeoutException late) {
      result.cancel(true);
      fail(name, new IllegalStateException("not finished after " + MAX_MINUTES + " minutes", late));
    } finally {
      thread.shutdownNow();
    }
  }

  private void fail(String chapter, Throwable reason) throws IOException {
    failed = true;
    System.out.println(chapter + " failed: " + reason);
    report.failed(chapter, reason);
  }
}
