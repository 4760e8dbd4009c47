package ispcrm.bench.bare;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the user whose id is in the path, as get-user does, directly with the SDK. Its client
 * follows the SDK's guide for Lambda.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/lambda-optimize-starttime.html">Reduce
 *     SDK startup time for AWS Lambda</a>
 */
public final class BareHandler implements RequestStreamHandler {
  private final JsonMapper json = new JsonMapper();
  private final DynamoDbClient dynamoDb =
      DynamoDbClient.builder()
          .region(Region.of(System.getenv("AWS_REGION")))
          .credentialsProvider(EnvironmentVariableCredentialsProvider.create())
          .httpClientBuilder(UrlConnectionHttpClient.builder())
          .overrideConfiguration(
              configuration -> configuration.apiCallTimeout(Duration.ofSeconds(10)))
          .build();
  private final String table = System.getenv("USERS_TABLE");

  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    JsonNode event = json.readTree(in);
    String key = "user#" + event.at("/pathParameters/id").asString();
    Map<String, Object> data = new LinkedHashMap<>();
    dynamoDb
        .getItem(r -> r.tableName(table).key(Map.of("pk", AttributeValue.fromS(key))))
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
