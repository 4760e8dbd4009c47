package ispcrm.dynamodb;

import java.io.ByteArrayInputStream;
import java.util.Iterator;
import java.util.List;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * The HTTP client of a function until Lambda has restored it from a SnapStart snapshot: it closes
 * each connection after its call, or gives canned responses to calls that only prime. A connection
 * saved in a snapshot is dead after the restore. After the restore, it does nothing but pass calls
 * on.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-best-practices.html">Best
 *     practices for working with Lambda SnapStart</a>
 */
public final class SnapshotHttpClient implements SdkHttpClient, Resource {
  private static final ThreadLocal<CannedResponses> RESPONSES = new ThreadLocal<>();
  private static final ThreadLocal<Boolean> KEEPS_CONNECTION = ThreadLocal.withInitial(() -> false);

  private final SdkHttpClient http;
  private volatile boolean isRestored;

  private SnapshotHttpClient(SdkHttpClient http) {
    this.http = http;
  }

  /** Creates one for a client, which has to keep it alive: the context holds it weakly. */
  public static SdkHttpClient register(SdkHttpClient http) {
    SnapshotHttpClient client = new SnapshotHttpClient(http);
    Core.getGlobalContext().register(client);
    return client;
  }

  /** Responds to the calls that this thread makes meanwhile. */
  static void respond(List<CannedResponse> responses, Runnable calls) {
    RESPONSES.set(new CannedResponses(responses.iterator()));
    try {
      calls.run();
    } finally {
      RESPONSES.remove();
    }
  }

  /** Keeps the connection of this thread's calls open, for a further call that closes it. */
  static void keepConnection(Runnable calls) {
    KEEPS_CONNECTION.set(true);
    try {
      calls.run();
    } finally {
      KEEPS_CONNECTION.remove();
    }
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    if (isRestored) {
      return http.prepareRequest(request);
    }
    CannedResponses responses = RESPONSES.get();
    if (responses != null) {
      return new Canned(responses.to(request.httpRequest()));
    }
    return http.prepareRequest(KEEPS_CONNECTION.get() ? request : closing(request));
  }

  @Override
  public String clientName() {
    return http.clientName();
  }

  @Override
  public void close() {
    http.close();
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {}

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    isRestored = true;
  }

  private static HttpExecuteRequest closing(HttpExecuteRequest request) {
    SdkHttpRequest closing = request.httpRequest().copy(c -> c.putHeader("Connection", "close"));
    HttpExecuteRequest.Builder builder = HttpExecuteRequest.builder().request(closing);
    request.contentStreamProvider().ifPresent(builder::contentStreamProvider);
    request.metricCollector().ifPresent(builder::metricCollector);
    return builder.build();
  }

  /** Responses in order, each also for further attempts of the call that it responds to. */
  private static final class CannedResponses {
    private final Iterator<CannedResponse> following;
    private CannedResponse current;

    CannedResponses(Iterator<CannedResponse> following) {
      this.following = following;
    }

    CannedResponse to(SdkHttpRequest request) {
      boolean isFirstAttempt =
          request.firstMatchingHeader("amz-sdk-request").orElse("").startsWith("attempt=1;");
      if (isFirstAttempt) {
        current = following.next();
      }
      return current;
    }
  }

  private record Canned(CannedResponse response) implements ExecutableHttpRequest {

    @Override
    public HttpExecuteResponse call() {
      return HttpExecuteResponse.builder()
          .response(response.head())
          .responseBody(AbortableInputStream.create(new ByteArrayInputStream(response.body())))
          .build();
    }

    @Override
    public void abort() {}
  }
}
