package ispcrm.local;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Runs the functions that functions invoke, as Lambda does in an AWS account. */
final class Senders implements AutoCloseable {
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread daemon = new Thread(task, "sender");
            daemon.setDaemon(true);
            return daemon;
          });

  private Senders() {}

  static Senders start(LocalLambda lambda, LocalDynamoDb dynamoDb) {
    Senders senders = new Senders();
    dynamoDb.invokeWith(
        (function, event) ->
            senders.threads.execute(() -> senders.invoke(lambda, function, event)));
    return senders;
  }

  private void invoke(LocalLambda lambda, String function, String event) {
    try {
      lambda.invoke(function, event);
    } catch (RuntimeException e) {
      if (!threads.isShutdown()) {
        System.err.println(function + " failed, and will be tried again: " + e);
      }
    }
  }

  /** What was being sent is sent again after the next start. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
