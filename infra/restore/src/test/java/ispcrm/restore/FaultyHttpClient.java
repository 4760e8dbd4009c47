package ispcrm.restore;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/**
 * Lets DynamoDB Local respond, or responds itself as DynamoDB would. It always responds to
 * UpdateContinuousBackups, which DynamoDB Local does not know.
 */
final class FaultyHttpClient implements SdkHttpClient {
  /** Lets every call through to DynamoDB Local. */
  static final Function<String, String> NO_FAULT = operation -> null;

  private final SdkHttpClient client = UrlConnectionHttpClient.create();
  private final List<String> operations = new CopyOnWriteArrayList<>();
  private volatile Function<String, String> fault = NO_FAULT;

  /**
   * Determines which calls from now on do not reach DynamoDB Local.
   *
   * @param newFault takes an operation such as PutItem, and returns the body of an error, or null
   *     to let the call through
   */
  void fail(Function<String, String> newFault) {
    fault = newFault;
    operations.clear();
  }

  /** The operations that were called since {@link #fail}. */
  List<String> operations() {
    return operations;
  }

  /** The body of an error without details. */
  static String error(String code) {
    return "{\"__type\":\"com.amazonaws.dynamodb.v20120810#" + code + "\",\"message\":\"no\"}";
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    String target = request.httpRequest().firstMatchingHeader("X-Amz-Target").orElseThrow();
    String operation = target.substring(target.indexOf('.') + 1);
    operations.add(operation);
    String error = fault.apply(operation);
    if (error == null && !operation.equals("UpdateContinuousBackups")) {
      return client.prepareRequest(request);
    }
    String body = error == null ? "{}" : error;
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() {
        return HttpExecuteResponse.builder()
            .response(SdkHttpResponse.builder().statusCode(error == null ? 200 : 400).build())
            .responseBody(
                AbortableInputStream.create(
                    new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))))
            .build();
      }

      @Override
      public void abort() {}
    };
  }

  @Override
  public String clientName() {
    return client.clientName();
  }

  @Override
  public void close() {
    client.close();
  }
}
