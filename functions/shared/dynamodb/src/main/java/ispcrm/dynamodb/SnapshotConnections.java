package ispcrm.dynamodb;

import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * Closes each connection to DynamoDB after its call until Lambda has restored the function from a
 * SnapStart snapshot. Otherwise the snapshot would contain an open connection, which a restored
 * function would use until it fails. This also compiles the code that opens a connection, which the
 * first call after a restore needs.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-best-practices.html">Best
 *     practices for working with Lambda SnapStart</a>
 */
final class SnapshotConnections implements ExecutionInterceptor, Resource {
  private volatile boolean isRestored;

  private SnapshotConnections() {}

  /** Creates one for a client, which has to keep it alive: the context holds it weakly. */
  static SnapshotConnections register() {
    SnapshotConnections connections = new SnapshotConnections();
    Core.getGlobalContext().register(connections);
    return connections;
  }

  @Override
  public SdkHttpRequest modifyHttpRequest(
      software.amazon.awssdk.core.interceptor.Context.ModifyHttpRequest context,
      ExecutionAttributes attributes) {
    SdkHttpRequest request = context.httpRequest();
    return isRestored ? request : request.copy(copy -> copy.putHeader("Connection", "close"));
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {}

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    isRestored = true;
  }
}
