package ispcrm.local;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.template.Template;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ThrottleTest {
  private static final Template.Route LIST = new Template.Route("GET", "/api/v1/users", true);
  private static final Template.Route CREATE_TOKEN =
      new Template.Route("POST", "/api/v1/tokens", true);

  private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - 5);

  @Test
  void eachRouteHasItsOwnLimitThatRefills() {
    Throttle throttle = new Throttle(route -> new Template.Limit(2, 3), time::get);
    assertThat(accepted(throttle, LIST, 5)).isEqualTo(3);
    assertThat(accepted(throttle, CREATE_TOKEN, 5)).isEqualTo(3);
    time.addAndGet(TimeUnit.MILLISECONDS.toNanos(500));
    assertThat(accepted(throttle, LIST, 5)).isEqualTo(1);
    time.addAndGet(TimeUnit.HOURS.toNanos(1));
    assertThat(accepted(throttle, LIST, 5)).isEqualTo(3);
  }

  @Test
  void aRequestAboveTheLimitIsToldWhenToTryAgain() throws Exception {
    try (LocalApi api = LocalApi.start(0, null, true, "")) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(api.address() + "/api/v1/tokens"))
              .header("X-Auth-Token", api.token())
              .POST(HttpRequest.BodyPublishers.ofString("{}"))
              .build();
      HttpClient client = HttpClient.newHttpClient();
      HttpResponse<String> response;
      int sent = 0;
      do {
        response = client.send(request, HttpResponse.BodyHandlers.ofString());
        sent++;
      } while (response.statusCode() == 400 && sent < 1_000);
      assertThat(response.statusCode()).isEqualTo(429);
      assertThat(response.headers().firstValue("Retry-After")).contains("1");
      assertThat(response.body()).contains("\"code\":\"throttled\"");
    }
  }

  @Test
  void publicRoute_flooded_leavesTheOthersAlone() throws Exception {
    try (LocalApi api = LocalApi.start(0, null, true, "")) {
      HttpClient client = HttpClient.newHttpClient();
      int accepted = 0;
      while (status(client, api, "/docs") == 200) {
        accepted++;
      }
      assertThat(accepted).isBetween(5, 49);
      assertThat(status(client, api, "/api/v1/openapi.json")).isEqualTo(200);
      assertThat(status(client, api, "/api/v1/health")).isEqualTo(200);
    }
  }

  private static int status(HttpClient client, LocalApi api, String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(api.address() + path)).build();
    return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private static int accepted(Throttle throttle, Template.Route route, int requests) {
    int accepted = 0;
    for (int i = 0; i < requests; i++) {
      accepted += throttle.accepts(route) ? 1 : 0;
    }
    return accepted;
  }
}
