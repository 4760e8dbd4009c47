package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;

/** What the page {@code /Admin/getToken} shows of webhooks, in a real browser. */
class AdminPageWebhooksIT extends BrowserTests {
  private final AtomicInteger status = new AtomicInteger(204);
  private HttpServer receiver;

  @BeforeEach
  void open() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(status.get(), -1);
          exchange.close();
        });
    receiver.start();
    page.resize(1280, 900);
    page.open(run.base());
  }

  @AfterEach
  void close() {
    receiver.stop(0);
  }

  @Test
  void webhook_isShownWithItsHealthAndCanBeTested() throws IOException {
    page.signIn(run.token());
    page.await("start");
    page.click("See webhooks");
    page.await("webhooks");
    page.until(() -> page.element("webhooks-note").getText().equals("There are no webhooks."));
    page.click("Back");

    String url = "http://127.0.0.1:%d/".formatted(receiver.getAddress().getPort());
    String markup = "<img class=injected src=x onerror=\\\"window.ran=true\\\">";
    run.api()
        .send(
            "POST",
            "/api/v1/webhooks",
            "{\"url\":\"%s\",\"types\":[\"user.suspended\"],\"description\":\"Billing %s\"}"
                .formatted(url, markup))
        .expect(201);
    page.click("See webhooks");
    page.until(() -> page.element("webhooks-note").getText().equals("1 webhook."));
    assertThat(card())
        .contains("Billing <img class=injected", "active", url, "user.suspended", "none yet");
    assertThat(page.execute("return window.ran === undefined")).isEqualTo(true);
    assertThat(page.accessibilityFaults()).isEmpty();

    page.element("webhook-list").findElement(By.tagName("button")).click();
    page.until(() -> page.element("webhooks-note").getText().startsWith("The test was delivered"));
    assertThat(page.element("webhooks-note").getText()).contains("the receiver responded 204");
    assertThat(card()).doesNotContain("none yet", "Failing since");

    status.set(500);
    page.element("webhook-list").findElement(By.tagName("button")).click();
    page.until(() -> page.element("webhooks-note").getText().startsWith("The test failed"));
    assertThat(page.element("webhooks-note").getText()).contains("the receiver responded 500");
    assertThat(card()).contains("failing", "Failing since", "Next attempt");
    assertThat(page.accessibilityFaults()).isEmpty();
    page.resize(320, 700);
    assertThat(page.isNarrowEnough()).isTrue();
    page.picture("webhooks");
  }

  private static String card() {
    return page.element("webhook-list").findElement(By.tagName("li")).getText();
  }
}
