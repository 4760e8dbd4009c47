package ispcrm.bench;

import ispcrm.template.LambdaProcess;
import ispcrm.template.LocalDynamoDb;
import ispcrm.template.Template;
import ispcrm.tokens.BearerToken;
import ispcrm.tokens.DynamoDbTokens;
import ispcrm.tokens.Scope;
import ispcrm.tokens.Token;
import ispcrm.users.DynamoDbUsers;
import ispcrm.users.NewUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The measurements: cold starts and first calls after a restore of the packaged functions under the
 * real Lambda runtime client, on one processor, in turn with what they are compared with. Writes
 * infra/bench/report.
 */
public final class Bench {
  private static final int ROUNDS = 7;
  private static final int WARM_CALLS = 200;
  private static final String USER = "jonewe";

  private final Template template = Template.load(Map.of("BaseUrl", "https://crm.example.net"));
  private final LocalDynamoDb dynamoDb;
  private final Report report;

  private Bench(LocalDynamoDb dynamoDb) throws IOException {
    this.dynamoDb = dynamoDb;
    report = new Report(template.root().resolve("infra/bench/report"));
  }

  public static void main(String[] arguments) throws Exception {
    try (LocalDynamoDb dynamoDb = LocalDynamoDb.start(Template.load(Map.of()), null)) {
      new Bench(dynamoDb).run();
    }
  }

  private void run() throws Exception {
    Map<String, String> tables = new LinkedHashMap<>(dynamoDb.environment());
    template.functions().values().forEach(function -> tables.putAll(function.environment()));
    DynamoDbUsers users = new DynamoDbUsers(dynamoDb.client(), tables.get("USERS_TABLE"));
    users.create(new NewUser(Map.of("id", USER)).user("", "IZ1459296", "2023-12-13 13:38:27"));
    BearerToken secret = BearerToken.random();
    new DynamoDbTokens(dynamoDb.client(), tables.get("TOKENS_TABLE"))
        .add(secret, Token.issue(USER, null, Scope.ALL, USER, Instant.now(), Duration.ofDays(1)));

    List<Subject> functions = new ArrayList<>();
    for (String name : new TreeSet<>(template.functions().keySet())) {
      functions.add(function(name, secret.secret(), tables));
    }
    Subject getUser =
        functions.stream().filter(subject -> subject.name().equals("get-user")).findFirst().get();
    Subject bare = other("bare", "bare", "ispcrm.bench.bare.BareHandler", getUser, tables);
    Subject noop = other("no-op", "bare", "ispcrm.bench.bare.NoopHandler", getUser, tables);
    Subject invoker =
        other(
            "FunctionInvoker",
            "invoker",
            "org.springframework.cloud.function.adapter.aws.FunctionInvoker",
            getUser,
            Subject.merge(
                tables,
                Map.of(
                    "MAIN_CLASS", "ispcrm.bench.invoker.InvokerApplication",
                    "SPRING_CLOUD_FUNCTION_DEFINITION", "getUser")));

    List<Subject> zip = new ArrayList<>(functions);
    zip.addAll(List.of(bare, invoker, noop));
    coldStarts("cold-start", zip, bare);
    report.write();

    Path caches = Files.createTempDirectory("aot");
    List<Subject> image = new ArrayList<>();
    for (Subject subject : List.of(getUser, bare)) {
      Path cache = caches.resolve(subject.name() + ".aot");
      subject.train(cache);
      image.add(subject.withCache(subject.name() + ", flat, AOT cache", cache));
    }
    image.add(getUser);
    image.add(bare);
    coldStarts("aot-cache", image, bare);
    Subject.delete(caches);
    report.write();

    for (Subject subject : functions) {
      if (!subject.name().equals("bootstrap-admin") && !subject.name().equals("create-user")) {
        restore(subject);
      }
    }
    report.write();
    report.compare();
  }

  private void coldStarts(String chapter, List<Subject> subjects, Subject base) throws Exception {
    Map<Subject, List<Subject.Start>> starts = new LinkedHashMap<>();
    for (int round = 0; round <= ROUNDS; round++) {
      // In another order each time: where in a round something stands must not matter.
      List<Subject> order = new ArrayList<>(subjects);
      Collections.rotate(order, round);
      for (Subject subject : order) {
        Subject.Start start = subject.coldStart();
        if (round > 0) {
          starts.computeIfAbsent(subject, key -> new ArrayList<>()).add(start);
        }
      }
      System.out.printf("%s: round %d of %d%n", chapter, round, ROUNDS);
    }
    for (Subject subject : subjects) {
      report.start(chapter, subject, starts.get(subject), starts.get(base), subject.classes());
    }
  }

  /** The first call after a restore, unprimed and primed, and the warm ones that follow. */
  private void restore(Subject subject) throws Exception {
    List<Double> unprimed = new ArrayList<>();
    List<Double> primed = new ArrayList<>();
    List<Double> warm = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      Path folder = Files.createTempDirectory("bench");
      List<String> command = List.of("taskset", "-c", "0", Jdk.java());
      try (LambdaProcess process =
          new LambdaProcess(
              command, subject.jar(), subject.handler(), folder, subject.environment())) {
        process.awaitReady();
        unprimed.add(call(process, subject));
      }
      Subject.delete(folder);
      try (LambdaProcess process =
          LambdaProcess.startForSnapshot(
              command, subject.jar(), subject.handler(), folder, subject.environment(), "BEFORE")) {
        process.awaitSnapshot();
        process.restore("AFTER");
        process.awaitReady();
        primed.add(call(process, subject));
        for (int call = 0; call < WARM_CALLS; call++) {
          double milliseconds = call(process, subject);
          if (call >= WARM_CALLS / 2) {
            warm.add(milliseconds);
          }
        }
      }
      Subject.delete(folder);
    }
    report.restore(subject.name(), new Series(unprimed), new Series(primed), new Series(warm));
  }

  private static double call(LambdaProcess process, Subject subject) throws Exception {
    long begin = System.nanoTime();
    LambdaProcess.Outcome outcome = process.invoke(subject.event());
    double milliseconds = (System.nanoTime() - begin) / 1e6;
    if (!outcome.json().contains(subject.answer())) {
      throw new IllegalStateException(subject.name() + ": " + outcome + process.log());
    }
    return milliseconds;
  }

  private Subject function(String name, String token, Map<String, String> tables)
      throws IOException {
    Template.LambdaFunction function = template.functions().get(name);
    String event = name.equals("authorizer") ? "bearer" : "ok";
    String text =
        Files.readString(template.root().resolve("events/" + name + "/" + event + ".json"));
    String answer =
        switch (name) {
          case "authorizer" -> "\"Effect\":\"Allow\"";
          case "bootstrap-admin" -> "\"token\":";
          // Again and again the same one: it is created once.
          case "create-user" -> "\"statusCode\":";
          case "create-token" -> "\"statusCode\":201";
          default -> "\"statusCode\":200";
        };
    return new Subject(
        name,
        template.root().resolve(function.codeUri()),
        function.handler(),
        text.replaceAll("ispcrm_[0-9A-Za-z]{49}", token),
        answer,
        Subject.merge(tables, function.environment()),
        null);
  }

  private Subject other(
      String name, String module, String handler, Subject like, Map<String, String> environment) {
    return new Subject(
        name,
        template.root().resolve("infra/bench/" + module + "/target/" + module + "-lambda.jar"),
        handler,
        like.event(),
        "200",
        environment,
        null);
  }
}
