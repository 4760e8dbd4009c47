package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/** The page {@code /Admin/getToken} in a real browser, against the local run. */
class AdminPageIT extends BrowserTests {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Pattern TOKEN = Pattern.compile("ispcrm_[0-9A-Za-z]{40,}");

  @BeforeEach
  void open() {
    page.resize(1280, 900);
    page.open(run.base());
  }

  @Test
  void fiveStepsCreateATokenThatWorksAtOnce() throws IOException {
    page.picture("1-sign-in");
    page.signIn(run.token());
    page.await("start");
    page.picture("2-start");
    page.click("Create API access token");
    page.await("describe");
    page.element("description").sendKeys("Nightly export");
    assertThat(page.element("description-count").getText()).isEqualTo("14 of 200 characters");
    page.picture("3-describe");
    page.click("Create API Token");
    page.await("choose");
    page.type("JONE");
    assertThat(page.option("jonewe").getText()).contains("IZ1459296", "active");
    page.picture("4-choose");
    page.option("jonewe").click();
    page.await("done");
    page.picture("5-done");

    String token = page.value("new-token");
    assertThat(token).matches(TOKEN);
    assertThat(page.value("curl"))
        .isEqualTo("curl -H 'Authorization: Bearer " + token + "' " + run.base() + "/api/v1");
    assertThat(page.element("done").getText())
        .contains("shown only once", "jonewe", "IZ1459296", "Nightly export", "self:read", "days)");
    assertIsTokenOf("jonewe", token);

    page.element("copy-token").click();
    page.click("Sign out");
    page.await("signin");
    page.element("admin-token").sendKeys(Keys.chord(Keys.CONTROL, "v"));
    assertThat(page.value("admin-token")).isEqualTo(token);
  }

  @Test
  void keyboardAloneIsEnough() {
    assertThat(page.focused()).isEqualTo("admin-token");
    page.press(run.token(), Keys.ENTER);
    page.await("start");
    assertThat(page.focused()).isEqualTo("start-title");
    page.press(Keys.TAB);
    assertThat(page.focused()).isEqualTo("start-button");
    page.press(Keys.ENTER);
    page.await("describe");
    assertThat(page.focused()).isEqualTo("description");
    page.press("By keyboard", Keys.ENTER);
    page.await("choose");
    assertThat(page.focused()).isEqualTo("user");
    page.press("jo");
    page.awaitSearch();
    String all = page.element("user-note").getText();
    assertThat(all).startsWith(page.options().size() + " user");
    assertThat(page.element("user").getDomAttribute("aria-expanded")).isEqualTo("true");
    page.press(Keys.ESCAPE);
    assertThat(page.element("user").getDomAttribute("aria-expanded")).isEqualTo("false");
    page.press("newe", Keys.ENTER);
    page.awaitSearch();
    assertThat(page.isShown("choose")).as("nothing was chosen yet").isTrue();
    page.press(Keys.ARROW_DOWN);
    String active = page.element("user").getDomAttribute("aria-activedescendant");
    assertThat(page.element(active).getText()).contains("jonewe");
    assertThat(page.element(active).getDomAttribute("aria-selected")).isEqualTo("true");
    page.press(Keys.ENTER);
    page.await("done");
    assertThat(page.focused()).isEqualTo("done-title");
    page.press(Keys.TAB);
    assertThat(page.focused()).isEqualTo("new-token");
    assertThat(page.execute("return getSelection().toString()")).isEqualTo(page.value("new-token"));
    assertIsTokenOf("jonewe", page.value("new-token"));
  }

  @Test
  void arrowsHomeAndEndGoThroughTheUsers() {
    page.goToUsers(run.token(), "");
    page.press(Keys.ARROW_DOWN);
    page.awaitSearch();
    int last = page.options().size() - 1;
    assertThat(last).isGreaterThan(0);
    assertThat(activeOption()).as("down opens the list").isEqualTo(0);
    page.press(Keys.END);
    assertThat(activeOption()).isEqualTo(last);
    page.press(Keys.ARROW_DOWN);
    assertThat(activeOption()).as("round the end").isEqualTo(0);
    page.press(Keys.ARROW_UP);
    assertThat(activeOption()).as("round the start").isEqualTo(last);
    page.press(Keys.HOME);
    assertThat(activeOption()).isEqualTo(0);
  }

