package ispcrm.bench.invoker;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the same user behind Spring Cloud Function's {@code FunctionInvoker} in a Spring Boot
 * application, as public samples do.
 *
 * @see <a
 *     href="https://docs.spring.io/spring-cloud-function/reference/adapters/aws-intro.html">Spring
 *     Cloud Function: AWS Lambda</a>
 */
@SpringBootApplication
public class InvokerApplication {

  public static void main(String[] arguments) {
    SpringApplication.run(InvokerApplication.class, arguments);
  }

  @Bean
  DynamoDbClient dynamoDb() {
    return DynamoDbClient.builder().httpClientBuilder(UrlConnectionHttpClient.builder()).build();
  }

  @Bean
  Function<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> getUser(
      DynamoDbClient dynamoDb) {
    JsonMapper json = new JsonMapper();
    String table = System.getenv("USERS_TABLE");
    return event -> {
      String key = "user#" + event.getPathParameters().get("id");
      Map<String, Object> data = new LinkedHashMap<>();
      dynamoDb
          .getItem(r -> r.tableName(table).key(Map.of("pk", AttributeValue.fromS(key))))
          .item()
          .forEach((name, value) -> data.put(name, value.s() == null ? value.n() : value.s()));
      return new APIGatewayProxyResponseEvent()
          .withStatusCode(data.isEmpty() ? 404 : 200)
          .withHeaders(Map.of("Content-Type", "application/json"))
          .withBody(json.writeValueAsString(Map.of("success", "true", "data", data)));
    };
  }
}
