package ispcrm.createwebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.idempotency.Idempotency;
import ispcrm.template.Template;
import ispcrm.webhooks.Destinations;
import ispcrm.webhooks.Webhook;
import ispcrm.webhooks.Webhooks;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CreateWebhookTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final String URL = "\"url\":\"https://hooks.example.net/\"";

  private LocalDynamoDb dynamoDb;
  private Webhooks webhooks;
  private CreateWebhook createWebhook;

  @BeforeEach
  void start() {
    Template template = Template.load(Map.of());
    Map<String, String> environment = template.functions().get("create-webhook").environment();
    dynamoDb = LocalDynamoDb.start(template, null);
    webhooks = new Webhooks(dynamoDb.client(), environment, () -> NOW);
    createWebhook =
        new CreateWebhook(
            webhooks,
            new Destinations(environment),
            new Idempotency(dynamoDb.client(), environment, () -> NOW),
            () -> NOW);
  }

  @AfterEach
  void stop() {
    dynamoDb.close();
  }

  private ApiResponse create(String body, String key) {
    return createWebhook.apply(
        ApiRequest.of(
            Map.of(
                "httpMethod",
                "POST",
                "body",
                body,
                "multiValueHeaders",
                key == null ? Map.of() : Map.of("Idempotency-Key", List.of(key))),
            "https://crm.example.net"));
  }

  private ApiException refused(String body) {
    return catchThrowableOfType(ApiException.class, () -> create(body, null));
  }

  @Test
  void webhook_isCreatedAndItsSecretShownOnce() {
    ApiResponse response = create("{" + URL + "}", "k");
    JsonNode data = new JsonMapper().readTree(response.body()).get("data");
    assertThat(response.status()).isEqualTo(201);
    assertThat(response.headers().get("Location"))
        .isEqualTo("https://crm.example.net/api/v1/webhooks/" + data.get("id").asString());
    assertThat(data.get("secret").asString()).matches("whsec_[A-Za-z0-9+/]{43}=");
    assertThat(webhooks.secrets(data.get("id").asString()))
        .containsExactly(data.get("secret").asString());
    ApiResponse repetition = create("{" + URL + "}", "k");
    assertThat(repetition.headers()).containsEntry("Idempotency-Replayed", "true");
    assertThat(repetition.body())
        .contains(data.get("id").asString())
        .doesNotContain("whsec_", data.get("secret").asString().substring(6));
    assertThat(webhooks.list()).hasSize(1);
  }

  @Test
  void fields_areStored() {
    create(
        "{"
            + URL
            + ",\"types\":[\"user.deleted\"],\"description\":\"x\",\"payload\":\"thin\",\"status\":\"disabled\"}",
        null);
    Webhook webhook = webhooks.list().get(0);
    assertThat(webhook.toMap())
        .containsEntry("types", List.of("user.deleted"))
        .containsEntry("description", "x")
        .containsEntry("payload", "thin")
        .containsEntry("status", "disabled")
        .containsEntry("disabled_reason", "a client disabled it");
  }

  @Test
  void invalidFields_areAllNamed() {
    assertThat(
            refused(
                    "{\"url\":\"http://10.0.0.1\",\"types\":[\"user.banned\"],\"description\":\"\","
                        + "\"payload\":1,\"status\":\"on\",\"secret\":\"s\",\"id\":\"x\"}")
                .fieldErrors())
        .containsOnlyKeys("url", "types", "description", "payload", "status", "secret", "id");
    assertThat(
            refused("{\"url\":null,\"types\":[null],\"payload\":null,\"status\":null,\"id\":null}")
                .fieldErrors())
        .containsOnlyKeys("url", "types", "payload", "status", "id");
    assertThat(refused("{}").fieldErrors()).containsOnlyKeys("url");
    assertThat(refused("{" + URL + ",\"types\":[]}").fieldErrors()).containsOnlyKeys("types");
    assertThat(webhooks.list()).isEmpty();
  }

  /** Also if many are created at the same time. */
  @Test
  void twentyFirst_isRefusedUntilOneIsDeleted() {
    List<Object> results =
        IntStream.range(0, 25)
            .parallel()
            .<Object>mapToObj(
                i -> {
                  try {
                    return create("{" + URL + "}", null).status();
                  } catch (ApiException e) {
                    return e.status();
                  }
                })
            .toList();
    assertThat(results).filteredOn(result -> result.equals(201)).hasSizeLessThanOrEqualTo(20);
    while (webhooks.list().size() < 20) {
      create("{" + URL + "}", null);
    }
    assertThat(refused("{" + URL + "}"))
        .hasMessage("The webhook was not created - there are 20, the most there can be.");
    String id = webhooks.list().get(0).id();
    assertThat(webhooks.delete(id)).isTrue();
    assertThat(webhooks.delete(id)).isTrue();
    assertThat(webhooks.secrets(id)).isEmpty();
    assertThat(create("{" + URL + "}", null).status()).isEqualTo(201);
    assertThat(refused("{" + URL + "}")).isNotNull();
  }
}