  private static int activeOption() {
    String active = page.element("user").getDomAttribute("aria-activedescendant");
    return page.options().stream()
        .map(option -> option.getDomAttribute("id"))
        .toList()
        .indexOf(active);
  }

  @Test
  void anInvalidTokenIsRefusedWithInstructions() {
    page.signIn("ispcrm_wrong");
    assertThat(page.alert()).contains("not valid", "expired", "revoked", "bootstrap-admin");
    assertThat(page.isShown("signin")).isTrue();
    assertThat(page.focused()).isEqualTo("admin-token");
    page.press(run.token(), Keys.ENTER);
    page.await("start");
    assertThat(page.element("alert").getText()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer %s",
        "Authorization: bearer %s ",
        "X-Auth-Token: %s",
        "\"%s\"",
        "'Authorization: Bearer %s'",
        "Authorization: \"Bearer %s\"",
        "\u200b\ufeff%s\u00ad\u2060",
        "\u201c%s\u201d"
      })
  void pastedToken_withWhatSurroundedIt_signsIn(String pasted) {
    page.signIn(pasted.formatted(run.token()));
    page.await("start");
  }

  @Test
  void newToken_notCopied_asksBeforeLeaving() {
    assertThat(page.asksBeforeLeaving()).as("without a token").isFalse();
    createToken();
    assertThat(page.asksBeforeLeaving()).isTrue();
    page.element("new-token").sendKeys(Keys.chord(Keys.CONTROL, "c"));
    assertThat(page.asksBeforeLeaving()).as("copied with the keyboard").isFalse();

    page.click("Create another token");
    page.await("start");
    page.click("Sign out");
    createToken();
    assertThat(page.asksBeforeLeaving()).isTrue();
    page.element("copy-token").click();
    page.until(() -> !page.element("copy-note").getText().isEmpty());
    assertThat(page.asksBeforeLeaving()).as("copied with the button").isFalse();

    page.click("Create another token");
    page.await("start");
    page.click("Sign out");
    createToken();
    page.click("Create another token");
    assertThat(page.asksBeforeLeaving()).as("discarded").isFalse();
  }

  @Test
  void aCustomersTokenIsNotAnAdministrators() {
    page.signIn(run.api().createToken(idOf("jonewe")));
    assertThat(page.alert()).contains("valid, but it is not an administrator");
    assertThat(page.isShown("signin")).isTrue();
  }

  @Test
  void anUnknownUserIsNotFound() {
    page.goToUsers(run.token(), "");
    page.type("no-such-username");
    assertThat(page.options()).isEmpty();
    assertThat(page.element("user-note").getText()).contains("No username starts with");
  }

  @Test
  void aLateResponseDoesNotReplaceANewerOne() {
    page.goToUsers(run.token(), "");
    page.execute(
        """
        const real = window.fetch;
        window.fetch = () => {
          window.fetch = real;
          return new Promise((resolve) => {
            window.respondLate = () => resolve(new Response('{"users":[{"username":"late"}]}'));
          });
        }
        """);
    page.element("user").sendKeys("john");
    page.until(() -> page.execute("return window.respondLate !== undefined").equals(true));
    page.type("jonewe");
    page.option("jonewe");
    page.execute("respondLate()");
    page.execute("return new Promise((shown) => setTimeout(shown, 100))");
    assertThat(page.options()).hasSize(1);
    page.option("jonewe");
  }

  @Test
  void impossibleUsernamesAreNotSentToTheApi() {
    page.goToUsers(run.token(), "");
    page.type("jo");
    assertThat(page.options()).isNotEmpty();
    long searches = searches();
    page.type("jo!");
    assertThat(page.element("user-note").getText()).contains("No username starts with “jo!”");
    assertThat(page.options()).isEmpty();
    assertThat(searches()).isEqualTo(searches);
    page.type("jo");
    assertThat(page.options()).isNotEmpty();
    assertThat(searches()).isEqualTo(searches + 1);
  }

  private static long searches() {
    return page.requests().stream().filter(request -> request.contains("/api/v1/users?")).count();
  }

