package ispcrm.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
  private static final int CALLS = 300;

  private static final int CONNECTIONS = 30;

  /** How long each of the two steps of priming may take. */
  private static final int MAX_PRIMING_SECONDS = 5;

  private static final int MAX_SKIPPED_RANDOM_NUMBERS = 1 << 16;

  private final String name;
  private final String release;
  private final Duration limit;
  private final EventHandler handler;
  private final Supplier<? extends Priming> priming;
  private volatile CallLog.Start start = CallLog.Start.COLD;

  /** What a function does. */
  @FunctionalInterface
  public interface EventHandler {

    /**
     * Handles one event.
     *
     * @param event the event's JSON object
     * @return what is written as JSON
     */
    Object handle(Map<String, Object> event);
  }

  /**
   * @param name the function's name in the log, its operationId if it has one
   * @param environment the function's environment; RELEASE is the release that the log names
   * @param limit how long an event may take, see {@link Deadline}
   * @param priming creates what the function is primed with, if Lambda takes a snapshot of it
   */
  public LambdaEntryPoint(
      String name,
      Map<String, String> environment,
      Duration limit,
      EventHandler handler,
      Supplier<? extends Priming> priming) {
    this.name = name;
    this.release = environment.getOrDefault("RELEASE", "none");
    this.limit = limit;
    this.handler = handler;
    this.priming = priming;
    if (Priming.isNeeded()) {
      // The context holds this weakly. The runtime's handler keeps it alive.
      Core.getGlobalContext().register(this);
    }
  }

  /** Creates the entry point of a function of which Lambda takes no snapshot. */
  public LambdaEntryPoint(
      String name, Map<String, String> environment, Duration limit, EventHandler handler) {
    this(name, environment, limit, handler, () -> function -> {});
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
      Json.write(handle(in), out);
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
   * Primes the function: connects {@value #CONNECTIONS} times and handles its calls {@value #CALLS}
   * times, each for at most {@value #MAX_PRIMING_SECONDS} seconds. If that fails, an error is
   * logged and the snapshot is taken anyway: a new role may not reach its table yet, and a fault of
   * DynamoDB must not prevent a fix from being deployed. Such a version is only slower at its first
   * calls. A version that can never reach its table fails those calls too, which the deployment's
   * alarms notice.
   */
  @Override
  public void beforeCheckpoint(org.crac.Context<? extends Resource> context) {
    skipRandomNumbers(); // only primes it
    Priming calls = priming.get();
    repeat(CONNECTIONS, calls::connect);
    repeat(CALLS, calls::call);
  }

  private void repeat(int times, Consumer<LambdaEntryPoint> step) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAX_PRIMING_SECONDS);
    try {
      for (int i = 0; i < times && System.nanoTime() - end < 0; i++) {
        step.accept(this);
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
   * position. The AWS SDK and {@code Users} spread retries with its numbers. If each copy of a
   * snapshot drew the same ones, copies whose calls fail together would repeat them together.
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

  /**
   * Handles an event, given as JSON, as in a call, and discards the result and what the call logs.
   *
   * @throws IllegalStateException if the call logs a warning or an error, which is not discarded
   */
  public void prime(String event) {
    PrimingContext context = new PrimingContext();
    try {
      handleRequest(
          new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)),
          new ByteArrayOutputStream(),
          context);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (FunctionError e) {
      // The authorizer's way to refuse a token. Any other failure is in the log.
    }
    if (context.hasFailed()) {
      throw new IllegalStateException("the log says what failed");
    }
  }

  private Object handle(InputStream in) {
    Map<String, Object> event = Json.readEvent(in);
    return Boolean.TRUE.equals(event.get("keepActive")) ? Map.of() : handler.handle(event);
  }
}
