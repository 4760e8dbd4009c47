package ispcrm.local;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Runs the API on this machine; bare {@code mvn} starts it. It listens on the loopback interface
 * only. The environment variable PORT is its port (default 3000, or 0 for any free port).
 * ISPCRM_DATA is the folder that keeps its data; without it the data is lost at the end.
 * ISPCRM_DYNAMODB is a further address on which DynamoDB listens, for {@code sam local}. With
 * ISPCRM_THROTTLE=on, the rate limits of a deployed stage apply.
 */
public final class LocalApi implements AutoCloseable {
  private static final String DEFAULT_PORT = "3000";
  private static final Duration INTERVAL = Duration.ofMinutes(1);
  private static final String ORIGIN = "https?://[a-z0-9.-]+(:[0-9]{1,5})?";
  private static final Pattern ORIGINS = Pattern.compile(ORIGIN + "(," + ORIGIN + ")*");
  private static final Pattern HOST_AND_PORT = Pattern.compile("(.+):([0-9]{1,5})");

  private final LocalGateway gateway;
  private final LocalDynamoDb dynamoDb;
  private final String token;
  private final List<AutoCloseable> invokers;

  private LocalApi(
      LocalGateway gateway, LocalDynamoDb dynamoDb, String token, List<AutoCloseable> invokers) {
    this.gateway = gateway;
    this.dynamoDb = dynamoDb;
    this.token = token;
    this.invokers = invokers;
  }

  public static void main(String[] arguments) throws Exception {
    String port = System.getenv().getOrDefault("PORT", DEFAULT_PORT);
    String data = System.getenv("ISPCRM_DATA");
    String shared = System.getenv("ISPCRM_DYNAMODB");
    LocalApi api;
    try {
      Matcher address = HOST_AND_PORT.matcher(shared == null ? "" : shared);
      if (shared != null && !address.matches()) {
        throw new CannotStartException(
            "ISPCRM_DYNAMODB must be a host and a port such as 172.17.0.1:8000, not "
                + shared
                + ".");
      }
      api =
          start(
              port(port),
              data == null ? null : Path.of(data).toAbsolutePath(),
              isThrottled(System.getenv("ISPCRM_THROTTLE")),
              origins(System.getenv("ISPCRM_CORS")));
      if (shared != null) {
        api.shareDynamoDb(address.group(1), Integer.parseInt(address.group(2)));
      }
    } catch (CannotStartException e) {
      System.err.println(e.getMessage());
      System.exit(1);
      return;
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(1);
      return;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(api::close));
    System.out.println(api.welcome(data));
    api.gateway.join();
  }

  /**
   * Starts the API with the sample users and an administrator.
   *
   * @param data the folder that keeps the data, or null
   * @throws CannotStartException if the port or the folder cannot be used
   */
  public static LocalApi start(int port, Path data) throws Exception {
    return start(port, data, false, "");
  }

  /**
   * @param origins the origins whose web pages may call the API, separated by commas
   */
  static LocalApi start(int port, Path data, boolean isThrottled, String origins) throws Exception {
    if (data != null) {
      try {
        Files.createDirectories(data);
      } catch (IOException e) {
        throw new CannotStartException(
            "The folder ISPCRM_DATA cannot be created: " + e.getMessage() + ".");
      }
    }
    LocalGateway gateway = LocalGateway.listen(port);
    Template template =
        Template.load(
            Map.of(
                "BaseUrl",
                gateway.address().toString(),
                "Release",
                "local",
                "CorsOrigins",
                origins,
                "LoopbackWebhooks",
                "true"));
    try {
      return start(gateway, template, data, isThrottled);
    } catch (IllegalStateException | SdkException e) {
      if (data == null) {
        throw e;
      }
      throw new CannotStartException(
          "The data in "
              + data
              + " cannot be read: restore the folder, or set ISPCRM_DATA to another one. ("
              + rootCause(e)
              + ")");
    }
  }

  private static LocalApi start(
      LocalGateway gateway, Template template, Path data, boolean isThrottled) throws Exception {
    LocalDynamoDb dynamoDb = LocalDynamoDb.start(template, data);
    dynamoDb.useInThisProcess();
    LocalLambda lambda = new LocalLambda(template);
    SampleUsers.add(dynamoDb.client(), template);
    gateway.start(template, lambda, isThrottled);
    String token = AdminToken.loadOrIssue(lambda, gateway.address(), data);
    return new LocalApi(
        gateway,
        dynamoDb,
        token,
        List.of(
            Schedule.start(lambda, "expire-users", INTERVAL),
            Schedule.start(lambda, "deliver-events", INTERVAL),
            HistoryStream.start(lambda, dynamoDb, data),
            Senders.start(lambda, dynamoDb)));
  }

  private static String rootCause(Throwable fault) {
    return fault.getCause() == null ? fault.toString() : rootCause(fault.getCause());
  }

  /** The address that all paths are appended to, without a trailing slash. */
  public URI address() {
    return gateway.address();
  }

  /** An administrator's token. */
  public String token() {
    return token;
  }

  @Override
  public void close() {
    for (AutoCloseable invoker : invokers) {
      try {
        invoker.close();
      } catch (Exception e) {
        System.err.println("Something does not stop: " + e);
      }
    }
    gateway.close();
    dynamoDb.close();
  }

  /** Makes DynamoDB available to the containers of {@code sam local} too. */
  private void shareDynamoDb(String host, int port) throws CannotStartException {
    try {
      dynamoDb.listenAt(host, port);
    } catch (IOException | IllegalArgumentException e) {
      throw new CannotStartException(
          "DynamoDB cannot listen on ISPCRM_DYNAMODB: " + e.getMessage() + ".");
    }
  }

  private static boolean isThrottled(String text) throws CannotStartException {
    if (text == null || text.equals("on")) {
      return text != null;
    }
    throw new CannotStartException("ISPCRM_THROTTLE must be on or not set, not " + text + ".");
  }

  private static String origins(String text) throws CannotStartException {
    if (text == null || ORIGINS.matcher(text).matches()) {
      return text == null ? "" : text;
    }
    throw new CannotStartException(
        "ISPCRM_CORS must be origins such as http://localhost:5173, separated by commas, not "
            + text
            + ".");
  }

  private static int port(String text) throws CannotStartException {
    try {
      int port = Integer.parseInt(text);
      if (port >= 0 && port <= 65535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Reported below, like a number out of range.
    }
    throw new CannotStartException("PORT must be a number from 0 to 65535, not " + text + ".");
  }

  private String welcome(String data) {
    return """

        The ISPCRM API is running at %1$s; press Ctrl-C to stop it.
        %3$s

        Administrators create tokens on this page:
          %1$s/Admin/getToken

        To try the API, paste this administrator's token and these three calls into a shell:
          export TOKEN=%2$s
          curl -H "Authorization: Bearer $TOKEN" %1$s/api/v1
          curl -H "X-Auth-Token: $TOKEN" '%1$s/api/v1/users?status=active'
          curl -X POST -d '{"ID":"jonmt", "version":"v1"}' -H "X-Auth-Token: $TOKEN" %1$s/api/v1/users
        """
        .formatted(
            address(),
            token,
            data == null
                ? "Its data is lost when it stops; set ISPCRM_DATA to a folder to keep it."
                : "Its data is kept in " + data + ".");
  }
}
