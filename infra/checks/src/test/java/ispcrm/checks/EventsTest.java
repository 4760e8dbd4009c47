package ispcrm.checks;

import static ispcrm.checks.Checkout.map;
import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.http.ApiRequest;
import ispcrm.http.Caller;
import ispcrm.template.Template;
import ispcrm.tokens.BearerToken;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * The events have the form that API Gateway sends, so that they show how a function really behaves.
 */
class EventsTest {
  private static final JsonMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .build();
  private static final Template TEMPLATE = Template.load(Map.of());
  private static final Pattern TOKEN = Pattern.compile("ispcrm_[0-9A-Za-z]+");

  private static final Set<String> REQUEST_MEMBERS =
      Set.of(
          "resource",
          "path",
          "httpMethod",
          "headers",
          "multiValueHeaders",
          "queryStringParameters",
          "multiValueQueryStringParameters",
          "pathParameters",
          "stageVariables",
          "requestContext");
  private static final Set<String> CONTEXT_MEMBERS =
      Set.of(
          "accountId",
          "apiId",
          "deploymentId",
          "domainName",
          "domainPrefix",
          "extendedRequestId",
          "httpMethod",
          "identity",
          "path",
          "protocol",
          "requestId",
          "requestTime",
          "requestTimeEpoch",
          "resourceId",
          "resourcePath",
          "stage");

  static Stream<String> files() {
    return Checkout.list("events").stream()
        .flatMap(
            folder -> Checkout.list("events/" + folder).stream().map(file -> folder + "/" + file));
  }

  static Stream<String> requests() {
    return files().filter(file -> !NamesTest.WITHOUT_ROUTE.contains(file.split("/", -1)[0]));
  }

  private static Stream<String> toFunctions() {
    return requests().filter(file -> !file.startsWith("authorizer/"));
  }

  private static Stream<String> toTheAuthorizer() {
    return requests().filter(file -> file.startsWith("authorizer/"));
  }

  @ParameterizedTest
  @MethodSource("files")
  void itIsOneJsonObjectInAFileNamedAfterTheCase(String file) {
    assertThat(file).matches("[a-z0-9-]+/[a-z0-9-]+\\.json");
    assertThat(event(file)).isNotNull();
  }

  @ParameterizedTest
  @MethodSource("requests")
  void itsRouteIsOneOfItsFunction(String file) {
    Map<String, Object> event = event(file);
    String route = event.get("httpMethod") + " " + event.get("resource");
    String module = file.substring(0, file.indexOf('/'));
    if (file.equals("authorizer/unknown-route.json")) {
      assertThat(NamesTest.routes()).doesNotContainKey(route);
    } else if (module.equals("authorizer")) {
      assertThat(NamesTest.routes()).containsKey(route);
    } else if (module.equals(NamesTest.NOT_FOUND)) {
      assertThat(NamesTest.routes()).doesNotContainKey(route);
      assertThat(NamesTest.routes()).containsEntry("ANY " + event.get("resource"), module);
    } else {
      assertThat(NamesTest.routes()).containsEntry(route, module);
    }
  }

  @ParameterizedTest
  @MethodSource("requests")
  void itsPathIsItsRouteFilledIn(String file) {
    Map<String, Object> event = event(file);
    String path = (String) event.get("resource");
    for (Map.Entry<String, Object> variable : members(event, "pathParameters").entrySet()) {
      String value = (String) variable.getValue();
      path = path.replace("{" + variable.getKey() + "}", value);
      path = path.replace("{" + variable.getKey() + "+}", value);
    }
    assertThat(event).containsEntry("path", path);
    assertThat(path).doesNotContain("{");
  }

  @ParameterizedTest
  @MethodSource("requests")
  void itsContextDescribesTheSameRequest(String file) {
    Map<String, Object> event = event(file);
    Map<String, Object> context = members(event, "requestContext");
    assertThat(context)
        .containsEntry("httpMethod", event.get("httpMethod"))
        .containsEntry("resourcePath", event.get("resource"))
        .containsEntry("path", "/" + context.get("stage") + event.get("path"))
        .containsEntry("domainName", members(event, "headers").get("Host"));
    assertThat((String) context.get("domainName"))
        .startsWith(context.get("domainPrefix") + ".")
        .startsWith(context.get("apiId") + ".");
    assertThat(members(context, "identity"))
        .containsEntry("userAgent", members(event, "headers").get("User-Agent"))
        .containsEntry("sourceIp", members(event, "headers").get("X-Forwarded-For"));
  }

