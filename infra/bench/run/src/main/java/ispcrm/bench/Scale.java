package ispcrm.bench;

import ispcrm.emulation.LambdaProcess;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.gateway.Cursors;
import ispcrm.template.Template;
import ispcrm.users.DynamoDbUsers;
import ispcrm.users.Status;
import ispcrm.users.User;
import ispcrm.users.UserField;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Measures time and capacity units of calls with few and with many users in the table. */
final class Scale {
  private static final int WARM_UP = 100;
  private static final int CALLS = 200;

  /** Making users due again takes longer than the run that is measured. */
  private static final int EXPIRY_WARM_UP = 20;

  private static final int EXPIRY_CALLS = 50;
  private static final int DUE = 10;
  private static final int PAGE = 50;
  private static final JsonMapper JSON = new JsonMapper();

  private final Template template;
  private final List<Integer> sizes;

  Scale(Template template, Options options) {
    this.template = template;
    sizes = List.of(1_000, 30_000, options.users());
  }

  /** DynamoDB Local with this many users. */
  private record Store(
      int users, LocalDynamoDb dynamoDb, Functions functions, LocalLambda lambda, String table) {}

  /**
   * A call that is measured.
   *
   * @param subject creates the subject from the store's functions and the number of users
   * @param preparation is done before each call, and is not measured
   */
  private record Case(
      String name,
      String function,
      BiFunction<Functions, Integer, Subject> subject,
      Consumer<Store> preparation) {

    Case(String name, String function, BiFunction<Functions, Integer, Subject> subject) {
      this(name, function, subject, store -> {});
    }

    int warmUp() {
      return isExpiry() ? EXPIRY_WARM_UP : WARM_UP;
    }

    int calls() {
      return isExpiry() ? EXPIRY_CALLS : CALLS;
    }

    private boolean isExpiry() {
      return function.equals("expire-users");
    }
  }

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
        page(
            "page with status=suspended",
            users -> Map.of("status", "suspended"),
            users -> (PAGE - 1) * BulkLoader.RARE));
    cases.add(page("page with q=user00000", users -> Map.of("q", "user00000"), users -> 49));
    cases.add(
        page("page with name", users -> Map.of("name", "SUBSCRIBER 00000"), users -> PAGE - 1));
    cases.add(
        page(
            "page with mac",
            users -> Map.of("mac", BulkLoader.mac(users / 2)),
            users -> users / 2));
    cases.add(
        page(
            "page with profile_id",
            users -> Map.of("profile_id", "" + BulkLoader.profileId(users / 2)),
            users -> BulkLoader.lastOfProfile(users / 2, PAGE)));
    cases.add(
        page(
            "page with radius_id",
            users -> Map.of("radius_id", "" + BulkLoader.radiusId(users / 2)),
            users -> users / 2));
    // jonewe is the first of these two. Of every ten others, the first is suspended: 49 are active.
    cases.add(
        page(
            "page with expires_before",
            users -> Map.of("expires_before", "2100-01-01"),
            users -> 54));
    cases.add(
        page(
            "page with updated_since",
            users -> Map.of("updated_since", "2023-01-01"),
            users -> PAGE - 2));
    cases.add(
        new Case("create-user", "create-user", (functions, users) -> functions.of("create-user")));
    cases.add(
        new Case("update-user", "update-user", (functions, users) -> functions.of("update-user")));
    cases.add(
        new Case(
            "expire-users with " + DUE + " due",
            "expire-users",
            (functions, users) -> functions.of("expire-users"),
            Scale::makeDue));
    return cases;
  }

  /** Makes some active users due whom the last run set to expired. */
  private static void makeDue(Store store) {
    DynamoDbUsers users = new DynamoDbUsers(store.dynamoDb().client(), store.table());
    for (int place = 1; place <= DUE; place++) {
      User user = users.find(BulkLoader.username(place)).orElseThrow();
      User due =
          user.toBuilder()
              .set(UserField.STATUS, Status.ACTIVE)
              .set(UserField.EXPIRATION, Instant.parse("2024-01-01T00:00:00Z"))
              .set(UserField.UPDATED_AT, Instant.parse("2023-12-13T13:38:27Z"))
              .build();
      if (!users.update(user, due).isEmpty()) {
        throw new IllegalStateException(user.id());
      }
    }
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
          Capacity units are those that it reports for `ReturnConsumedCapacity`: read units, write units for create-user,
          and both for update-user and expire-users. One
          user in %d is suspended; q=user00000 matches 100 users, and so does a profile. Of expire-users, %d runs after %d warm-up
          runs are measured; before each of them, ten users are made due. Loading took:
          """,
          CALLS, WARM_UP, BulkLoader.RARE, EXPIRY_CALLS, EXPIRY_WARM_UP);
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
    String table = template.functions().get("expire-users").environment().get("USERS_TABLE");
    return new Store(users, dynamoDb, functions, lambda, table);
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
        call.preparation().accept(store);
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
      for (int round = 0; round < call.warmUp() + call.calls(); round++) {
        List<Store> order = new ArrayList<>(stores);
        Collections.rotate(order, round);
        for (Store store : order) {
          Subject subject = call.subject().apply(store.functions(), store.users());
          call.preparation().accept(store);
          double time = subject.call(processes.get(store));
          if (round >= call.warmUp()) {
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
