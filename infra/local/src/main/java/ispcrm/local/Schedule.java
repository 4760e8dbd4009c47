package ispcrm.local;

import ispcrm.emulation.LocalLambda;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Invokes a function again and again, as a rule of EventBridge does in an AWS account. */
final class Schedule implements AutoCloseable {
  private final String function;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread daemon = new Thread(task, "schedule");
            daemon.setDaemon(true);
            return daemon;
          });

  private Schedule(String function) {
    this.function = function;
  }

  static Schedule start(LocalLambda lambda, String function, Duration interval) {
    Schedule schedule = new Schedule(function);
    var unused =
        schedule.thread.scheduleWithFixedDelay(
            () -> schedule.invoke(lambda),
            interval.toMillis(),
            interval.toMillis(),
            TimeUnit.MILLISECONDS);
    return schedule;
  }

  /** A fault must not end the schedule. */
  private void invoke(LocalLambda lambda) {
    try {
      lambda.invoke(function, "{}");
    } catch (RuntimeException e) {
      if (!thread.isShutdown()) {
        System.err.println(function + " failed, and will be tried again: " + e);
      }
    }
  }

  /** Waits until a run has ended, because it needs DynamoDB and would report the interruption. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
        System.err.println(function + " is still running.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