  /**
   * API Gateway sends each header and parameter twice: with its last value and with all its values.
   */
  @ParameterizedTest
  @MethodSource("requests")
  void itsTwoFormsOfHeadersAndParametersAgree(String file) {
    Map<String, Object> event = event(file);
    assertThat(lastOf(members(event, "multiValueHeaders"))).isEqualTo(members(event, "headers"));
    assertThat(lastOf(members(event, "multiValueQueryStringParameters")))
        .isEqualTo(members(event, "queryStringParameters"));
  }

  @ParameterizedTest
  @MethodSource("toFunctions")
  void aFunctionsEventHasTheFullShape(String file) {
    Map<String, Object> event = event(file);
    assertThat(event.keySet()).isEqualTo(with(REQUEST_MEMBERS, "body", "isBase64Encoded"));
    boolean isPublic =
        TEMPLATE.functions().get(file.substring(0, file.indexOf('/'))).routes().stream()
            .noneMatch(Template.Route::authorized);
    Map<String, Object> context = members(event, "requestContext");
    assertThat(context.keySet())
        .isEqualTo(isPublic ? CONTEXT_MEMBERS : with(CONTEXT_MEMBERS, "authorizer"));
    if (!isPublic) {
      assertThat(members(context, "authorizer"))
          .containsOnlyKeys(
              with(caller(context).toContext().keySet(), "principalId", "integrationLatency"));
      Caller caller = caller(context);
      assertThat(caller.role().scopes()).containsAll(caller.scopes());
      if (!caller.isNarrowed()) {
        assertThat(caller.scopes()).containsExactlyInAnyOrderElementsOf(caller.role().scopes());
      }
    }
    assertThat(event.get("body") != null)
        .isEqualTo(Set.of("POST", "PUT", "PATCH").contains(event.get("httpMethod")));
  }

  @ParameterizedTest
  @MethodSource("toTheAuthorizer")
  void anAuthorizersEventHasTheFullShape(String file) {
    Map<String, Object> event = event(file);
    assertThat(event.keySet()).isEqualTo(with(REQUEST_MEMBERS, "type", "methodArn"));
    assertThat(event).containsEntry("type", "REQUEST");
    Map<String, Object> context = members(event, "requestContext");
    assertThat(context.keySet()).isEqualTo(CONTEXT_MEMBERS);
    assertThat((String) event.get("methodArn"))
        .matches("arn:aws:execute-api:[a-z0-9-]+:.*")
        .endsWith(
            ":%s:%s/%s/%s%s"
                .formatted(
                    context.get("accountId"),
                    context.get("apiId"),
                    context.get("stage"),
                    event.get("httpMethod"),
                    event.get("path")));
  }

  @Test
  void theAdministratorsEventIsEmpty() {
    assertThat(files().filter(file -> file.startsWith("bootstrap-admin/")))
        .allSatisfy(file -> assertThat(event(file)).isEmpty());
  }

  /**
   * A token in a repository is public, so it must be invalid everywhere and recognizable as an
   * example.
   */
  @Test
  void everyTokenIsWellFormedAndRecognizablyAnExample() {
    List<String> tokens = new ArrayList<>();
    files()
        .forEach(
            file -> {
              Matcher matcher = TOKEN.matcher(Checkout.read("events/" + file));
              while (matcher.find()) {
                String token = matcher.group();
                tokens.add(token);
                assertThat(token).as(file).contains("TokenForTheEventFiles000000");
                assertThat(BearerToken.parse(token).isPresent())
                    .as(file)
                    .isEqualTo(!file.equals("authorizer/mistyped-token.json"));
              }
            });
    assertThat(tokens).isNotEmpty();
  }

  private static Map<String, Object> event(String file) {
    return map(STRICT.readValue(Checkout.read("events/" + file), Map.class));
  }

  private static Caller caller(Map<String, Object> context) {
    return ApiRequest.of(Map.of("requestContext", context), "").caller();
  }

  private static Map<String, Object> members(Map<String, Object> parent, String name) {
    return parent.get(name) == null ? Map.of() : map(parent.get(name));
  }

  private static Map<String, Object> lastOf(Map<String, Object> lists) {
    Map<String, Object> last = new LinkedHashMap<>();
    lists.forEach(
        (name, values) -> last.put(name, ((List<?>) values).get(((List<?>) values).size() - 1)));
    return last;
  }

  private static Set<String> with(Set<String> names, String... more) {
    Set<String> all = new TreeSet<>(names);
    all.addAll(List.of(more));
    return all;
  }
}
