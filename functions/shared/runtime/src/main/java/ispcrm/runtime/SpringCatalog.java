package ispcrm.runtime;

import java.util.List;
import java.util.function.Function;
import org.springframework.cloud.function.context.FunctionRegistration;
import org.springframework.cloud.function.context.catalog.SimpleFunctionRegistry;
import org.springframework.cloud.function.context.config.JsonMessageConverter;
import org.springframework.cloud.function.json.JacksonMapper;
import org.springframework.core.ResolvableType;
import org.springframework.messaging.converter.CompositeMessageConverter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Spring Cloud Function's catalog, without the Spring application context that the library usually
 * puts around it: the context would double the cold start. Because every function is a plain {@link
 * Function} in the catalog, any adapter of Spring Cloud Function can run it, and a test runs them
 * all in an application context.
 */
public final class SpringCatalog {

  private SpringCatalog() {}

  /**
   * Adds a function to a catalog.
   *
   * @param name the function's name, its operationId if it has one
   * @return the function as the catalog looks it up
   */
  public static <I, O> Function<I, O> add(
      String name, Function<I, O> function, Class<I> input, Class<O> output) {
    // It requires a mapper and a converter, which are never called: LambdaEntryPoint reads and
    // writes the JSON, and passes the function's own input type.
    JacksonMapper json = new JacksonMapper(new JsonMapper());
    SimpleFunctionRegistry catalog =
        new SimpleFunctionRegistry(
            null, new CompositeMessageConverter(List.of(new JsonMessageConverter(json))), json);
    catalog.register(
        new FunctionRegistration<>(function, name)
            .type(ResolvableType.forClassWithGenerics(Function.class, input, output).getType()));
    return catalog.lookup(Function.class, name);
  }
}
