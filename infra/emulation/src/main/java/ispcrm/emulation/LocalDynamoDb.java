package ispcrm.emulation;

import ispcrm.template.Permission;
import ispcrm.template.Template;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs DynamoDB Local in this process, with the template's tables, on a free port of the loopback
 * interface. Like IAM, it denies any call by one of the template's functions that the function's
 * policies do not allow, with their effects and conditions. DynamoDB Local's own server is not
 * used, because it listens on every address and sends telemetry.
 */
public final class LocalDynamoDb implements AutoCloseable {
  private static final String REGION = "us-east-1";
  private static final String ACCESS_KEY = "local";
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * Lambda's call that invokes a function, with the ARN of an alias.
   *
   * @see <a href="https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html">Invoke</a>
   */
  private static final Pattern INVOCATION =
      Pattern.compile("/2015-03-31/functions/(\\w+)\\.Arn:live/invocations");

  /** The file in which DynamoDB Local keeps the data. */
  private static final String FILE = "shared-local-instance.db";

  private static final String CHECKSUM = "x-amz-crc32";
  private static final Duration SLOW = Duration.ofMillis(500);
  private static final Duration HANG = Duration.ofSeconds(10);

  /** Its faults are returned to the caller; the stack traces in its log would hide the message. */
  private static final Logger SQLITE = Logger.getLogger("com.almworks.sqlite4java");

  static {
    // DynamoDB Local sets the level.
    SQLITE.setFilter(record -> false);
  }

  private final Server server = new Server();
  private final LocalDynamoDBServerHandler handler;
  private final URI endpoint;
  private final DynamoDbClient client;
  private volatile Consumer<Call> listener = call -> {};
  private volatile BiConsumer<String, String> invocations = (function, event) -> {};
  private volatile Predicate<Call> lost = call -> false;
  private volatile Function<Call, Optional<Fault>> faults = call -> Optional.empty();

  private LocalDynamoDb(Template template, Path folder) throws Exception {
    ServerConnector loopback = new ServerConnector(server);
    loopback.setHost("127.0.0.1");
    server.addConnector(loopback);
    PolicyGate gate = new PolicyGate(template);
    RequiredPermissions permissions = new RequiredPermissions(template);
    if (folder != null) {
      OwnerOnly.create(folder.resolve(FILE));
    }
    handler =
        new LocalDynamoDBServerHandler(
            new LocalDynamoDBRequestHandler(
                0, folder == null, folder == null ? null : folder.toString(), true, false),
            null);
    server.setHandler(
        new Handler.Wrapper(handler) {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws Exception {
            byte[] body = Content.Source.asInputStream(request).readAllBytes();
            Matcher invocation = INVOCATION.matcher(request.getHttpURI().getDecodedPath());
            Call call =
                invocation.matches()
                    ? Call.ofInvocation(request, invocation.group(1))
                    : Call.of(request, body, permissions);
            listener.accept(call);
            Optional<Permission> denied = gate.firstDenied(call);
            if (denied.isPresent()) {
              response.setStatus(invocation.matches() ? 403 : 400);
              Content.Sink.write(response, true, accessDenied(denied.get()), callback);
              return true;
            }
            if (invocation.matches()) {
              invocations.accept(
                  template.functionOf(invocation.group(1)),
                  new String(body, StandardCharsets.UTF_8));
              response.setStatus(202);
              Content.Sink.write(response, true, "", callback);
              return true;
            }
            Optional<Fault> fault = faults.apply(call);
            if (fault.isPresent() && isInsteadOfCall(fault.get(), request, response, callback)) {
              return true;
            }
            return super.handle(
                withBody(request, body),
                losable(call, fault.orElse(null), request, response),
                callback);
          }
        });
    server.start();
    endpoint = URI.create("http://127.0.0.1:" + loopback.getLocalPort());
    client = build(DynamoDbClient.builder());
  }

  /**
   * Starts DynamoDB Local and creates the tables that do not exist yet.
   *
   * @param folder the folder that keeps the data, readable by its owner only, or null to keep it in
   *     memory
   */
  public static LocalDynamoDb start(Template template, Path folder) {
    try {
      LocalDynamoDb dynamoDb = new LocalDynamoDb(template, folder);
      List<String> existing = dynamoDb.client.listTables().tableNames();
      template
          .tables()
          .forEach(
              (name, properties) -> {
                if (!existing.contains(name)) {
                  dynamoDb.client.createTable(Tables.toCreateTableRequest(name, properties));
                }
              });
      return dynamoDb;
    } catch (Exception cause) {
      throw new IllegalStateException("DynamoDB Local does not start", cause);
    }
  }

