package ispcrm.template;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * template.yaml read as data, with its parameters filled in. Code that runs or tests the API
 * locally takes routes, environment, code, tables and gateway responses from here, so that it
 * cannot differ from what is deployed.
 */
public final class Template {
  private final Path root;
  private final Map<String, Object> document;
  private final Intrinsics intrinsics;

  private Template(Path root, Map<String, Object> document, Map<String, String> parameters) {
    this.root = root;
    this.document = document;
    this.intrinsics = new Intrinsics(document, parameters);
  }

  /**
   * Reads template.yaml from the working directory or the nearest folder above it that contains
   * one.
   *
   * @param parameters the values that replace the defaults of parameters
   */
  public static Template load(Map<String, String> parameters) {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("template.yaml"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("no template.yaml in the working directory or above it");
    }
    try {
      return new Template(
          folder, CloudFormationYaml.read(folder.resolve("template.yaml")), parameters);
    } catch (IOException cause) {
      throw new IllegalStateException("template.yaml cannot be read", cause);
    }
  }

  /** The folder that contains template.yaml. */
  public Path root() {
    return root;
  }

  /** The unevaluated document, with intrinsic functions in their long form. */
  public Map<String, Object> document() {
    return document;
  }

  /** A resource, unevaluated. */
  public Map<String, Object> resource(String logicalId) {
    return Intrinsics.object(Intrinsics.object(document.get("Resources")).get(logicalId));
  }

  /** The functions by the names of their modules, such as get-user. */
  public Map<String, LambdaFunction> functions() {
    Map<String, LambdaFunction> functions = new TreeMap<>();
    functionProperties()
        .forEach(
            (logicalId, properties) -> {
              LambdaFunction function = function(logicalId, properties);
              functions.put(function.name(), function);
            });
    return functions;
  }

  /** The name of the module of a function, such as get-user. */
  public String functionOf(String logicalId) {
    return functions().values().stream()
        .filter(function -> function.logicalId().equals(logicalId))
        .map(LambdaFunction::name)
        .findFirst()
        .orElseThrow();
  }

  /** The properties of each function by logical id, including those that Globals gives to all. */
  Map<String, Map<String, Object>> functionProperties() {
    Map<String, Object> globals =
        Intrinsics.object(
            intrinsics.evaluate(
                Intrinsics.object(document.get("Globals")).getOrDefault("Function", Map.of())));
    Map<String, Map<String, Object>> functions = new LinkedHashMap<>();
    resources("AWS::Serverless::Function")
        .forEach((logicalId, properties) -> functions.put(logicalId, merge(globals, properties)));
    return functions;
  }

  /**
   * Adds a function's own properties to the global ones, as SAM does.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html">Globals
   *     section, overridable properties</a>
   */
  private static Map<String, Object> merge(Map<String, Object> globals, Map<String, Object> own) {
    Map<String, Object> merged = new LinkedHashMap<>(globals);
    own.forEach(
        (name, value) ->
            merged.merge(
                name,
                value,
                (global, local) ->
                    global instanceof Map && local instanceof Map
                        ? merge(Intrinsics.object(global), Intrinsics.object(local))
                        : local));
    return merged;
  }

  private LambdaFunction function(String logicalId, Map<String, Object> properties) {
    Map<String, String> environment = new LinkedHashMap<>();
    Intrinsics.object(Intrinsics.object(properties.get("Environment")).get("Variables"))
        .forEach((name, value) -> environment.put(name, String.valueOf(value)));
    List<Route> routes = new ArrayList<>();
    Intrinsics.object(properties.get("Events")).values().stream()
        .filter(event -> "Api".equals(Intrinsics.object(event).get("Type")))
        .map(event -> Intrinsics.object(Intrinsics.object(event).get("Properties")))
        .forEach(
            event ->
                routes.add(
                    new Route(
                        String.valueOf(event.get("Method")).toUpperCase(Locale.ROOT),
                        String.valueOf(event.get("Path")),
                        !"NONE".equals(Intrinsics.object(event.get("Auth")).get("Authorizer")))));
    return new LambdaFunction(
        logicalId,
        String.valueOf(properties.get("CodeUri")),
        String.valueOf(properties.get("Handler")),
        Integer.parseInt(String.valueOf(properties.get("MemorySize"))),
        Duration.ofSeconds(Long.parseLong(String.valueOf(properties.get("Timeout")))),
        "PublishedVersions".equals(Intrinsics.object(properties.get("SnapStart")).get("ApplyOn")),
        environment,
        routes,
        Statement.of(properties));
  }

  /** The gateway responses by their response type, such as UNAUTHORIZED. */
  public Map<String, GatewayResponse> gatewayResponses() {
    Map<String, GatewayResponse> responses = new TreeMap<>();
    for (Map<String, Object> api : resources("AWS::Serverless::Api").values()) {
      Intrinsics.object(api.get("GatewayResponses"))
          .forEach((type, response) -> responses.put(type, GatewayResponse.of(response)));
    }
    return responses;
  }

