package ispcrm.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.sun.net.httpserver.HttpServer;
import ispcrm.runtime.UnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/** A response of DynamoDB that arrives cut, empty, malformed or without its checksum. */
class UnreadableResponseTest {
  private static final String ERROR =
      "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException\"}";

  private final Deque<String> bodies = new ArrayDeque<>();
  private int statusOfUnreadable;
  private int calls;
  private HttpServer server;
  private DynamoDbClient client;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          calls++;
          exchange.getRequestBody().readAllBytes();
          String text = bodies.size() > 1 ? bodies.poll() : bodies.peek();
          byte[] body = text.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.0");
          exchange.sendResponseHeaders(
              text.equals(ERROR) ? 400 : statusOfUnreadable, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    for (String name : List.of("aws.region", "aws.accessKeyId", "aws.secretAccessKey")) {
      System.setProperty(name, "us-east-1");
    }
    client =
        DynamoDb.client(
            Map.of("DYNAMODB_ENDPOINT", "http://127.0.0.1:" + server.getAddress().getPort()));
  }

  @AfterEach
  void stop() {
    client.close();
    server.stop(0);
  }

  static Stream<Arguments> unreadable() {
    return Stream.of(
        arguments(400, ""),
        arguments(400, "{"),
        arguments(400, "<html>"),
        arguments(400, "{\"__type\":\"com.amazon"),
        arguments(200, ""),
        arguments(200, "{}"));
  }

  @ParameterizedTest
  @MethodSource("unreadable")
  void unreadableOnce_isAskedForAgain(int status, String body) {
    statusOfUnreadable = status;
    bodies.addAll(List.of(body, ERROR));
    assertThat(catchThrowable(() -> DynamoDb.find(client, "table", "key", "value")))
        .isInstanceOf(ResourceNotFoundException.class);
    assertThat(calls).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("unreadable")
  void unreadableForGood_isUnavailable(int status, String body) {
    statusOfUnreadable = status;
    bodies.add(body);
    assertThatThrownBy(() -> DynamoDb.find(client, "table", "key", "value"))
        .isInstanceOf(UnavailableException.class);
    assertThat(calls).isEqualTo(4);
  }
}
