package ispcrm.checks;

import static ispcrm.checks.Checkout.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ispcrm.authorizer.AuthorizerRequest;
import ispcrm.authorizer.Decision;
import ispcrm.deliverevents.DeliverEvents;
import ispcrm.emulation.CallingToken;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.expireusers.ExpireUsers;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.profiles.ProfileRequest;
import ispcrm.profiles.Profiles;
import ispcrm.senddeliveries.SendDeliveries;
import ispcrm.template.Template;
import ispcrm.template.Template.LambdaFunction;
import ispcrm.tokens.IssuedToken;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.User;
import ispcrm.users.Users;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.function.context.FunctionCatalog;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Every function is a bean that Spring Cloud Function's own catalog finds and calls in an
 * application context, so any adapter of the library can run it. What is deployed uses the same
 * catalog without the context, see infra/docs/0001-catalog-without-application-context.md.
 */
class SpringContextTest {
  private static final Template TEMPLATE = Template.load(Map.of());

  private static LocalDynamoDb dynamoDb;
  private static ConfigurableApplicationContext context;

  @EnableAutoConfiguration
  static class Application {}

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    dynamoDb.useInThisProcess();
    new Users(dynamoDb.client(), "UsersTable")
        .create(
            new CreateUserRequest(Map.of("id", "admin", "role", "admin"))
                .toUser("", "IZadmin", Instant.now()));
    context =
        new SpringApplicationBuilder(Application.class)
            .web(WebApplicationType.NONE)
            .bannerMode(Banner.Mode.OFF)
            .logStartupInfo(false)
            .initializers(SpringContextTest::registerFunctions)
            .run();
  }

  @AfterAll
  static void stop() {
    context.close();
    dynamoDb.close();
  }

  /** Undoes what the functions did to the user, the token and the profiles in the events. */
  @BeforeEach
  void restoreJonewe() {
    CallingToken.store(dynamoDb.client(), "jonewe");
    for (String key : List.of("user#jonewe", "name#jonewe", "customer_id#iz1459296")) {
      dynamoDb
          .client()
          .deleteItem(
              delete ->
                  delete.tableName("UsersTable").key(Map.of("pk", AttributeValue.fromS(key))));
    }
    createJonewe();
    Profiles profiles = new Profiles(dynamoDb.client(), "ProfilesTable");
    for (long id : new long[] {10, 20}) {
      profiles.create(
          new ProfileRequest(Map.of("id", id, "name", "100 Mbps"), null).apply(Instant.now()));
    }
    StoredWebhook.put(dynamoDb.client());
  }

  private static void createJonewe() {
    User jonewe =
        new CreateUserRequest(Map.of("id", "jonewe")).toUser("", "IZ1459296", Instant.now());
    assertThat(new Users(dynamoDb.client(), "UsersTable").create(jonewe)).isEmpty();
  }

  private static List<String> modules() {
    return Checkout.functions();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void theLibrarysCatalogCallsTheFunction(String module) {
    Function<Object, Object> function =
        context.getBean(FunctionCatalog.class).lookup(Function.class, NamesTest.camel(module));
    assertThat(function).isNotNull();
    switch (module) {
      case "authorizer" ->
          assertThat(function.apply(AuthorizerRequest.of(event("authorizer/bearer.json"))))
              .isInstanceOfSatisfying(
                  Decision.class, decision -> assertThat(decision.denial()).isNull());
      case "bootstrap-admin" ->
          assertThat(function.apply(null))
              .isInstanceOfSatisfying(
                  IssuedToken.class,
                  issued -> assertThat(issued.token().user()).isEqualTo("admin"));
      case "expire-users" ->
          assertThat(function.apply(Duration.ofMinutes(1))).isEqualTo(new ExpireUsers.Run(0, 0));
      case "deliver-events" ->
          assertThat(function.apply(new DeliverEvents.NewEntries(List.of())))
              .isEqualTo(new DeliverEvents.Outcome(null));
      case "send-deliveries" ->
          assertThat(function.apply("none")).isEqualTo(new SendDeliveries.Run(0, 0));
      case NamesTest.NOT_FOUND ->
          assertThatThrownBy(
                  () -> function.apply(ApiRequest.of(event(module + "/unknown-route.json"), "")))
              .isInstanceOfSatisfying(
                  ApiException.class, error -> assertThat(error.status()).isEqualTo(404));
      default ->
          assertThat(function.apply(ApiRequest.of(event(module + "/ok.json"), "")))
              .isInstanceOfSatisfying(
                  ApiResponse.class,
                  response -> assertThat(response.status()).isIn(200, 201, 202, 204));
    }
  }

  private static void registerFunctions(ConfigurableApplicationContext context) {
    for (String module : modules()) {
      register((GenericApplicationContext) context, module, function(module));
    }
  }

  @SuppressWarnings("unchecked") // the class of an object creates objects of that class
  private static <T> void register(GenericApplicationContext context, String module, T function) {
    context.registerBean(NamesTest.camel(module), (Class<T>) function.getClass(), () -> function);
  }

  private static Object function(String module) {
    LambdaFunction function = TEMPLATE.functions().get(module);
    try {
      return Class.forName(function.handler())
          .getMethod("function", Map.class)
          .invoke(null, function.environment());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(module, e);
    }
  }

  private static Map<String, Object> event(String file) {
    return map(Checkout.JSON.readValue(Checkout.read("events/" + file), LinkedHashMap.class));
  }
}