  /**
   * The response that API Gateway sends for a response type. As in API Gateway, a type without an
   * entry in the template falls back to DEFAULT_4XX or DEFAULT_5XX.
   */
  public GatewayResponse gatewayResponse(String type) {
    Map<String, GatewayResponse> responses = gatewayResponses();
    return responses.getOrDefault(type, responses.get(GatewayResponse.fallback(type)));
  }

  /**
   * The stage's limit for the requests to a route, over all clients.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html">Throttle
   *     requests to your REST APIs</a>
   */
  public Limit limit(Route route) {
    Limit limit = null;
    for (Map<String, Object> api : resources("AWS::Serverless::Api").values()) {
      for (Object entry : (List<?>) api.get("MethodSettings")) {
        Map<String, Object> settings = Intrinsics.object(entry);
        String path = String.valueOf(settings.get("ResourcePath"));
        if (path.equals("/*")) {
          limit = limit == null ? Limit.of(settings) : limit;
        } else if (path.substring(1).replace("~1", "/").equals(route.path())
            && route.method().equals(settings.get("HttpMethod"))) {
          limit = Limit.of(settings);
        }
      }
    }
    return limit;
  }

  /**
   * From how many bytes on API Gateway compresses the body of a response.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-receive-response-with-compressed-payload.html">Receive
   *     an API response with a compressed payload</a>
   */
  public int minimumCompressionSize() {
    return (Integer) resources("AWS::Serverless::Api").get("Api").get("MinimumCompressionSize");
  }

  /** The properties of each DynamoDB table by logical id, with intrinsic functions evaluated. */
  public Map<String, Map<String, Object>> tables() {
    return resources("AWS::DynamoDB::Table");
  }

  /** The value of each parameter. */
  Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    Intrinsics.object(document.get("Parameters"))
        .keySet()
        .forEach(name -> parameters.put(name, parameter(name)));
    return parameters;
  }

  /**
   * The descriptions of the assertions that the parameters violate. CloudFormation rejects a
   * deployment that violates one.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html">Rules
   *     syntax</a>
   */
  public Stream<String> violatedRules() {
    return Intrinsics.object(document.get("Rules")).values().stream()
        .map(Intrinsics::object)
        .filter(
            rule ->
                !rule.containsKey("RuleCondition")
                    || intrinsics.condition(rule.get("RuleCondition")))
        .flatMap(rule -> ((List<?>) rule.get("Assertions")).stream())
        .map(Intrinsics::object)
        .filter(assertion -> !intrinsics.condition(assertion.get("Assert")))
        .map(assertion -> String.valueOf(assertion.get("AssertDescription")));
  }

  /** The value of a parameter; that of a list has commas between the elements. */
  public String parameter(String name) {
    Object value = intrinsics.evaluate(Map.of("Ref", name));
    return value instanceof List<?> list
        ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
        : String.valueOf(value);
  }

  /**
   * The properties of all resources of a type by logical id, with intrinsic functions evaluated.
   */
  private Map<String, Map<String, Object>> resources(String type) {
    Map<String, Map<String, Object>> found = new LinkedHashMap<>();
    Intrinsics.object(document.get("Resources"))
        .forEach(
            (logicalId, resource) -> {
              if (type.equals(Intrinsics.object(resource).get("Type"))) {
                found.put(
                    logicalId,
                    Intrinsics.object(
                        intrinsics.evaluate(Intrinsics.object(resource).get("Properties"))));
              }
            });
    return found;
  }

  /**
   * A function as deployed.
   *
   * @param logicalId such as GetUserFunction
   * @param codeUri its package, relative to template.yaml
   * @param handler its handler class
   * @param memorySize its memory in MiB
   * @param timeout how long an invocation may take
   * @param hasSnapshot whether Lambda takes a SnapStart snapshot of each published version
   * @param statements the statements of its policies
   */
  public record LambdaFunction(
      String logicalId,
      String codeUri,
      String handler,
      int memorySize,
      Duration timeout,
      boolean hasSnapshot,
      Map<String, String> environment,
      List<Route> routes,
      List<Statement> statements) {

    /** The permissions that its policies grant, if necessary under conditions. */
    public Set<Permission> permissions() {
      return statements.stream()
          .filter(statement -> !statement.isDeny())
          .flatMap(statement -> statement.permissions().stream())
          .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The name of its module, such as get-user. */
    public String name() {
      return codeUri.split("/", -1)[1];
    }
  }

  /**
   * A route to a function.
   *
   * @param path such as {@code /api/v1/users/{id}}
   * @param authorized whether requests go through the authorizer first
   */
  public record Route(String method, String path, boolean authorized) {}

  /**
   * How many requests a route accepts.
   *
   * @param perSecond the sustained rate
   * @param burst how many requests it accepts at once
   */
  public record Limit(int perSecond, int burst) {
    private static Limit of(Map<String, Object> settings) {
      return new Limit(
          Integer.parseInt(String.valueOf(settings.get("ThrottlingRateLimit"))),
          Integer.parseInt(String.valueOf(settings.get("ThrottlingBurstLimit"))));
    }
  }
}