  @Test
  void theBrowserRunsNoOtherScriptAndCallsNoOtherServer() {
    String policy = run.api().as(null).get("/Admin/getToken").header("Content-Security-Policy");
    assertThat(policy).contains("default-src 'none'").doesNotContain("unsafe-");

    createToken();
    assertThat(page.console()).isEmpty();
    assertThat(page.requests())
        .hasSizeGreaterThanOrEqualTo(4)
        .allSatisfy(
            request -> assertThat(request).matches("[A-Z]+ (" + run.base() + "/|data:|about:).*"));

    Object ran =
        page.execute(
            """
            try {
              document.body.setAttribute('onclick', 'window.ran = true');
            } catch {
              // Chromium refuses text that is not a TrustedScript.
            }
            document.body.click();
            const style = document.createElement('style');
            style.textContent = ':root { --ran: true }';
            document.head.append(style);
            return String(window.ran) + getComputedStyle(document.documentElement)
              .getPropertyValue('--ran');
            """);
    assertThat(ran).isEqualTo("undefined");
    assertThat(page.console()).anyMatch(line -> line.contains("Content Security Policy"));
  }

  @Test
  void tokensAreOnlyInTheMemoryOfThePage() {
    createToken();
    String created = page.value("new-token");
    assertThat(created).matches(TOKEN);
    assertThat(run.output()).as("the output of the local run").doesNotContain(created);
    assertThat(page.address()).isEqualTo(run.base() + "/Admin/getToken");
    assertThat(page.execute("return localStorage.length + sessionStorage.length")).isEqualTo(0L);
    assertThat(page.execute("return document.cookie")).isEqualTo("");
    assertThat(page.requests()).noneMatch(request -> TOKEN.matcher(request).find());
    assertThat(document()).doesNotContain(run.token());
    assertThat(document()).contains(created);

    page.click("Create another token");
    page.await("start");
    assertThat(document()).doesNotContain(created).doesNotContain(run.token());

    page.click("Sign out");
    page.await("signin");
    assertThat(page.isShown("sign-out")).isFalse();
    assertThat(page.value("admin-token")).isEmpty();
  }

  /** The current document, with the values of its fields. */
  private static String document() {
    return (String)
        page.execute(
            "return document.documentElement.outerHTML"
                + " + [...document.querySelectorAll('input, textarea')].map((f) => f.value)");
  }

  @Test
  void fitsAPhone() throws IOException {
    page.resize(360, 740);
    assertFits();
    page.picture("1-sign-in");
    page.signIn("wrong");
    page.alert();
    assertFits();
    page.open(run.base());
    page.signIn(run.token());
    page.await("start");
    assertFits();
    page.picture("2-start");
    page.click("Create API access token");
    page.await("describe");
    page.element("description").sendKeys("w".repeat(200));
    assertFits();
    page.picture("3-describe");
    page.click("Create API Token");
    page.await("choose");
    page.type("jo");
    assertThat(page.options()).isNotEmpty();
    assertFits();
    page.picture("4-choose");
    page.option("jonewe").click();
    page.await("done");
    assertFits();
    page.picture("5-done");
  }

  /** Waits for the layout, because the browser updates it some time after a resize. */
  private static void assertFits() {
    page.until(
        () ->
            (Boolean)
                page.execute(
                    "const page = document.documentElement;"
                        + " return innerWidth === 360 && page.scrollWidth <= page.clientWidth"));
  }

  @Test
  void aDoubleClickCreatesOneToken() {
    page.goToUsers(run.token(), "");
    page.type("jonewe");
    page.doubleClick(page.option("jonewe"));
    page.await("done");
    assertThat(page.value("new-token")).matches(TOKEN);
    assertThat(page.requests())
        .filteredOn(request -> request.startsWith("POST "))
        .containsExactly("POST " + run.base() + "/api/v1/tokens");
  }

  @Test
  void aTooLongDescriptionIsKeptAndRefused() {
    page.signIn(run.token());
    page.await("start");
    page.click("Create API access token");
    page.await("describe");
    page.element("description").sendKeys("d".repeat(201));
    page.click("Create API Token");
    assertThat(page.alert()).contains("Shorten the description");
    assertThat(page.value("description")).hasSize(201);
    page.press(Keys.BACK_SPACE, Keys.ENTER);
    page.await("choose");
  }