  /**
   * Also listens on another address, for containers, which cannot reach the loopback interface.
   *
   * @throws IOException if it cannot listen on this address
   */
  public void listenAt(String host, int port) throws IOException {
    ServerConnector connector = new ServerConnector(server);
    connector.setHost(host);
    connector.setPort(port);
    connector.open();
    server.addConnector(connector);
    try {
      connector.start();
    } catch (Exception cause) {
      throw new IllegalStateException("DynamoDB Local does not listen", cause);
    }
  }

  private <C> C build(AwsClientBuilder<?, C> builder) {
    return builder
        .endpointOverride(endpoint)
        .region(Region.of(REGION))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, ACCESS_KEY)))
        .build();
  }

  /** A client for the streams of the tables, which its caller closes. */
  public DynamoDbStreamsClient streams() {
    return build(DynamoDbStreamsClient.builder());
  }

  /** A client for tests and set-up; functions create their own. */
  public DynamoDbClient client() {
    return client;
  }

  /** Passes every call from now on to a listener, before the call is executed. */
  public void listen(Consumer<Call> newListener) {
    listener = newListener;
  }

  /**
   * Also stands in for Lambda: accepts the invocations of functions by functions, which do not wait
   * for them.
   *
   * @param newInvocations gets the name of the function, such as send-deliveries, and the event
   */
  public void invokeWith(BiConsumer<String, String> newInvocations) {
    invocations = newInvocations;
  }

  /**
   * Loses some responses from now on: the connection is closed before the caller receives anything.
   *
   * @param newLost whether the response to a call is lost; asked once for each call, after the call
   *     was executed
   */
  public void loseResponses(Predicate<Call> newLost) {
    lost = newLost;
  }

  /**
   * Causes faults from now on.
   *
   * @param newFaults the fault that a call has, asked once for each call before it is executed
   */
  public void causeFaults(Function<Call, Optional<Fault>> newFaults) {
    faults = newFaults;
  }

  /** Responds to a call that its fault keeps from being carried out. */
  private static boolean isInsteadOfCall(
      Fault fault, Request request, Response response, Callback callback) throws Exception {
    if (fault.status().isPresent()) {
      response.setStatus(fault.status().get());
      Content.Sink.write(response, true, fault.error(), callback);
      return true;
    }
    if (fault == Fault.SLOW) {
      Thread.sleep(SLOW.toMillis());
    }
    if (fault == Fault.HANG) {
      Thread.sleep(HANG.toMillis());
    }
    if (fault == Fault.HANG || fault == Fault.RESET) {
      disconnect(request);
      callback.succeeded();
      return true;
    }
    return false;
  }

  private static void disconnect(Request request) {
    request.getConnectionMetaData().getConnection().getEndPoint().close();
  }

  private Response losable(Call call, Fault fault, Request request, Response response) {
    return new Response.Wrapper(request, response) {
      private boolean isFirst = true;
      private boolean isLost;

      @Override
      public void write(boolean last, ByteBuffer content, Callback callback) {
        if (isFirst) {
          isFirst = false;
          isLost = fault == Fault.LOST_RESPONSE || lost.test(call);
          if (fault == Fault.WRONG_CHECKSUM) {
            getHeaders().put(CHECKSUM, "1");
          }
          if (fault == Fault.MISSING_CHECKSUM) {
            getHeaders().remove(CHECKSUM);
          }
          Optional<String> body = body(fault);
          if (body.isPresent()) {
            isLost = true;
            getHeaders().remove(HttpHeader.CONTENT_LENGTH);
            super.write(
                true, ByteBuffer.wrap(body.get().getBytes(StandardCharsets.UTF_8)), callback);
            return;
          }
          if (fault == Fault.CUT_RESPONSE) {
            isLost = true;
            ByteBuffer half = content.slice(content.position(), content.remaining() / 2);
            super.write(false, half, Callback.from(() -> disconnect(request)));
            callback.succeeded();
            return;
          }
        }
        if (isLost) {
          if (fault == null || fault == Fault.LOST_RESPONSE) {
            disconnect(request);
          }
          callback.succeeded();
        } else {
          super.write(last, content, callback);
        }
      }
    };
  }

  /** What a fault leaves of the body of a response. */
  private static Optional<String> body(Fault fault) {
    if (fault == Fault.EMPTY_RESPONSE) {
      return Optional.of("");
    }
    if (fault == Fault.MALFORMED_RESPONSE) {
      return Optional.of("{\"Item\":");
    }
    return fault == Fault.MISSING_CHECKSUM ? Optional.of("{}") : Optional.empty();
  }

  /** DynamoDB's response to a call that IAM does not allow. */
  private static String accessDenied(Permission denied) {
    return """
        {"__type":"com.amazon.coral.service#AccessDeniedException",\
        "message":"User is not authorized to perform: %s on resource: %s"}"""
        .formatted(denied.action(), denied.resource());
  }

  private static Request withBody(Request request, byte[] body) {
    Content.Source content = Content.Source.from(ByteBuffer.wrap(body));
    return new Request.Wrapper(request) {
      @Override
      public Content.Chunk read() {
        return content.read();
      }

      @Override
      public void demand(Runnable task) {
        content.demand(task);
      }
    };
  }

  /**
   * A call as received over HTTP.
   *
   * @param operation such as GetItem
   * @param accessKey the access key that signed it
   * @param function the name of the function that made it, such as get-user; empty if no function
   *     did
   * @param connection a different one for each connection, unlike the address of its client, which
   *     the operating system may use again
   * @param server the address that the caller connected to
   * @param required the permissions that the caller must have, each with the values of IAM's
   *     condition keys
   */
  public record Call(
      String operation,
      String accessKey,
      String function,
      String connection,
      SocketAddress server,
      Map<Permission, Map<String, Set<String>>> required) {
    private static final Pattern APPLICATION = Pattern.compile("\\bapp/([a-z-]+)");

    /** The permissions that the caller must have. */
    public Set<Permission> requiredPermissions() {
      return required.keySet();
    }

    private static Call of(Request request, byte[] body, RequiredPermissions permissions) {
      String target = header(request, "X-Amz-Target");
      String operation = target.substring(target.indexOf('.') + 1);
      return of(request, operation, permissions.of(operation, JSON.readTree(body)));
    }

    private static Call ofInvocation(Request request, String function) {
      Permission permission = new Permission("lambda:InvokeFunction", function + ":live");
      return of(request, "Invoke", Map.of(permission, Map.of()));
    }

    private static Call of(
        Request request, String operation, Map<Permission, Map<String, Set<String>>> required) {
      String credential = header(request, "Authorization").replaceFirst(".*Credential=", "");
      Matcher application = APPLICATION.matcher(header(request, "User-Agent"));
      return new Call(
          operation,
          credential.replaceFirst("/.*", ""),
          application.find() ? application.group(1) : "",
          request.getConnectionMetaData().getId(),
          request.getConnectionMetaData().getLocalSocketAddress(),
          required);
    }

    private static String header(Request request, String name) {
      String value = request.getHeaders().get(name);
      return value == null ? "" : value;
    }
  }

  /** The environment variables that direct a process's AWS SDK to this DynamoDB. */
  public Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL_DYNAMODB", endpoint.toString(),
        "AWS_ENDPOINT_URL_LAMBDA", endpoint.toString(),
        "AWS_REGION", REGION,
        "AWS_ACCESS_KEY_ID", ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY", ACCESS_KEY);
  }

  /** Directs the AWS SDK clients that this process creates from now on to this DynamoDB. */
  public void useInThisProcess() {
    System.setProperty("aws.endpointUrlDynamoDb", endpoint.toString());
    System.setProperty("aws.endpointUrlLambda", endpoint.toString());
    System.setProperty("aws.region", REGION);
    System.setProperty("aws.accessKeyId", ACCESS_KEY);
    System.setProperty("aws.secretAccessKey", ACCESS_KEY);
  }

  @Override
  public void close() {
    try {
      client.close();
      server.stop();
      handler.close();
    } catch (Exception cause) {
      throw new IllegalStateException("DynamoDB Local does not stop", cause);
    }
  }
}
