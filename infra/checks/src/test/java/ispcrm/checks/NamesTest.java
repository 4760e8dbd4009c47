package ispcrm.checks;

import static ispcrm.checks.Checkout.map;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import ispcrm.access.Endpoint;
import ispcrm.conformance.OpenApi;
import ispcrm.template.Template;
import ispcrm.template.Template.LambdaFunction;
import ispcrm.template.Template.Route;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same name everywhere: operationId {@code createUser} = module {@code functions/create-user} =
 * class {@code ispcrm.createuser.CreateUser} = handler {@code CreateUserHandler} = resource {@code
 * CreateUserFunction} = {@code events/create-user/}. The route leads to every file.
 */
class NamesTest {
  private static final Template TEMPLATE = Template.load(Map.of());
  private static final OpenApi API = new OpenApi();

  /** The function without an operation that serves all other routes. */
  static final String NOT_FOUND = "not-found";

  /** The functions that no client calls, except for the authorizer. */
  static final Set<String> WITHOUT_ROUTE =
      Set.of("bootstrap-admin", "deliver-events", "expire-users", "send-deliveries");

  static List<String> modules() {
    return Checkout.functions();
  }

  @Test
  void everyFolderUnderFunctionsIsAFunctionOfTheTemplate() {
    assertThat(TEMPLATE.functions().keySet()).containsExactlyInAnyOrderElementsOf(modules());
    assertThat(Checkout.list("functions"))
        .as("every folder there is a module or holds the libraries")
        .filteredOn(name -> !name.equals("target"))
        .containsExactlyInAnyOrderElementsOf(with(modules(), "shared", "pom.xml", "lambda.xml"));
  }

  @ParameterizedTest
  @MethodSource("modules")
  void theTemplateNamesTheFunctionLikeItsModule(String module) {
    LambdaFunction function = TEMPLATE.functions().get(module);
    assertThat(function.logicalId()).isEqualTo(pascal(module) + "Function");
    assertThat(function.codeUri()).isEqualTo("functions/" + module + "/target/" + module + ".zip");
    assertThat(function.handler()).isEqualTo(className(module) + "Handler");
  }

  @ParameterizedTest
  @MethodSource("modules")
  void theModuleIsBuiltUnderItsName(String module) {
    assertThat(Pom.of("functions/pom.xml").modules()).contains(module);
    assertThat(Pom.of("functions/" + module + "/pom.xml").artifactId()).isEqualTo(module);
  }