  @Test
  void aBrokenConnectionIsReportedAndCanBeRetried() {
    page.goToUsers(run.token(), "");
    page.type("jonewe");
    page.goOffline(true);
    try {
      page.option("jonewe").click();
      assertThat(page.alert()).contains("Check your connection", "choose the user again");
    } finally {
      page.goOffline(false);
    }
    page.option("jonewe").click();
    page.await("done");
    assertThat(page.element("alert").getText()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          400 | {"message":"M","errors":[{"field":"user","message":"F"}],"request_id":"r-1"} | user: F
          403 | {"message":"M","request_id":"r-1"}   | does not allow this. The API says: “M”
          404 | {"message":"M","request_id":"r-1"}   | This user no longer exists
          413 | {"message":"M","request_id":"r-1"}   | shorten the description
          429 | {"message":"M","request_id":"r-1"}   | Wait 7 seconds
          500 | {"message":"M","request_id":"r-1"}   | The server failed
          502 | <html>Bad Gateway</html>             | did not come from the ISPCRM API (HTTP status 502)
          201 | {"success":"true","data":{}}         | did not come from the ISPCRM API
          """)
  void everyRefusalSaysWhatToDo(int status, String body, String words) {
    page.goToUsers(run.token(), "");
    page.type("jonewe");
    page.respondNext(status, body, "");
    page.option("jonewe").click();
    assertThat(page.alert()).contains(words);
    if (body.contains("request_id")) {
      assertThat(page.alert()).contains("r-1");
    }
    assertThat(page.isShown("choose")).isTrue();
    page.option("jonewe").click();
    page.await("done");
    assertThat(page.value("new-token")).matches(TOKEN);
  }

  @Test
  void aTokenRevokedInTheMiddleSignsOut() {
    page.goToUsers(run.token(), "");
    page.type("jonewe");
    page.respondNext(401, "{\"message\":\"Unauthorized access - invalid token provided.\"}", "");
    page.option("jonewe").click();
    assertThat(page.alert()).contains("no longer accepted", "bootstrap-admin");
    page.await("signin");
    assertThat(page.focused()).isEqualTo("admin-token");
    assertThat(page.isShown("sign-out")).isFalse();
  }

  @Test
  void worksBelowAStagePrefix() throws IOException {
    HttpServer stage =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    stage.createContext("/prod/", AdminPageIT::forward);
    stage.start();
    try {
      URI base = URI.create("http://127.0.0.1:" + stage.getAddress().getPort() + "/prod");
      page.open(base);
      page.goToUsers(run.token(), "");
      page.type("jonewe");
      page.option("jonewe").click();
      page.await("done");
      assertThat(page.value("curl")).endsWith("' " + base + "/api/v1");
      assertThat(page.requests())
          .allMatch(request -> request.matches("[A-Z]+ (" + base + "|data:).*"));
    } finally {
      stage.stop(0);
    }
  }

  private static void forward(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString().substring("/prod".length());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(run.base() + path))
            .method(
                exchange.getRequestMethod(),
                BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    try (exchange) {
      HttpResponse<byte[]> response = HTTP.send(request.build(), BodyHandlers.ofByteArray());
      for (String name : List.of("Content-Type", "Content-Security-Policy")) {
        response
            .headers()
            .firstValue(name)
            .ifPresent(value -> exchange.getResponseHeaders().set(name, value));
      }
      exchange.sendResponseHeaders(response.statusCode(), response.body().length);
      exchange.getResponseBody().write(response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void createToken() {
    page.goToUsers(run.token(), "created by a test");
    page.type("john");
    page.option("John Doe").click();
    page.await("done");
  }

  /** Asserts that the token can read only its own user's record. */
  private static void assertIsTokenOf(String username, String token) {
    Api owners = run.api().as(token);
    Api.Response own = owners.get("/api/v1/users/" + idOf(username));
    assertThat(own.status()).isEqualTo(200);
    assertThat(own.json().at("/data/username").asString()).isEqualTo(username);
    assertThat(owners.get("/api/v1/users").status()).isEqualTo(403);
  }

  private static String idOf(String username) {
    return run.api().get("/api/v1/users?username=" + username).json().at("/users/0/id").asString();
  }
}
