package ispcrm.emulation;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import ispcrm.template.Template;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs the template's functions in this process. It creates the handler classes that are deployed,
 * with the environment from the template, and calls them through their Lambda entry point.
 */
public final class LocalLambda {
  private final Map<String, Template.LambdaFunction> functions;
  private final Map<String, RequestStreamHandler> handlers = new HashMap<>();
  private final Consumer<String> log;
  private final LogLevel lowest;

  /** Shows the warnings and errors of the functions as a person reads them. */
  public LocalLambda(Template template) {
    this(template, line -> System.err.println(readable(line)), LogLevel.WARN);
  }

  /**
   * @param log receives what the functions log, each line as JSON
   */
  public LocalLambda(Template template, Consumer<String> log) {
    this(template, log, LogLevel.TRACE);
  }

  private LocalLambda(Template template, Consumer<String> log, LogLevel lowest) {
    functions = template.functions();
    this.log = log;
    this.lowest = lowest;
  }

  /**
   * Calls a function.
   *
   * @param name the name of its module, such as get-user; its class must be on the class path
   * @param event JSON
   * @return JSON
   * @throws RuntimeException if the function fails
   */
  public String invoke(String name, String event) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      handler(name)
          .handleRequest(
              new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)),
              out,
              new Invocation(
                  name, UUID.randomUUID().toString(), log, lowest, functions.get(name).timeout()));
    } catch (IOException cause) {
      throw new IllegalStateException(cause);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** The context for one invocation of a function. */
  public static Context context(String function, Consumer<String> log) {
    return new Invocation(
        function, UUID.randomUUID().toString(), log, LogLevel.TRACE, Duration.ofSeconds(10));
  }

  /** A line of a function's log, with the stack trace below it. */
  private static String readable(String line) {
    Map<String, Object> members =
        JsonMapper.shared().readValue(line, new TypeReference<LinkedHashMap<String, Object>>() {});
    Object trace = members.remove("stack_trace");
    return "%s %s %s%s"
        .formatted(
            members.remove("level"),
            members.remove("message"),
            members,
            trace == null ? "" : "\n" + trace);
  }

  private synchronized RequestStreamHandler handler(String name) {
    return handlers.computeIfAbsent(
        name,
        absent -> {
          Template.LambdaFunction function = functions.get(name);
          // The SDK sends this id with each request, and LocalDynamoDb recognizes the function by
          // it.
          System.setProperty("sdk.ua.appId", name);
          try {
            return Class.forName(function.handler())
                .asSubclass(RequestStreamHandler.class)
                .getConstructor(Map.class)
                .newInstance(function.environment());
          } catch (ReflectiveOperationException cause) {
            throw new IllegalStateException("the handler of " + name + " cannot be created", cause);
          } finally {
            System.clearProperty("sdk.ua.appId");
          }
        });
  }

  /**
   * @param lowest less important messages are not logged
   * @param timeout how much time is left, however long it takes already
   */
  private record Invocation(
      String function, String id, Consumer<String> log, LogLevel lowest, Duration timeout)
      implements Context {

    @Override
    public String getAwsRequestId() {
      return id;
    }

    @Override
    public String getLogGroupName() {
      return "/aws/lambda/" + function;
    }

    @Override
    public String getLogStreamName() {
      return "local";
    }

    @Override
    public String getFunctionName() {
      return function;
    }

    @Override
    public String getFunctionVersion() {
      return "$LATEST";
    }

    @Override
    public String getInvokedFunctionArn() {
      return "arn:aws:lambda:us-east-1:000000000000:function:" + function;
    }

    @Override
    public CognitoIdentity getIdentity() {
      return null;
    }

    @Override
    public ClientContext getClientContext() {
      return null;
    }

    @Override
    public int getRemainingTimeInMillis() {
      return Math.toIntExact(timeout.toMillis());
    }

    @Override
    public int getMemoryLimitInMB() {
      return 1024;
    }

    @Override
    public LambdaLogger getLogger() {
      return new LambdaLogger() {
        @Override
        public void log(String message) {
          log.accept(message);
        }

        @Override
        public void log(String message, LogLevel level) {
          if (level.compareTo(lowest) >= 0) {
            log(message);
          }
        }

        @Override
        public void log(byte[] message) {
          log(new String(message, StandardCharsets.UTF_8).strip());
        }

        @Override
        public void log(byte[] message, LogLevel level) {
          if (level.compareTo(lowest) >= 0) {
            log(message);
          }
        }
      };
    }
  }
}
