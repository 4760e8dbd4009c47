package ispcrm.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.LambdaRuntime;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a function logs of the call that this thread handles. Each line is a JSON object, whose
 * members CloudWatch Logs Insights and metric filters read: {@code timestamp}, {@code level},
 * {@code message}, {@code AWSRequestId}, the {@code function} and its {@code release}, {@code
 * start} (see {@link Start}), {@code duration_ms}, which is the time since the call began, and what
 * {@link #with} added.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html">Configuring
 *     JSON and plain text log formats</a>
 */
public final class CallLog {
  private static final ThreadLocal<CallLog> CURRENT = new ThreadLocal<>();

  /** Whether a call is a cold start, the first call after a restore, or warm. */
  enum Start {
    COLD,
    RESTORED,
    WARM
  }

  private final LambdaLogger logger;
  private final Map<String, Object> members = new LinkedHashMap<>();
  private final long begin = System.nanoTime();

  private CallLog(LambdaLogger logger) {
    this.logger = logger;
  }

  /** The log of a function outside of any call. */
  static CallLog of(String function, String release) {
    return new CallLog(LambdaRuntime.getLogger())
        .with("function", function)
        .with("release", release);
  }

  /** Begins with a call. */
  static void begin(String function, String release, Start start, Context context) {
    CURRENT.set(
        new CallLog(context.getLogger())
            .with("AWSRequestId", context.getAwsRequestId())
            .with("function", function)
            .with("release", release)
            .with("start", start.name().toLowerCase(Locale.ROOT)));
  }

  static void end() {
    CURRENT.remove();
  }

  /** The log of the call that this thread handles. */
  public static CallLog current() {
    CallLog log = CURRENT.get();
    return log == null ? new CallLog(LambdaRuntime.getLogger()) : log;
  }

  /** Adds a member to every further line of the call, unless its value is null. */
  public CallLog with(String name, String value) {
    return add(name, value);
  }

  /** The same for a number. */
  public CallLog with(String name, int value) {
    return add(name, value);
  }

  private CallLog add(String name, Object value) {
    if (value != null) {
      members.put(name, value);
    }
    return this;
  }

  public void info(String message) {
    write(LogLevel.INFO, message, null);
  }

  public void warn(String message) {
    write(LogLevel.WARN, message, null);
  }

  public void error(String message) {
    write(LogLevel.ERROR, message, null);
  }

  /**
   * Logs that something failed: as a warning in one line if what it needs was unavailable or in
   * use, and otherwise as an error with its stack trace.
   *
   * @param what what failed
   */
  public void fault(String what, RuntimeException fault) {
    if (fault instanceof UnavailableException || fault instanceof ConflictException) {
      warn(what + ": " + causes(fault));
    } else {
      write(LogLevel.ERROR, what + ": " + fault, fault);
    }
  }

  /** Why something was unavailable, in one line: what failed, and the faults that caused it. */
  private static String causes(RuntimeException transientFault) {
    return Stream.iterate(transientFault, Objects::nonNull, Throwable::getCause)
        .map(
            cause ->
                cause.getClass().getPackage() == CallLog.class.getPackage()
                    ? cause.getMessage()
                    : cause.toString())
        .collect(Collectors.joining("; caused by "))
        .replaceAll("\\R", " ");
  }

  private void write(LogLevel level, String message, RuntimeException fault) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("timestamp", Instant.now().toString());
    line.put("level", level.toString());
    line.put("message", message);
    line.putAll(members);
    if (CURRENT.get() == this) {
      line.put("duration_ms", (System.nanoTime() - begin) / 1_000_000);
    }
    if (fault != null) {
      StringWriter trace = new StringWriter();
      fault.printStackTrace(new PrintWriter(trace, true));
      line.put("stack_trace", trace.toString());
    }
    logger.log((Json.write(line) + "\n").getBytes(StandardCharsets.UTF_8), level);
  }
}
