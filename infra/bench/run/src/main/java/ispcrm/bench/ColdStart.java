package ispcrm.bench;

import ispcrm.template.LambdaProcess;
import ispcrm.template.LocalDynamoDb;
import ispcrm.template.Template;
import ispcrm.users.DynamoDbUsers;
import ispcrm.users.NewUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The cold start of get-user: process start to first answer, of its packaged jar on one processor
 * under the real Lambda runtime client, in turn with a bare handler that reads the same item.
 */
public final class ColdStart {
  private static final int ROUNDS = 7;

  private final Template template = Template.load(Map.of("BaseUrl", "https://crm.example.net"));
  private final String event;
  private final Map<String, String> environment;

  private ColdStart(LocalDynamoDb dynamoDb) throws IOException {
    event = Files.readString(template.root().resolve("events/get-user/ok.json"));
    environment = new HashMap<>(dynamoDb.environment());
    environment.putAll(template.functions().get("get-user").environment());
    new DynamoDbUsers(dynamoDb.client(), environment.get("USERS_TABLE"))
        .create(new NewUser(Map.of("id", "jonewe")).user("", "IZ1459296", "2023-12-13 13:38:27"));
  }

  public static void main(String[] arguments) throws Exception {
    try (LocalDynamoDb dynamoDb = LocalDynamoDb.start(Template.load(Map.of()), null)) {
      new ColdStart(dynamoDb).measure();
    }
  }

  private void measure() throws Exception {
    Map<String, String> handlers = new LinkedHashMap<>();
    handlers.put("functions/get-user/target/get-user-lambda.jar", "ispcrm.getuser.GetUserHandler");
    handlers.put("infra/bench/bare/target/bare-lambda.jar", "ispcrm.bench.bare.BareHandler");
    Map<String, List<Double>> times = new LinkedHashMap<>();
    for (int round = 0; round <= ROUNDS; round++) {
      for (Map.Entry<String, String> handler : handlers.entrySet()) {
        double milliseconds = coldStart(handler.getKey(), handler.getValue());
        if (round > 0) {
          times.computeIfAbsent(handler.getKey(), key -> new ArrayList<>()).add(milliseconds);
        }
      }
    }
    System.out.printf("Java %s, %d rounds in turn%n", Runtime.version(), ROUNDS);
    times.forEach(
        (jar, all) -> {
          List<Double> sorted = all.stream().sorted().toList();
          System.out.printf(
              "%-45s median %5.0f ms, %.0f to %.0f%n",
              jar, sorted.get(ROUNDS / 2), sorted.get(0), sorted.get(ROUNDS - 1));
        });
    List<List<Double>> both = List.copyOf(times.values());
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      ratios.add(both.get(0).get(round) / both.get(1).get(round));
    }
    ratios.sort(Comparator.naturalOrder());
    System.out.printf(
        "ratio, round by round: median %.2f, %.2f to %.2f%n",
        ratios.get(ROUNDS / 2), ratios.get(0), ratios.get(ROUNDS - 1));
  }

  private double coldStart(String jar, String handler) throws Exception {
    Path folder = Files.createTempDirectory("cold-start");
    long begin = System.nanoTime();
    try (LambdaProcess process =
        new LambdaProcess(
            List.of(
                "taskset",
                "-c",
                "0",
                Path.of(System.getProperty("java.home"), "bin", "java").toString()),
            template.root().resolve(jar),
            handler,
            folder,
            environment)) {
      LambdaProcess.Outcome outcome = process.invoke(event);
      double milliseconds = (System.nanoTime() - begin) / 1e6;
      if (!outcome.json().contains("jonewe") || !outcome.json().contains("200")) {
        throw new IllegalStateException(outcome + process.log());
      }
      return milliseconds;
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
