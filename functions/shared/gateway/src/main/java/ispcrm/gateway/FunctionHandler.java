package ispcrm.gateway;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.LambdaRuntime;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.crac.Core;
import org.crac.Resource;
import org.springframework.cloud.function.context.FunctionRegistration;
import org.springframework.cloud.function.context.catalog.SimpleFunctionRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.messaging.converter.CompositeMessageConverter;

/**
 * The Lambda entry of a function: JSON to what the function takes, and what it returns to JSON. The
 * function is registered in Spring Cloud Function's catalog and called through it, without a Spring
 * application context around it: that would double the cold start.
 *
 * <p>Before Lambda takes a SnapStart snapshot the function is primed, so that the first call after
 * a restore finds classes loaded and the client at work.
 *
 * @param <I> what the function takes
 * @param <O> what the function returns
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-java.html">Lambda
 *     SnapStart runtime hooks for Java</a>
 */
public abstract class FunctionHandler<I, O> implements RequestStreamHandler, Resource {
  /** The JVM compiles what runs often, and the snapshot holds it compiled. */
  private static final int REHEARSALS = 100;

  /** After this many seconds of priming Lambda has waited long enough, for whatever reason. */
  private static final int MOST_SECONDS = 5;

  private final String name;
  private final Function<I, O> function;

  /**
   * @param name the operationId of the function
   */
  protected FunctionHandler(String name, Class<I> in, Class<O> out, Function<I, O> function) {
    this.name = name;
    CatalogJson json = new CatalogJson();
    SimpleFunctionRegistry catalog =
        new SimpleFunctionRegistry(null, new CompositeMessageConverter(List.of(json)), json);
    catalog.register(
        new FunctionRegistration<>(function, name)
            .type(ResolvableType.forClassWithGenerics(Function.class, in, out).getType()));
    this.function = catalog.lookup(Function.class, name);
    if ("snap-start".equals(System.getenv("AWS_LAMBDA_INITIALIZATION_TYPE"))) {
      // The context holds it weakly; the runtime holds it as long as it hands it events.
      Core.getGlobalContext().register(this);
    }
  }

  @Override
  public final void handleRequest(InputStream in, OutputStream out, Context context)
      throws IOException {
    out.write(answer(in, context.getLogger()));
  }

  /**
   * Primes the function {@value #REHEARSALS} times, or for {@value #MOST_SECONDS} seconds. Where
   * that fails an error is logged and the snapshot is taken all the same: a role that was just made
   * may not reach its table yet, and a fault of DynamoDB must not keep a mended version from being
   * published. Such a version is only slower at its first calls. One that can never reach its table
   * fails those too, which the deployment's alarms see.
   */
  @Override
  public final void beforeCheckpoint(org.crac.Context<? extends Resource> context) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
    try {
      for (int i = 0; i < REHEARSALS && System.nanoTime() - end < 0; i++) {
        prime();
      }
    } catch (RuntimeException fault) {
      logFault(LambdaRuntime.getLogger(), "was not primed", fault);
    }
  }

  /** Nothing was drawn before the snapshot, and the client sees by the clock what has expired. */
  @Override
  public final void afterRestore(org.crac.Context<? extends Resource> context) {}

  /**
   * Does once what calls do, by {@link #rehearse} where it can. It writes nothing, draws nothing
   * that must be unique, and needs no more permissions than the function has.
   */
  protected abstract void prime();

  /** Answers an event as at a call and throws the answer away. */
  protected final void rehearse(String event) {
    answer(
        new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)),
        LambdaRuntime.getLogger());
  }

  /** Writes an answer as at a call and throws it away. */
  protected final void rehearseAnswer(Object answer) {
    write(answer);
  }

  /**
   * Answers one event.
   *
   * @return what is written as JSON
   */
  protected abstract Object handle(Map<String, Object> event, LambdaLogger log);

  /** Calls the function through the catalog. */
  protected final O call(I input) {
    return function.apply(input);
  }

  /** The object under a name of an event, empty where there is none. */
  @SuppressWarnings("unchecked") // API Gateway's own shape, of which it is the only author
  protected static <V> Map<String, V> object(Map<String, Object> event, String name) {
    return event.get(name) instanceof Map<?, ?> object ? (Map<String, V>) object : Map.of();
  }

  /** Logs a fault of ours as an error with its stack trace. */
  final void logFault(LambdaLogger log, String what, RuntimeException fault) {
    StringWriter trace = new StringWriter();
    fault.printStackTrace(new PrintWriter(trace, true));
    log.log(name + " " + what + ": " + trace, LogLevel.ERROR);
  }

  private byte[] answer(InputStream in, LambdaLogger log) {
    return write(handle(Json.readEvent(in), log));
  }

  private static byte[] write(Object answer) {
    return Json.write(answer).getBytes(StandardCharsets.UTF_8);
  }
}
