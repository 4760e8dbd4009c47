package ispcrm.dynamodb;

import ispcrm.runtime.LambdaEntryPoint;
import ispcrm.runtime.Priming;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/**
 * Primes a function that uses DynamoDB. Only {@link #connect} calls DynamoDB. The other calls get
 * canned responses from the HTTP client below the SDK, so they run all code of a real call, even
 * code that would read or write data.
 */
public final class DynamoDbPriming implements Priming {
  private final Consumer<LambdaEntryPoint> read;
  private final List<Consumer<LambdaEntryPoint>> calls = new ArrayList<>();

  private DynamoDbPriming(Consumer<LambdaEntryPoint> read) {
    this.read = read;
  }

  /**
   * Begins with how the function connects.
   *
   * @param event what the function responds to after it has read something that does not exist, and
   *     nothing else
   */
  public static DynamoDbPriming connectingWith(String event) {
    return new DynamoDbPriming(function -> function.prime(event));
  }

  /** Begins with how a function connects whose every event would write. */
  public static DynamoDbPriming connectingWith(Runnable read) {
    return new DynamoDbPriming(function -> read.run());
  }

  /**
   * Adds a call.
   *
   * @param responses what DynamoDB responds to the function, in this order
   */
  public DynamoDbPriming calling(String event, CannedResponse... responses) {
    calls.add(
        function -> SnapshotHttpClient.respond(List.of(responses), () -> function.prime(event)));
    return this;
  }

  /**
   * Reads twice: over a new connection, and once more over the same one. It also fetches new
   * credentials, as the first call after a restore does.
   */
  @Override
  public void connect(LambdaEntryPoint function) {
    try (DefaultCredentialsProvider credentials = DefaultCredentialsProvider.builder().build()) {
      credentials.resolveCredentials();
    }
    SnapshotHttpClient.keepConnection(() -> read.accept(function));
    read.accept(function);
  }

  @Override
  public void call(LambdaEntryPoint function) {
    calls.forEach(call -> call.accept(function));
  }
}
