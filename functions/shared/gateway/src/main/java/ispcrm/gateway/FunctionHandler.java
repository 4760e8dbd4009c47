package ispcrm.gateway;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.springframework.cloud.function.context.FunctionRegistration;
import org.springframework.cloud.function.context.catalog.SimpleFunctionRegistry;
import org.springframework.cloud.function.context.config.JsonMessageConverter;
import org.springframework.cloud.function.json.JacksonMapper;
import org.springframework.core.ResolvableType;
import org.springframework.messaging.converter.CompositeMessageConverter;
import tools.jackson.core.type.TypeReference;

/**
 * The Lambda entry of a function: JSON to what the function takes, and what it returns to JSON. The
 * function is registered in Spring Cloud Function's catalog and called through it, without a Spring
 * application context around it: that would double the cold start.
 *
 * @param <I> what the function takes
 * @param <O> what the function returns
 */
public abstract class FunctionHandler<I, O> implements RequestStreamHandler {
  private static final TypeReference<Map<String, Object>> EVENT = new TypeReference<>() {};

  private final String name;
  private final Function<I, O> function;

  /**
   * @param name the operationId of the function
   */
  protected FunctionHandler(String name, Class<I> in, Class<O> out, Function<I, O> function) {
    this.name = name;
    JacksonMapper json = new JacksonMapper(Json.MAPPER);
    SimpleFunctionRegistry catalog =
        new SimpleFunctionRegistry(
            null, new CompositeMessageConverter(List.of(new JsonMessageConverter(json))), json);
    catalog.register(
        new FunctionRegistration<>(function, name)
            .type(ResolvableType.forClassWithGenerics(Function.class, in, out).getType()));
    this.function = catalog.lookup(Function.class, name);
  }

  @Override
  public final void handleRequest(InputStream in, OutputStream out, Context context)
      throws IOException {
    Map<String, Object> event = Json.MAPPER.readValue(in, EVENT);
    out.write(Json.write(handle(event, context)).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Answers one event.
   *
   * @return what is written as JSON
   */
  protected abstract Object handle(Map<String, Object> event, Context context);

  /** Calls the function through the catalog. */
  protected final O call(I input) {
    return function.apply(input);
  }

  /** The object under a name of an event, empty where there is none. */
  @SuppressWarnings("unchecked") // API Gateway's own shape, of which it is the only author
  protected static <V> Map<String, V> object(Map<String, Object> event, String name) {
    return event.get(name) instanceof Map<?, ?> object ? (Map<String, V>) object : Map.of();
  }

  final String name() {
    return name;
  }
}
