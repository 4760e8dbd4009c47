package ispcrm.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class SnapshotHttpClientTest {
  /** An address at which nothing listens. */
  private static final URI NOWHERE = URI.create("http://127.0.0.1:1");

  private final SdkHttpClient client =
      SnapshotHttpClient.register(UrlConnectionHttpClient.create());

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void furtherAttemptsOfACallGetItsResponseAgain() {
    CannedResponse item = CannedResponse.item(Map.of("id", AttributeValue.fromS("1")));
    List<String> responses = new ArrayList<>();
    SnapshotHttpClient.respond(
        List.of(item, CannedResponse.EMPTY),
        () -> {
          responses.add(call("attempt=1; max=4"));
          responses.add(call("attempt=2; max=4"));
          responses.add(call("attempt=1; max=4"));
        });
    String found = "{\"Item\":{\"id\":{\"S\":\"1\"}}}";
    assertThat(responses).containsExactly(found, found, "{}");
  }

  @Test
  void callsAreSentUnlessTheyAreCanned() {
    SnapshotHttpClient.respond(List.of(CannedResponse.EMPTY), () -> call("attempt=1; max=4"));
    assertThatThrownBy(() -> call("attempt=1; max=4"))
        .hasRootCauseInstanceOf(ConnectException.class);
  }

  private String call(String attempt) {
    SdkHttpRequest request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(NOWHERE)
            .putHeader("amz-sdk-request", attempt)
            .build();
    try {
      return new String(
          client
              .prepareRequest(HttpExecuteRequest.builder().request(request).build())
              .call()
              .responseBody()
              .orElseThrow()
              .readAllBytes(),
          StandardCharsets.UTF_8);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }
}
