package ispcrm.bench.bare;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.crac.Core;
import org.crac.Resource;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the user whose id is in the path, as get-user does, directly with the SDK. Its client
 * follows the SDK's guide for Lambda. Before a SnapStart snapshot, it is primed with one call, as
 * in AWS's samples.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/lambda-optimize-starttime.html">Reduce
 *     SDK startup time for AWS Lambda</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-best-practices.html">Maximize
 *     Lambda SnapStart performance</a>
 */
public final class BareHandler implements RequestStreamHandler, Resource {
  private static final String PRIMING_EVENT = "{\"pathParameters\":{\"id\":\"priming\"}}";

  private final JsonMapper json = new JsonMapper();
  private final DynamoDbClient dynamoDb =
      DynamoDbClient.builder()
          .region(Region.of(System.getenv("AWS_REGION")))
          .credentialsProvider(credentials())
          .httpClientBuilder(UrlConnectionHttpClient.builder())
          .overrideConfiguration(
              configuration -> configuration.apiCallTimeout(Duration.ofSeconds(10)))
          .build();
  private final String table = System.getenv("USERS_TABLE");

  public BareHandler() {
    Core.getGlobalContext().register(this);
  }

  /** SnapStart provides credentials through an endpoint instead of the environment. */
  private static AwsCredentialsProvider credentials() {
    return System.getenv("AWS_ACCESS_KEY_ID") == null
        ? ContainerCredentialsProvider.create()
        : EnvironmentVariableCredentialsProvider.create();
  }

  @Override
  public void beforeCheckpoint(org.crac.Context<? extends Resource> context) throws IOException {
    handleRequest(
        new ByteArrayInputStream(PRIMING_EVENT.getBytes(StandardCharsets.UTF_8)),
        new ByteArrayOutputStream(),
        null);
  }

  @Override
  public void afterRestore(org.crac.Context<? extends Resource> context) {}

  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    JsonNode event = json.readTree(in);
    String key = "user#" + event.at("/pathParameters/id").asString();
    Map<String, Object> data = new LinkedHashMap<>();
    dynamoDb
        .getItem(
            r ->
                r.tableName(table)
                    .key(Map.of("pk", AttributeValue.fromS(key)))
                    .consistentRead(true))
        .item()
        .forEach((name, value) -> data.put(name, value.s() == null ? value.n() : value.s()));
    String body = json.writeValueAsString(Map.of("success", "true", "data", data));
    out.write(
        json.writeValueAsBytes(
            Map.of(
                "statusCode",
                data.isEmpty() ? 404 : 200,
                "headers",
                Map.of("Content-Type", "application/json"),
                "body",
                body)));
  }
}
