package ispcrm.http;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.access.Endpoint;
import ispcrm.emulation.LocalLambda;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ApiEntryPointTest {
  private static final String EVENT =
      """
      {"resource":"/x/{id}","path":"/x/1","httpMethod":"GET","headers":{"X-Auth-Token":"secret"},
       "multiValueHeaders":{"X-Auth-Token":["secret"],"Host":["evil.example"]},
       "multiValueQueryStringParameters":{"a":["1","2"]},"pathParameters":{"id":"1"},
       "requestContext":{"requestId":"r-1","domainName":"abc.example","stage":"prod",
        "authorizer":{"token_id":"t","user_id":"u","scopes":"users:read self:read"}},
       "body":null,"isBase64Encoded":false}
      """;

  private static final JsonMapper JSON = new JsonMapper();

  private final StringBuilder log = new StringBuilder();

  @Test
  void passesTheRequestToTheFunction() {
    JsonNode response =
        invoke(
            EVENT,
            Map.of(),
            request ->
                ApiResponse.json(
                    200,
                    Map.of(
                        "id", request.pathParameters().get("id"),
                        "a", request.query().get("a"),
                        "user", request.caller().userId(),
                        "token", request.caller().tokenId(),
                        "scopes", request.caller().scopes().size(),
                        "root", request.links().root())));
    JsonNode body = JSON.readTree(response.get("body").asString());
    assertThat(body)
        .isEqualTo(
            JSON.readTree(
                """
                {"id":"1","a":["1","2"],"user":"u","token":"t","scopes":2,
                 "root":"https://abc.example/prod/api/v1"}
                """));
    assertThat(response.at("/headers/X-Request-Id").asString()).isEqualTo("r-1");
    assertThat(response.at("/headers/Content-Type").asString())
        .isEqualTo("application/json; charset=utf-8");
    assertThat(response.get("statusCode").asInt()).isEqualTo(200);
  }

  @Test
  void linksBeginWithTheConfiguredAddress() {
    JsonNode response =
        invoke(
            EVENT,
            Map.of("BASE_URL", "https://crm.example.net"),
            request -> ApiResponse.json(200, Map.of("users", request.links().users())));
    assertThat(response.get("body").asString())
        .isEqualTo("{\"users\":\"https://crm.example.net/api/v1/users\"}");
  }

  @Test
  void aCallerWithoutAnAuthorizerHasNoScopes() {
    JsonNode response =
        invoke(
            EVENT.replace("\"authorizer\"", "\"nobody\""),
            Map.of(),
            request -> ApiResponse.json(200, Map.of("scopes", request.caller().scopes())));
    assertThat(response.get("body").asString()).isEqualTo("{\"scopes\":[]}");
  }

  @Test
  void anErrorOfTheClientIsDescribedToIt() {
    JsonNode response =
        invoke(
            EVENT,
            Map.of(),
            request -> {
              throw new ApiException(ErrorCode.INVALID_FIELDS, "No.", Map.of("mac", "is missing"));
            });
    assertThat(response.get("statusCode").asInt()).isEqualTo(400);
    assertThat(response.get("body").asString())
        .isEqualTo(
            "{\"status\":\"error\",\"message\":\"No.\",\"code\":\"invalid_fields\","
                + "\"errors\":[{\"field\":\"mac\",\"message\":\"is missing\"}],\"request_id\":\"r-1\","
                + "\"_links\":{\"root\":\"https://abc.example/prod/api/v1\"}}");
    assertThat(log).isEmpty();
  }

  @Test
  void aClientThatAsksForItGetsAProblem() {
    JsonNode response =
        invoke(
            EVENT.replace("\"Host\"", "\"accept\":[\"application/problem+json\"],\"Host\""),
            Map.of(),
            request -> {
              throw new ApiException(ErrorCode.INVALID_FIELDS, "No.", Map.of("mac", "is missing"))
                  .with("Allow", "GET");
            });
    assertThat(response.at("/headers/Content-Type").asString())
        .isEqualTo("application/problem+json");
    assertThat(response.at("/headers/Allow").asString()).isEqualTo("GET");
    assertThat(JSON.readTree(response.get("body").asString()))
        .isEqualTo(
            JSON.readTree(
                """
                {"type":"https://abc.example/prod/docs#invalid_fields","title":"Invalid fields",
                 "status":400,"detail":"No.","code":"invalid_fields",
                 "errors":[{"field":"mac","message":"is missing"}],"request_id":"r-1",
                 "_links":{"root":"https://abc.example/prod/api/v1"}}
                """));
  }

  @Test
  void theFirst30InvalidFieldsAreListedAndTheOthersCounted() {
    Map<String, String> errors = new LinkedHashMap<>();
    for (int i = 0; i < 8_150; i++) {
      errors.put("f" + i, "is unknown");
    }
    JsonNode response =
        invoke(
            EVENT,
            Map.of(),
            request -> {
              throw new ApiException(ErrorCode.INVALID_FIELDS, "No.", errors);
            });
    JsonNode body = JSON.readTree(response.get("body").asString());
    assertThat(body.get("errors").size()).isEqualTo(30);
    assertThat(body.at("/errors/29/field").asString()).isEqualTo("f29");
    assertThat(body.get("message").asString())
        .isEqualTo("No. These are the first 30; there are 8120 more.");
  }

  @ParameterizedTest
  @CsvSource({
    "https://a.example,https://a.example",
    "https://b.example:8443,https://b.example:8443",
    "https://c.example,",
    "http://a.example,",
    "https://a.example.evil.example,",
    "null,"
  })
  void onlyPagesOfTheseOriginsCanReadAResponse(String origin, String allowed) {
    for (int status : List.of(200, 404, 500)) {
      JsonNode response =
          invoke(
              EVENT.replace("\"Host\"", "\"origin\":[\"" + origin + "\"],\"Host\""),
              Map.of("CORS_ORIGINS", "https://a.example,https://b.example:8443"),
              request -> respond(status));
      assertThat(response.at("/headers/Access-Control-Allow-Origin").asString(null))
          .isEqualTo(allowed);
      assertThat(response.at("/headers/Access-Control-Expose-Headers").asString("none"))
          .contains(allowed == null ? "none" : "X-Request-Id");
      assertThat(response.at("/headers/Vary").asString()).isEqualTo("Origin");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 404, 500})
  void response_anyStatus_isNeitherSniffedNorReadWithoutTls(int status) {
    JsonNode headers = invoke(EVENT, Map.of(), request -> respond(status)).get("headers");
    assertThat(headers.get("X-Content-Type-Options").asString()).isEqualTo("nosniff");
    assertThat(headers.get("Strict-Transport-Security").asString()).isEqualTo("max-age=31536000");
    assertThat(headers.get("Cache-Control").asString()).isEqualTo("no-store");
  }

  @Test
  void noPageOfAnotherHostCanReadAResponseByDefault() {
    JsonNode response =
        invoke(
            EVENT.replace("\"Host\"", "\"origin\":[\"https://a.example\"],\"Host\""),
            Map.of("CORS_ORIGINS", ""),
            request -> respond(200));
    assertThat(response.get("headers").propertyNames())
        .noneMatch(name -> name.startsWith("Access-Control") || name.equals("Vary"));
  }

  private static ApiResponse respond(int status) {
    return switch (status) {
      case 200 -> ApiResponse.json(200, Map.of());
      case 404 -> throw ApiException.notFound("user");
      default -> throw new IllegalStateException();
    };
  }

  @Test
  void aFaultOfOurOwnIsLoggedAndBecomesAPlain500() {
    JsonNode response =
        invoke(
            EVENT,
            Map.of("RELEASE", "4f2c9a"),
            request -> {
              throw new IllegalStateException("table Users is gone");
            });
    assertThat(response.get("statusCode").asInt()).isEqualTo(500);
    assertThat(response.get("body").asString())
        .contains("\"code\":\"internal_error\"", "\"request_id\":\"r-1\"")
        .doesNotContain("table", "IllegalState", "errors");
    assertThat(log.toString())
        .contains(
            "\"message\":\"test failed: java.lang.IllegalStateException: table Users is gone\"",
            "\"release\":\"4f2c9a\"",
            "\"request_id\":\"r-1\"")
        .doesNotContain("secret");
  }

  @Test
  void aSingleResourceHasTheCommonShape() {
    ApiResponse response = ApiResponse.single(201, Map.of("id", "1"), Map.of("self", "x"));
    assertThat(response.status()).isEqualTo(201);
    assertThat(response.body())
        .isEqualTo("{\"success\":\"true\",\"data\":{\"id\":\"1\"},\"_links\":{\"self\":\"x\"}}");
    assertThat(response.headers()).containsEntry("Cache-Control", "no-store");
  }

  @Test
  void linksLeadToTheNewestVersion() {
    Links links = new Links("https://crm.example.net");
    assertThat(links.root()).isEqualTo("https://crm.example.net/api/v1");
    assertThat(links.user("jonewe")).isEqualTo("https://crm.example.net/api/v1/users/jonewe");
    assertThat(links.to(Endpoint.GET_USER)).isEqualTo("https://crm.example.net/api/v1/users/{id}");
  }

  @Test
  void anErrorTellsItsStatusAndItsFields() {
    ApiException e = ApiException.duplicateKey("ID");
    assertThat(e.status()).isEqualTo(400);
    assertThat(e.fieldErrors()).isEqualTo(Map.of("ID", "is repeated"));
  }

  private JsonNode invoke(
      String event, Map<String, String> environment, Function<ApiRequest, ApiResponse> function) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ApiEntryPoint.create("test", function, environment, () -> entryPoint -> {})
          .handleRequest(
              new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)),
              out,
              LocalLambda.context("test", log::append));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return JSON.readTree(out.toByteArray());
  }
}
