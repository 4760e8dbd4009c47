package ispcrm.bench;

import ispcrm.emulation.LambdaProcess;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.gateway.Cursors;
import ispcrm.template.Template;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Measures time and capacity units of calls with few and with many users in the table. */
final class Scale {
  private static final int WARM_UP = 100;
  private static final int CALLS = 200;
  private static final JsonMapper JSON = new JsonMapper();

  private final Template template;
  private final List<Integer> sizes;

  Scale(Template template, Options options) {
    this.template = template;
    sizes = List.of(1_000, 30_000, options.users());
  }

  /** DynamoDB Local with this many users. */
  private record Store(
      int users, LocalDynamoDb dynamoDb, Functions functions, LocalLambda lambda) {}

  /**
   * A call that is measured.
   *
   * @param subject creates the subject from the store's functions and the number of users
   */
  private record Case(
      String name, String function, BiFunction<Functions, Integer, Subject> subject) {}

  private List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    cases.add(
        new Case("authorizer", "authorizer", (functions, users) -> functions.of("authorizer")));
    cases.add(new Case("get-user", "get-user", (functions, users) -> functions.of("get-user")));
    // jonewe is the first in the list, and the others follow by number.
    cases.add(page("first page", users -> Map.of(), users -> 0));
    cases.add(page("middle page", users -> after(users / 2), users -> users / 2 + 1));
    cases.add(page("last page", users -> after(users - 51), users -> users - 1));
    cases.add(
        page("page with status=suspended", users -> Map.of("status", "suspended"), users -> 0));
    cases.add(page("page with q=user00000", users -> Map.of("q", "user00000"), users -> 49));
    cases.add(
        new Case("create-user", "create-user", (functions, users) -> functions.of("create-user")));
    return cases;
  }

  private static Map<String, String> after(int place) {
    return Map.of("cursor", Cursors.after(BulkLoader.username(place)));
  }

  private interface OfUsers<T> {
    T of(int users);
  }

  private static Case page(String name, OfUsers<Map<String, String>> query, OfUsers<Integer> seen) {
    return new Case(
        name,
        "list-users",
        (functions, users) -> {
          Subject list = functions.of("list-users");
          ObjectNode event = (ObjectNode) JSON.readTree(list.event());
          ObjectNode parameters = event.putObject("multiValueQueryStringParameters");
          query.of(users).forEach((key, value) -> parameters.putArray(key).add(value));
          return list.withEvent(JSON.writeValueAsString(event))
              .withExpected(BulkLoader.username(seen.of(users)));
        });
  }

  Chapter chapter() throws Exception {
    Path folder = Files.createTempDirectory("scale");
    List<Store> stores = new ArrayList<>();
    try {
      Chapter chapter = new Chapter("scale");
      chapter.line(
          """
          Median of %d calls after %d warm-up calls under the real runtime client, alternating between the table sizes. Each size
          has a separate DynamoDB Local with its data in a file. Its time shows how the queries grow, not how fast DynamoDB is.
          Capacity units are those that it reports for `ReturnConsumedCapacity`: read units, or write units for create-user. One
          user in %d is suspended; q=user00000 matches 100 users. Loading took:
          """,
          CALLS, WARM_UP, BulkLoader.RARE);
      for (int users : sizes) {
        long begin = System.nanoTime();
        Path data = Files.createDirectory(folder.resolve("users" + users));
        BulkLoader.load(template, data, users);
        chapter.line("- %,d users: %d s", users, (System.nanoTime() - begin) / 1_000_000_000);
        stores.add(open(users, data));
      }
      chapter.line(
          "%n| | %s | largest to smallest | %s |%n|---|%s---|%s",
          heads("ms at %,d"),
          heads("units at %,d"),
          "---|".repeat(sizes.size()),
          "---|".repeat(sizes.size()));
      List<Case> cases = cases();
      Progress progress = new Progress("scale, kinds of call", cases.size());
      for (Case call : cases) {
        measure(chapter, call, stores);
        progress.at(cases.indexOf(call) + 1);
      }
      return chapter;
    } finally {
      stores.forEach(store -> store.dynamoDb().close());
      Subject.delete(folder);
    }
  }

  private Store open(int users, Path data) {
    LocalDynamoDb dynamoDb = LocalDynamoDb.start(template, data);
    dynamoDb.useInThisProcess();
    LocalLambda lambda = new LocalLambda(template);
    Functions functions = new Functions(template, dynamoDb);
    // Creates the handlers now, while new clients use this DynamoDB.
    cases().forEach(call -> lambda.invoke(call.function(), event(call, functions, users)));
    return new Store(users, dynamoDb, functions, lambda);
  }

  private static String event(Case call, Functions functions, int users) {
    return call.subject().apply(functions, users).nextEvent();
  }

  private String heads(String form) {
    return sizes.stream()
        .map(users -> String.format(Locale.ROOT, form, users))
        .collect(Collectors.joining(" | "));
  }

  private static void measure(Chapter chapter, Case call, List<Store> stores) throws Exception {
    Path folder = Files.createTempDirectory("bench");
    Map<Store, LambdaProcess> processes = new LinkedHashMap<>();
    Map<Store, List<Double>> times = new LinkedHashMap<>();
    Map<Store, Double> units = new LinkedHashMap<>();
    try {
      for (Store store : stores) {
        Consumption.take();
        store.lambda().invoke(call.function(), event(call, store.functions(), store.users()));
        units.put(store, Consumption.take());
        processes.put(
            store,
            call.subject()
                .apply(store.functions(), store.users())
                .start(folder.resolve("users" + store.users())));
        times.put(store, new ArrayList<>());
      }
      for (int round = 0; round < WARM_UP + CALLS; round++) {
        List<Store> order = new ArrayList<>(stores);
        Collections.rotate(order, round);
        for (Store store : order) {
          Subject subject = call.subject().apply(store.functions(), store.users());
          double time = subject.call(processes.get(store));
          if (round >= WARM_UP) {
            times.get(store).add(time);
          }
        }
      }
    } finally {
      processes.values().forEach(LambdaProcess::close);
      Subject.delete(folder);
    }
    List<Series> series = times.values().stream().map(Series::new).toList();
    Series growth = series.get(series.size() - 1).to(series.get(0));
    stores.forEach(
        store -> {
          chapter.raw(call.name() + " at " + store.users(), "warm", new Series(times.get(store)));
          chapter.bar(
              "ms",
              String.format(Locale.ROOT, "%s, %,d", call.name(), store.users()),
              new Series(times.get(store)).median());
        });
    List<Double> consumed = List.copyOf(units.values());
    chapter.figure(call.name() + " time", growth);
    chapter.figure(call.name() + " units", consumed.get(consumed.size() - 1));
    chapter.figure(
        call.name() + " units growth", consumed.get(consumed.size() - 1) / consumed.get(0));
    chapter.line(
        "| %s | %s | %.2f | %s |",
        call.name(),
        series.stream()
            .map(each -> String.format(Locale.ROOT, "%.2f", each.median()))
            .collect(Collectors.joining(" | ")),
        growth.median(),
        consumed.stream().map(String::valueOf).collect(Collectors.joining(" | ")));
  }
}
