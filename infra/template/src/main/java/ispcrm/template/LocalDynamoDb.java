package ispcrm.template;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

/**
 * DynamoDB Local in this process, on a free port of the loopback, with the template's tables. Its
 * own server is not used: that one listens on every address and sends telemetry.
 */
public final class LocalDynamoDb implements AutoCloseable {
  private static final String REGION = "us-east-1";
  private static final String ACCESS_KEY = "local";

  private final Server server = new Server();
  private final LocalDynamoDBServerHandler handler;
  private final URI endpoint;
  private final DynamoDbClient client;
  private volatile Consumer<Call> listener = call -> {};

  private LocalDynamoDb(Path folder) throws Exception {
    ServerConnector loopback = new ServerConnector(server);
    loopback.setHost("127.0.0.1");
    server.addConnector(loopback);
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
            listener.accept(Call.of(request));
            return super.handle(request, response, callback);
          }
        });
    server.start();
    endpoint = URI.create("http://127.0.0.1:" + loopback.getLocalPort());
    client =
        DynamoDbClient.builder()
            .endpointOverride(endpoint)
            .region(Region.of(REGION))
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(ACCESS_KEY, ACCESS_KEY)))
            .httpClient(UrlConnectionHttpClient.create())
            .build();
  }

  /**
   * Starts it and makes the tables that are not there yet.
   *
   * @param folder where the data is kept, or null to keep it in memory
   */
  public static LocalDynamoDb start(Template template, Path folder) {
    try {
      LocalDynamoDb dynamoDb = new LocalDynamoDb(folder);
      for (CreateTableRequest table : template.tables()) {
        if (!dynamoDb.client.listTables().tableNames().contains(table.tableName())) {
          dynamoDb.client.createTable(table);
        }
      }
      return dynamoDb;
    } catch (Exception cause) {
      throw new IllegalStateException("DynamoDB Local does not start", cause);
    }
  }

  /** A client to it, for looking and preparing; functions make their own. */
  public DynamoDbClient client() {
    return client;
  }

  /** Tells of every call from now on, before it is answered. */
  public void listen(Consumer<Call> calls) {
    listener = calls;
  }

  /**
   * A call as it came over the wire.
   *
   * @param operation such as GetItem
   * @param accessKey what it was signed with
   */
  public record Call(String operation, String accessKey) {

    private static Call of(Request request) {
      String target = header(request, "X-Amz-Target");
      String credential = header(request, "Authorization").replaceFirst(".*Credential=", "");
      return new Call(
          target.substring(target.indexOf('.') + 1), credential.replaceFirst("/.*", ""));
    }

    private static String header(Request request, String name) {
      String value = request.getHeaders().get(name);
      return value == null ? "" : value;
    }
  }

  /** The environment that leads a process with an AWS SDK here. */
  public Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL_DYNAMODB", endpoint.toString(),
        "AWS_REGION", REGION,
        "AWS_ACCESS_KEY_ID", ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY", ACCESS_KEY);
  }

  /** Leads the AWS SDK clients that this process makes from now on here. */
  public void useInThisProcess() {
    System.setProperty("aws.endpointUrlDynamoDb", endpoint.toString());
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
