package ispcrm.gateway;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.crac.Core;
import org.crac.Resource;

/**
 * What Lambda calls: reads an event, has it handled, and writes the result. A function's handler
 * class creates one and delegates to it.
 *
 * <p>Before Lambda takes a SnapStart snapshot, the function is primed, so that the first call after
 * a restore finds its classes loaded and compiled. Each copy of the snapshot draws its own random
 * numbers. No DNS response outlives the snapshot, because the runtime client empties Java's cache.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-java.html">Lambda
 *     SnapStart runtime hooks for Java</a>
 */
public final class LambdaEntryPoint implements RequestStreamHandler, Resource {
  /** The JVM compiles code that runs often, and the snapshot contains the compiled code. */
  private static final int PRIMING_ITERATIONS = 100;

  private static final int MAX_PRIMING_SECONDS = 5;

  private static final int MAX_SKIPPED_RANDOM_NUMBERS = 1 << 16;

  private final String name;
  private final String release;
  private final Duration limit;
  private final EventHandler handler;
  private final Consumer<LambdaEntryPoint> warmUp;
  private volatile CallLog.Start start = CallLog.Start.COLD;

  /** Handles one event. */
  @FunctionalInterface
  public interface EventHandler {

    /**
     * @param event the event's JSON object
     * @return what is written as JSON
     */
    Object handle(Map<String, Object> event);
  }

  /**
   * @param name the function's name in the log, its operationId if it has one
   * @param environment the function's environment; RELEASE is the release that the log names
   * @param limit how long an event may take, see {@link Deadline}
   * @param warmUp does once what calls do, with {@link #warmUp(String)} if it can. It must not
   *     write anything, generate anything that has to be unique, or need permissions that the
   *     function does not have.
   */
  public LambdaEntryPoint(
      String name,
      Map<String, String> environment,
      Duration limit,
      EventHandler handler,
      Consumer<LambdaEntryPoint> warmUp) {
    this.name = name;
    this.release = environment.getOrDefault("RELEASE", "none");
    this.limit = limit;
    this.handler = handler;
    this.warmUp = warmUp;
    if ("snap-start".equals(System.getenv("AWS_LAMBDA_INITIALIZATION_TYPE"))) {
      // The context holds this weakly. The runtime's handler keeps it alive.
      Core.getGlobalContext().register(this);
    }
  }

  /**
   * Handles an event, except for {@code {"keepActive":true}}, which does nothing and returns an
   * empty object: Lambda deactivates a SnapStart version that is not invoked for 14 days, so a
   * schedule sends this event. No client can send it, because API Gateway's events do not have this
   * member.
   *
   * @throws FunctionError if the handler fails; what failed is in the log
   * @see <a
   *     href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-troubleshooting.html">Troubleshooting
   *     SnapStart errors for Lambda functions</a>
   */
  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    Deadline.begin(limit, context);
    CallLog.begin(name, release, start, context);
    start = CallLog.Start.WARM;
    try {
      out.write(handle(in));
    } catch (FunctionError e) {
      throw e;
    } catch (RuntimeException e) {
      CallLog.current().fault(name + " failed", e);
      throw new FunctionError(e.getMessage());
    } finally {
      CallLog.end();
      Deadline.end();
    }
  }

  /**
   * Primes the function {@value #PRIMING_ITERATIONS} times, or for {@value #MAX_PRIMING_SECONDS}
   * seconds. If that fails, an error is logged and the snapshot is taken anyway: a new role may not
   * reach its table yet, and a fault of DynamoDB must not prevent a fix from being deployed. Such a
   * version is only slower at its first calls. A version that can never reach its table fails those
   * calls too, which the deployment's alarms notice.
   */
  @Override
  public void beforeCheckpoint(org.crac.Context<? extends Resource> context) {
    skipRandomNumbers(); // only primes it
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAX_PRIMING_SECONDS);
    try {
      for (int i = 0; i < PRIMING_ITERATIONS && System.nanoTime() - end < 0; i++) {
        warmUp.accept(this);
      }
    } catch (RuntimeException e) {
      log().fault(name + " was not primed", e);
    }
  }

  /**
   * Makes this copy of the snapshot draw its own random numbers, and logs the name and the release
   * of the function, so that the log shows what is live.
   */
  @Override
  public void afterRestore(org.crac.Context<? extends Resource> context) {
    skipRandomNumbers();
    start = CallLog.Start.RESTORED;
    log().info(name + " was restored");
  }

  /** The log outside of calls. */
  private CallLog log() {
    return CallLog.of(name, release);
  }

  /**
   * Moves {@link ThreadLocalRandom} of this thread, which also handles the events, to a random
   * position. The AWS SDK and {@code DynamoDbUsers} spread retries with its numbers. If each copy
   * of a snapshot drew the same ones, copies whose calls fail together would repeat them together.
   * ThreadLocalRandom cannot be seeded, and a new thread takes its seed from a sequence that is in
   * the snapshot too.
   *
   * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html">Handling
   *     uniqueness with Lambda SnapStart</a>
   */
  private static void skipRandomNumbers() {
    for (int i = new SecureRandom().nextInt(MAX_SKIPPED_RANDOM_NUMBERS); i > 0; i--) {
      ThreadLocalRandom.current().nextInt();
    }
  }

  /** The object at this name of an event; empty if there is none. */
  @SuppressWarnings("unchecked") // API Gateway alone determines the shape of its events
  public static <V> Map<String, V> object(Map<String, Object> event, String name) {
    return event.get(name) instanceof Map<?, ?> object ? (Map<String, V>) object : Map.of();
  }

  /** Handles an event as in a call, and discards the result. */
  public void warmUp(String event) {
    handle(new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)));
  }

  /** Writes a result as in a call, and discards it. */
  public void warmUpResult(Object result) {
    write(result);
  }

  private byte[] handle(InputStream in) {
    Map<String, Object> event = Json.readEvent(in);
    return write(Boolean.TRUE.equals(event.get("keepActive")) ? Map.of() : handler.handle(event));
  }

  private static byte[] write(Object result) {
    return Json.write(result).getBytes(StandardCharsets.UTF_8);
  }
}
