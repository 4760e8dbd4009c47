package ispcrm.bench;

import ispcrm.access.Role;
import ispcrm.emulation.CallingToken;
import ispcrm.emulation.LambdaProcess;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.passwords.Passwords;
import ispcrm.profiles.ProfileRequest;
import ispcrm.profiles.Profiles;
import ispcrm.template.Template;
import ispcrm.tokens.IssuedToken;
import ispcrm.tokens.Tokens;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Creates the subjects to measure: the template's functions, each with an event that succeeds, and
 * the baselines for get-user. They share one DynamoDB Local, which contains the user and the token
 * in the events.
 */
final class Functions {
  /** The functions whose calls are most frequent. */
  static final List<String> MOST_USED =
      List.of(
          "authorizer",
          "authorize-subscriber",
          "create-user",
          "get-user",
          "list-users",
          "update-user");

  private static final String USER = "jonewe";

  /** The caller of the events, whose token a creation of tokens checks. */
  private static final String ADMIN = "admin";

  /** In its place, the events of the calls have a new text each time. */
  static final String NEW = "zt7633df";

  /** A patch that changes the user each time. */
  private static final String PATCH = "{\"status_reason\":\"" + NEW + "\"}";

  private static final JsonMapper JSON = new JsonMapper();

  /** When all subscribers expire. */
  static final String EXPIRATION = "2099-03-31";

  private final Template template;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private final IssuedToken issued =
      IssuedToken.issue(USER, null, Role.ADMIN.scopes(), USER, Instant.now(), Duration.ofDays(1));

  Functions(Template template, LocalDynamoDb dynamoDb) {
    this.template = template;
    environment.putAll(dynamoDb.environment());
    environment.put(
        LambdaProcess.MEMORY_SIZE, "" + template.functions().get("get-user").memorySize());
    template.functions().values().forEach(function -> environment.putAll(function.environment()));
    Users users = new Users(dynamoDb.client(), environment.get("USERS_TABLE"));
    User user = subscriber(USER, "Jon Ewe", "IZ1459296");
    users.create(user);
    users.update(
        user,
        user.withPassword(Instant.now(), Instant.now()),
        new Passwords(dynamoDb.client(), environment.get("PASSWORDS_TABLE")).set(USER, "secret"));
    new Profiles(dynamoDb.client(), environment.get("PROFILES_TABLE"))
        .create(
            new ProfileRequest(
                    Map.of(
                        "id",
                        10,
                        "name",
                        "100 Mbps",
                        "attributes",
                        Map.of("Mikrotik-Rate-Limit", "20M/100M")),
                    null)
                .apply(Instant.now()));
    users.create(
        new CreateUserRequest(Map.of("id", ADMIN, "role", "admin"))
            .toUser("", "C-" + ADMIN, Instant.now()));
    CallingToken.store(dynamoDb.client(), ADMIN);
    new Tokens(dynamoDb.client(), environment.get("TOKENS_TABLE"))
        .add(issued, users.unchanged(user));
  }

  /** All functions of the template. */
  List<Subject> all() {
    return new TreeSet<>(template.functions().keySet()).stream().map(this::of).toList();
  }

  /** The functions of {@link #MOST_USED}. */
  List<Subject> mostUsed() {
    return MOST_USED.stream().map(this::of).toList();
  }

  /** A function by the name of its module. */
  Subject of(String name) {
    Template.LambdaFunction function = template.functions().get(name);
    String event =
        switch (name) {
          case "authorizer" -> "bearer";
          case "not-found" -> "unknown-route";
          default -> "ok";
        };
    String expected =
        switch (name) {
          case "authorizer" -> "\"Effect\":\"Allow\"";
          case "bootstrap-admin" -> "\"token\":";
          case "expire-users" -> "\"expired\":";
          case "deliver-events" -> "\"batchItemFailures\":";
          case "send-deliveries" -> "\"delivered\":";
          case "create-token", "create-user", "create-webhook" -> "\"statusCode\":201";
          case "authorize-subscriber" -> "Cleartext-Password";
          case "not-found",
              "get-token",
              "revoke-token",
              "revoke-tokens-of-user",
              "delete-user",
              "get-webhook",
              "update-webhook",
              "delete-webhook",
              "test-webhook",
              "rotate-webhook-secret",
              "replay-webhook",
              "list-deliveries" ->
              "\"statusCode\":404";
          default -> "\"statusCode\":200";
        };
    try {
      String text =
          Files.readString(template.root().resolve("events/" + name + "/" + event + ".json"));
      if (name.equals("update-user")) {
        text = JSON.writeValueAsString(((ObjectNode) JSON.readTree(text)).put("body", PATCH));
      }
      if (name.equals("revoke-tokens-of-user") || name.equals("delete-user")) {
        // The token of the authorizer's event has to stay valid.
        text = text.replace(USER, "nobody");
      }
      return new Subject(
          name,
          template.root().resolve(function.codeUri()),
          function.handler(),
          text.replaceAll("ispcrm_[0-9A-Za-z]{49}", issued.secret().secret()),
          expected,
          Subject.merge(environment, function.environment()));
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  /** The same read without any framework. */
  Subject bare() {
    return bare("bare", environment);
  }

  /** The same without the template's options for Java, as in AWS's samples. */
  Subject bareWithoutOptions() {
    Map<String, String> sample = new LinkedHashMap<>(environment);
    sample.remove("JAVA_TOOL_OPTIONS");
    return bare("bare, no options", sample);
  }

  private Subject bare(String name, Map<String, String> environment) {
    return other(name, "bare", "ispcrm.bench.bare.BareHandler", environment);
  }

  /** Only Java and the runtime client. */
  Subject noop() {
    return other("no-op", "bare", "ispcrm.bench.bare.NoopHandler", environment);
  }

  private Subject other(
      String name, String module, String handler, Map<String, String> environment) {
    return new Subject(
        name,
        template.root().resolve("infra/bench/" + module + "/target/" + module + ".zip"),
        handler,
        of("get-user").event(),
        "200",
        environment);
  }

  /** A subscriber like the contract's example, with every field set, who does not expire. */
  static User subscriber(String id, String name, String customerId) {
    return new CreateUserRequest(
            Map.ofEntries(
                Map.entry("id", id),
                Map.entry("name", name),
                Map.entry("customer_id", customerId),
                Map.entry("expiration", EXPIRATION),
                Map.entry("activated_at", "2023-12-13"),
                Map.entry("mac", "AA:BB:CC:DD:EE:FF"),
                Map.entry("profile_id", 10),
                Map.entry("profile_name", "100 Mbps"),
                Map.entry("radius_id", 20)))
        .toUser("", "", Instant.parse("2023-12-13T13:38:27Z"));
  }
}