  @ParameterizedTest
  @MethodSource("modules")
  void itsClassIsAFunctionAndItsHandlerIsWhatLambdaCanStart(String module) throws Exception {
    Class<?> function = Class.forName(className(module));
    assertThat(function).isPublic().isFinal();
    assertThat(Function.class).isAssignableFrom(function);
    Class<?> handler = Class.forName(TEMPLATE.functions().get(module).handler());
    assertThat(handler).isPublic().isFinal();
    assertThat(RequestStreamHandler.class).isAssignableFrom(handler);
    assertThat(Modifier.isPublic(handler.getConstructor().getModifiers())).isTrue();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void itHasAnEventThatSucceeds(String module) {
    assertThat(Checkout.list("events/" + module)).contains(Checkout.mainEvent(module) + ".json");
  }

  @Test
  void everyFolderOfEventsIsAFunctions() {
    assertThat(Checkout.list("events")).isEqualTo(modules());
  }

  @Test
  void everyOperationOfTheContractIsTheFunctionOfItsName() {
    Map<String, String> contract = new TreeMap<>();
    API.operations()
        .forEach(
            operation -> operation.routes().forEach(route -> contract.put(route, operation.id())));
    Map<String, String> template = new TreeMap<>();
    routes()
        .forEach(
            (route, module) -> {
              if (!route.contains("/api/v0")
                  && !route.contains("/Users")
                  && !route.endsWith("/{file}")
                  && !module.equals(NOT_FOUND)) {
                template.put(route, camel(module));
              }
            });
    assertThat(template).isEqualTo(contract);
  }

  /** The endpoint knows whether it also exists under v0 and with a capital in Users. */
  @Test
  void everyPathOfAnEndpointIsARouteAndEverythingElseIsNotFound() {
    Map<String, String> expected = new TreeMap<>();
    for (Endpoint endpoint : Endpoint.values()) {
      for (String path : endpoint.paths()) {
        for (String method : endpoint.methods()) {
          expected.put(
              method + " " + path, endpoint.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        }
      }
    }
    expected.put("ANY /", NOT_FOUND);
    expected.put("ANY /{proxy+}", NOT_FOUND);
    assertThat(routes()).isEqualTo(expected);
  }

  @Test
  void noRouteIsServedTwice() {
    List<String> all = new ArrayList<>();
    TEMPLATE
        .functions()
        .values()
        .forEach(function -> function.routes().forEach(route -> all.add(name(route))));
    assertThat(all).doesNotHaveDuplicates();
  }

  /**
   * Finds the variables that a handler reads by their names in its source, such as USERS_TABLE. Of
   * the variables that all functions have, it may read any.
   */
  @ParameterizedTest
  @MethodSource("modules")
  void theTemplateSetsTheEnvironmentThatTheHandlerReads(String module) {
    String source = handlerSource(module);
    Set<String> needed = namesIn(source, "environment\\s*\\.get\\(\\s*\"([A-Z_]+)\"");
    Set<String> known = namesIn(source, "environment\\s*\\.getOrDefault\\(\\s*\"([A-Z_]+)\"");
    known.addAll(needed);
    known.addAll(globalVariables());
    Set<String> variables = TEMPLATE.functions().get(module).environment().keySet();
    assertThat(variables).containsAll(needed);
    assertThat(known).containsAll(variables);
  }

  @Test
  void everyVariableOfAllFunctionsIsReadBySome() {
    Set<String> read = new TreeSet<>();
    read.add("JAVA_TOOL_OPTIONS"); // Java itself reads it.
    modules()
        .forEach(
            module ->
                read.addAll(
                    namesIn(
                        handlerSource(module), "environment\\s*\\.get\\w*\\(\\s*\"([A-Z_]+)\"")));
    assertThat(read).containsAll(globalVariables());
  }

  /** The source of a handler and of the shared classes that it hands its environment to. */
  private static String handlerSource(String module) {
    String source =
        Checkout.read(
            "functions/%s/src/main/java/ispcrm/%s/%sHandler.java"
                .formatted(module, packageName(module), pascal(module)));
    source +=
        Checkout.read(
            "functions/shared/runtime/src/main/java/ispcrm/runtime/LambdaEntryPoint.java");
    if (source.contains("ApiEntryPoint.create(")) {
      source +=
          Checkout.read("functions/shared/http/src/main/java/ispcrm/http/ApiEntryPoint.java")
              + Checkout.read("functions/shared/http/src/main/java/ispcrm/http/Cors.java");
    }
    if (source.contains("DynamoDb.client(environment)")) {
      source +=
          Checkout.read("functions/shared/dynamodb/src/main/java/ispcrm/dynamodb/DynamoDb.java");
    }
    if (source.contains("new History(")) {
      source += Checkout.read("functions/shared/history/src/main/java/ispcrm/history/History.java");
    }
    for (String shared : List.of("webhooks/Webhooks", "webhooks/Destinations", "senders/Senders")) {
      String[] parts = shared.split("/", -1);
      if (source.contains("new " + parts[1] + "(")) {
        source +=
            Checkout.read(
                "functions/shared/%1$s/src/main/java/ispcrm/%1$s/%2$s.java"
                    .formatted(parts[0], parts[1]));
      }
    }
    if (source.contains("new Idempotency(")) {
      source +=
          Checkout.read(
              "functions/shared/idempotency/src/main/java/ispcrm/idempotency/"
                  + "Idempotency.java");
    }
    return source;
  }

  private static Set<String> globalVariables() {
    Map<String, Object> globals = map(map(TEMPLATE.document().get("Globals")).get("Function"));
    return map(map(globals.get("Environment")).get("Variables")).keySet();
  }

  /**
   * An import from there fails the architecture test, but an unused dependency only makes the jar
   * larger.
   */
  @ParameterizedTest
  @MethodSource("modules")
  void itsJarHoldsNothingOfTheLocalRun(String module) {
    List<Pom.Dependency> dependencies = new ArrayList<>(Pom.of("functions/pom.xml").dependencies());
    dependencies.addAll(Pom.of("functions/" + module + "/pom.xml").dependencies());
    assertThat(dependencies)
        .isNotEmpty()
        .allSatisfy(
            dependency -> {
              if (Set.of("template", "emulation", "local", "restore", "DynamoDBLocal")
                  .contains(dependency.artifactId())) {
                assertThat(dependency.scope()).isEqualTo("test");
              }
            });
  }

  /** The module that each route of the template leads to. */
  static Map<String, String> routes() {
    Map<String, String> routes = new TreeMap<>();
    TEMPLATE
        .functions()
        .forEach(
            (module, function) ->
                function.routes().forEach(route -> routes.put(name(route), module)));
    return routes;
  }

  static String name(Route route) {
    return route.method() + " " + route.path();
  }

  private static Set<String> namesIn(String source, String expression) {
    Set<String> names = new TreeSet<>();
    Matcher name = Pattern.compile(expression).matcher(source);
    while (name.find()) {
      names.add(name.group(1));
    }
    return names;
  }

  private static String className(String module) {
    return "ispcrm." + packageName(module) + "." + pascal(module);
  }

  private static String packageName(String module) {
    return module.replace("-", "");
  }

  private static String pascal(String module) {
    StringBuilder name = new StringBuilder();
    for (String word : module.split("-", -1)) {
      name.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
    }
    return name.toString();
  }

  static String camel(String module) {
    String name = pascal(module);
    return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
  }

  private static List<String> with(List<String> names, String... others) {
    List<String> all = new ArrayList<>(names);
    all.addAll(List.of(others));
    return all;
  }
}
