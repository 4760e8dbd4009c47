package ispcrm.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * A connection whose client has a limited time for each request that it sends, from the first byte,
 * and for each response that it reads. Jetty's idle timeouts are not enough: they begin again with
 * each byte.
 */
final class TimedEndPoint extends SocketChannelEndPoint {
  private final Duration limit;
  private final AtomicReference<Scheduler.Task> deadline = new AtomicReference<>();

  TimedEndPoint(
      SocketChannel channel,
      ManagedSelector selector,
      SelectionKey key,
      Scheduler scheduler,
      Duration limit) {
    super(channel, selector, key, scheduler);
    this.limit = limit;
  }

  @Override
  public int fill(ByteBuffer buffer) throws IOException {
    int bytes = super.fill(buffer);
    if (bytes > 0 && deadline.get() == null) {
      startTime();
    }
    return bytes;
  }

  @Override
  public void write(Callback callback, ByteBuffer... buffers) {
    startTime();
    super.write(Callback.from(this::stopTime, callback), buffers);
  }

  @Override
  public void onClose(Throwable cause) {
    stopTime();
    super.onClose(cause);
  }

  private void startTime() {
    set(
        getScheduler()
            .schedule(
                // Like the end of a pause: a late body gets its 408, and nothing happens while a
                // complete request waits for its response.
                () -> onIdleExpired(new TimeoutException("no complete message in " + limit)),
                limit.toMillis(),
                TimeUnit.MILLISECONDS));
  }

  private void stopTime() {
    set(null);
  }

  private void set(Scheduler.Task next) {
    Scheduler.Task previous = deadline.getAndSet(next);
    if (previous != null) {
      previous.cancel();
    }
  }
}
