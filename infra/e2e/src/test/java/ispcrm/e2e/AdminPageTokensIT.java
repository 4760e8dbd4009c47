package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.access.Scope;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the page {@code /Admin/getToken} does with tokens besides creating plain ones, in a real
 * browser against the local run: it lists and revokes them, sets their options, and shows when the
 * administrator's own token expires.
 */
class AdminPageTokensIT extends BrowserTests {
  private static final AtomicInteger USERS = new AtomicInteger();

  @BeforeEach
  void open() {
    page.resize(1280, 900);
    page.open(run.base());
  }

  @Test
  void aListedTokenShowsWhatItAllowsAndWhoUsesIt() {
    String user = createUser("active");
    JsonNode data =
        create(
            """
            {"user":"%s","description":"Radius","scopes":["self:read"],"expires_in_days":1,
             "allowed_ips":["127.0.0.1","2001:db8::/32"]}
            """
                .formatted(user));
    run.api().as(data.at("/token").asString()).get("/api/v1/users/" + user).expect(200);

    page.goToTokens(run.token(), user);

    assertThat(page.element("tokens-user").getText()).contains(user, "active");
    assertThat(page.element("tokens-note").getText()).startsWith("1 token");
    assertThat(page.tokens()).hasSize(1);
    assertThat(page.tokens().get(0).getText())
        .contains(
            "Radius",
            "valid",
            "self:read",
            " by admin with the token " + ownId(),
            " from 127.0.0.1",
            "(in 1 day)",
            "127.0.0.1, 2001:db8::/32",
            data.at("/id").asString())
        .doesNotContain(data.at("/token").asString());
    assertThat(page.requests()).noneMatch(request -> request.contains("ispcrm_"));
  }

  /**
   * Text that a user, a subscriber or another administrator has chosen, and text in every field of
   * the API's responses, even where the API would not accept it.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"><script class=injected>ran=true</script><img class=injected src=x onerror=ran=true>",
        "</title></textarea><svg class=injected onload=ran=1><a class=injected href=javascript:ran=1>x</a>"
      })
  void markup_inEveryField_isText(String markup) {
    String user = createUser("suspended");
    String json = JsonMapper.shared().writeValueAsString(markup);
    run.api()
        .send(
            "PATCH",
            "/api/v1/users/" + user,
            "{\"name\":%s,\"profile_name\":%s,\"status_reason\":%s}".formatted(json, json, json))
        .expect(200);
    create("{\"user\":\"%s\",\"description\":%s}".formatted(user, json));
    page.signIn(run.token());
    page.await("start");
    page.chooseOwner(user);
    assertThat(page.element("tokens-user").getText()).contains(markup);
    assertThat(page.token(markup).getText()).contains("valid");
    assertNothingInjected();

    page.open(run.base());
    page.signIn(run.token());
    page.await("start");
    page.execute(
        """
        const markup = %s;
        const real = window.fetch;
        const marked = (value, name) =>
          typeof value === 'string' && !name.endsWith('_at') ? value + markup
          : Array.isArray(value) ? value.map((one) => marked(one, name))
          : value !== null && typeof value === 'object'
            ? Object.fromEntries(Object.entries(value).map(([key, one]) =>
                [key, key === '_links' || key === 'id' ? one : marked(one, key)]))
          : value;
        window.fetch = async (...call) =>
          new Response(JSON.stringify(marked(await (await real(...call)).json(), '')));
        """
            .formatted(json));
    page.chooseOwner(user);
    assertThat(page.element("tokens").getText()).contains("admin" + markup, "self:read" + markup);
    assertNothingInjected();
  }

  @Test
  void token_narrowedOrNot_saysWhetherItHasAllScopesOfTheRole() {
    String user = createUser("active");
    create("{\"user\":\"%s\",\"description\":\"Whole\"}".formatted(user));
    create(
        "{\"user\":\"%s\",\"description\":\"Narrow\",\"scopes\":[\"self:read\"]}".formatted(user));
    page.goToTokens(run.token(), user);
    assertThat(page.token("Whole").getText()).contains("All scopes of the user’s role: self:read");
    assertThat(page.token("Narrow").getText()).contains("Limited to: self:read");

    page.click("Sign out");
    page.goToUsers(run.token(), "");
    page.type(user);
    page.option(user).click();
    page.await("done");
    assertThat(page.element("done-facts").getText()).contains("All scopes of the user’s role:");
  }

  private static void assertNothingInjected() {
    assertThat(page.execute("return [window.ran, document.querySelectorAll('.injected').length]"))
        .isEqualTo(Arrays.asList(null, 0L));
    assertThat(page.console()).noneMatch(line -> line.contains("Content Security Policy"));
  }

  @Test
  void revokedAndExpiredTokens_areMarkedAndOnlyWhatTheyCreatedCanBeRevoked() {
    String user = createUser("active");
    String revoked =
        create("{\"user\":\"%s\",\"description\":\"Lost\"}".formatted(user)).at("/id").asString();
    run.api().send("DELETE", "/api/v1/tokens/" + revoked, null).expect(200);
    create("{\"user\":\"%s\",\"description\":\"Old\"}".formatted(user));
    page.signIn(run.token());
    page.await("start");
    // No token can be created that has expired.
    page.execute(
        """
        const real = window.fetch;
        window.fetch = async (...call) => {
          const response = await real(...call);
          if (!call[0].includes('/tokens?')) {
            return response;
          }
          const json = await response.json();
          json.tokens.find((token) => token.description === 'Old').expires_at = '2020-01-02 03:04:05';
          return new Response(JSON.stringify(json));
        }
        """);
    page.chooseOwner(user);

    assertThat(page.token("Lost").getText()).contains("revoked", "by admin");
    assertThat(page.token("Old").getText()).contains("expired", "2 January 2020");
    assertOnlyDescendantsCanBeRevoked("Lost");
    assertOnlyDescendantsCanBeRevoked("Old");
  }

  @Test
  void aTokenThatCannotListTokensIsNotOfferedTheList() {
    page.signIn(narrowed("users:read", "tokens:write"));
    page.await("start");
    assertThat(page.isShown("find-button")).isFalse();
    page.click("Sign out");
    page.signIn(run.token());
    page.await("start");
    assertThat(page.isShown("find-button")).isTrue();
  }

  @Test
  void aUserWithoutTokensIsSaidToHaveNone() {
    page.goToTokens(run.token(), createUser("active"));
    assertThat(page.element("tokens-note").getText()).isEqualTo("This user has no tokens.");
    assertThat(page.isShown("more")).isFalse();
  }

  @Test
  void moreTokensAreShownOnDemand() {
    String user = createUser("active");
    for (int i = 1; i <= 21; i++) {
      create("{\"user\":\"%s\",\"description\":\"Token %d\"}".formatted(user, i));
    }
    page.goToTokens(run.token(), user);
    assertThat(page.tokens()).hasSize(20);
    assertThat(page.element("tokens-note").getText()).isEqualTo("The latest 20 tokens.");

    page.element("more").click();
    page.until(() -> page.tokens().size() == 21);
    assertThat(focusedText()).isEqualTo(titles().get(20));
    assertThat(titles()).doesNotHaveDuplicates();
    assertThat(page.element("tokens-note").getText()).isEqualTo("21 tokens, latest first.");
    assertThat(page.isShown("more")).isFalse();
  }

  @Test
  void aTokenIsRevokedOnlyAfterAConfirmation() {
    String user = createUser("active");
    String token =
        create("{\"user\":\"%s\",\"description\":\"Leaked\"}".formatted(user))
            .at("/token")
            .asString();
    Api leaked = run.api().as(token);
    page.goToTokens(run.token(), user);

    page.buttons(page.token("Leaked")).get(0).click();
    page.await("confirm");
    assertThat(page.element("confirm").getText()).contains("Leaked", user, "cannot undo");
    page.click("Keep the token");
    page.until(() -> !page.isShown("confirm"));
    assertThat(page.requests()).noneMatch(request -> request.startsWith("DELETE "));
    leaked.get("/api/v1").expect(200);

    page.buttons(page.token("Leaked")).get(0).click();
    page.await("confirm");
    page.click("Revoke the token");
    page.until(() -> page.token("Leaked").getText().contains("revoked"));
    leaked.get("/api/v1").expect(401);
    assertThat(page.element("tokens-note").getText()).contains("“Leaked” is revoked");
    assertOnlyDescendantsCanBeRevoked("Leaked");
  }

  @Test
  void aTokenIsFoundAndRevokedByKeyboardAlone() {
    String user = createUser("active");
    Api leaked =
        run.api()
            .as(
                create("{\"user\":\"%s\",\"description\":\"Leaked\"}".formatted(user))
                    .at("/token")
                    .asString());
    page.press(run.token(), Keys.ENTER);
    page.await("start");
    page.press(Keys.TAB, Keys.TAB);
    assertThat(page.focused()).isEqualTo("find-button");
    page.press(Keys.ENTER);
    page.await("find");
    assertThat(page.focused()).isEqualTo("owner");
    page.press(user, Keys.ARROW_DOWN);
    page.until(() -> page.element("owner").getDomAttribute("aria-activedescendant") != null);
    page.press(Keys.ENTER);
    page.await("tokens");
    assertThat(page.focused()).isEqualTo("tokens-title");

    page.press(Keys.TAB);
    assertThat(page.focused()).isEqualTo("revoke-all");
    page.press(Keys.TAB);
    String revoke = focusedText();
    assertThat(revoke).startsWith("Revoke the token “Leaked”");
    page.press(Keys.ENTER);
    page.await("confirm");
    assertThat(page.focused()).as("harmless").isEqualTo("confirm-descendants");
    page.press(Keys.ESCAPE);
    page.until(() -> !page.isShown("confirm"));
    assertThat(focusedText()).as("the focus returns").isEqualTo(revoke);
    leaked.get("/api/v1").expect(200);

    page.press(Keys.ENTER);
    page.await("confirm");
    page.press(Keys.TAB);
    assertThat(page.focused()).isEqualTo("confirm-cancel");
    page.press(Keys.TAB);
    assertThat(page.focused()).isEqualTo("confirm-revoke");
    page.press(Keys.ENTER);
    page.until(() -> page.token("Leaked").getText().contains("revoked"));
    page.until(() -> focusedText().equals("Leaked"));
    leaked.get("/api/v1").expect(401);
    page.pressShiftTab();
    page.pressShiftTab();
    assertThat(page.focused()).isEqualTo("tokens-back");
    page.press(Keys.ENTER);
    page.await("find");
    assertThat(page.focused()).isEqualTo("owner");
  }

  @Test
  void aRevocationThatFailsIsReportedAndCanBeRepeated() {
    String user = createUser("active");
    create("{\"user\":\"%s\",\"description\":\"Leaked\"}".formatted(user));
    page.goToTokens(run.token(), user);
    page.respondNext(500, "{\"message\":\"M\",\"request_id\":\"r-1\"}", "");
    revoke("Leaked");
    assertThat(page.alert())
        .contains("The server failed", "press Revoke again", "Do not rely", "r-1");
    assertThat(page.token("Leaked").getText()).contains("valid");
    revoke("Leaked");
    page.until(() -> page.token("Leaked").getText().contains("revoked"));
    assertThat(page.element("alert").getText()).isEmpty();
  }

  @Test
  void revokingTheTokenOfTheSessionWarnsAndSignsOut() {
    String own = create("{\"user\":\"admin\",\"description\":\"Own\"}").at("/token").asString();
    page.goToTokens(own, "admin");
    assertThat(page.token("Own").getText()).contains("your session");
    page.buttons(page.token("Own")).get(0).click();
    page.await("confirm");
    assertThat(page.element("confirm-own").getText()).contains("signs you out");
    page.click("Revoke the token");
    page.await("signin");
    assertThat(page.alert()).contains("You revoked the token with which you were signed in");
    assertThat(page.focused()).isEqualTo("admin-token");
    assertThat(page.tokens()).isEmpty();
    run.api().as(own).get("/api/v1").expect(401);
  }

  @Test
  void tokenWithDescendants_revoked_endsAndListsThem() {
    String user = createUser("active");
    JsonNode root = create("{\"user\":\"admin\",\"description\":\"Root\"}");
    JsonNode child = createWith(root, "{\"user\":\"admin\",\"description\":\"Child\"}");
    JsonNode grandchild = createWith(child, "{\"user\":\"%s\"}".formatted(user));
    page.goToTokens(run.token(), "admin");
    revokeWithDescendants("Root");
    page.until(() -> page.element("tokens-note").getText().contains("revoked"));
    assertThat(page.element("tokens-note").getText())
        .isEqualTo("The token “Root” and 2 tokens that descend from it are revoked.");
    assertThat(page.token("Root").getText())
        .contains(
            id(child) + " of admin, created with the token " + id(root),
            id(grandchild) + " of " + user + ", created with the token " + id(child));
    assertThat(focusedText()).isEqualTo("Root");
    assertThat(page.token("Child").getText()).contains("revoked");
    for (JsonNode revoked : List.of(root, child, grandchild)) {
      as(revoked).get("/api/v1").expect(401);
    }
  }

  @Test
  void revokedToken_whatItCreated_canStillBeRevoked() {
    JsonNode root = create("{\"user\":\"admin\",\"description\":\"Known\"}");
    JsonNode child = createWith(root, "{\"user\":\"admin\",\"description\":\"Overlooked\"}");
    run.api().send("DELETE", "/api/v1/tokens/" + id(root), null).expect(200);
    page.goToTokens(run.token(), "admin");
    page.buttons(page.token("Known")).get(0).click();
    page.await("confirm");
    assertThat(page.element("confirm").getText()).contains("what this token created", "Known");
    page.click("Revoke the tokens");
    page.until(() -> page.token("Overlooked").getText().contains("revoked"));
    assertThat(page.element("tokens-note").getText())
        .isEqualTo("The token “Known” and 1 token that descends from it are revoked.");
    as(child).get("/api/v1").expect(401);
  }

  @Test
  void descendants_notEnoughTime_isToldToRepeatAndThenEndsThem() {
    JsonNode root = create("{\"user\":\"admin\",\"description\":\"Fertile\"}");
    JsonNode child = createWith(root, "{\"user\":\"admin\"}");
    page.goToTokens(run.token(), "admin");
    page.respondNext(503, "{\"message\":\"M\",\"request_id\":\"r-1\"}", "");
    revokeWithDescendants("Fertile");
    assertThat(page.alert())
        .contains(
            "Wait 7 seconds, then revoke it again with the tokens that it created",
            "continues where it stopped",
            "Do not rely on the tokens being revoked",
            "r-1");
    as(child).get("/api/v1").expect(200);
    revokeWithDescendants("Fertile");
    page.until(() -> page.element("tokens-note").getText().contains("1 token that descends"));
    assertThat(page.element("alert").getText()).isEmpty();
    as(child).get("/api/v1").expect(401);
  }

  @Test
  void sessionThatDescendsFromARevokedToken_signsOutAndListsWhatWasRevoked() {
    JsonNode root = create("{\"user\":\"admin\",\"description\":\"Origin\"}");
    JsonNode own = createWith(root, "{\"user\":\"admin\"}");
    page.goToTokens(own.at("/token").asString(), "admin");
    revokeWithDescendants("Origin");
    page.await("signin");
    assertThat(page.alert())
        .contains("You revoked the token with which you were signed in")
        .contains("“Origin” and 1 token that descends from it", id(own) + ": of admin");
    as(root).get("/api/v1").expect(401);
  }

  @Test
  void allTokensOfAUser_revokedAfterAConfirmation_haveEnded() {
    String user = createUser("active");
    JsonNode listed = create("{\"user\":\"%s\",\"description\":\"Listed\"}".formatted(user));
    page.goToTokens(run.token(), user);
    JsonNode unlisted = create("{\"user\":\"%s\"}".formatted(user));
    page.element("revoke-all").click();
    page.await("confirm");
    assertThat(page.element("confirm").getText())
        .contains(user, "whatever their number", "created later work", "cannot undo");
    assertThat(page.focused()).as("harmless").isEqualTo("confirm-cancel");
    assertThat(page.isShown("confirm-own")).isFalse();
    page.click("Keep the tokens");
    page.until(() -> !page.isShown("confirm"));
    as(listed).get("/api/v1").expect(200);

    page.element("revoke-all").click();
    page.await("confirm");
    page.click("Revoke all tokens");
    page.until(() -> page.token("Listed").getText().contains("revoked"));
    assertThat(page.element("tokens-note").getText())
        .isEqualTo("All tokens that " + user + " had are revoked.");
    assertThat(page.focused()).isEqualTo("revoke-all");
    as(listed).get("/api/v1").expect(401);
    as(unlisted).get("/api/v1").expect(401);
    as(create("{\"user\":\"%s\"}".formatted(user))).get("/api/v1").expect(200);
  }

  @Test
  void allTokensOfAUser_failure_isReportedAndCanBeRepeated() {
    String user = createUser("active");
    create("{\"user\":\"%s\",\"description\":\"Listed\"}".formatted(user));
    page.goToTokens(run.token(), user);
    page.respondNext(500, "{\"message\":\"M\",\"request_id\":\"r-1\"}", "");
    revokeAll();
    assertThat(page.alert())
        .contains("press Revoke all tokens of this user again", "Do not rely on the tokens", "r-1");
    assertThat(page.token("Listed").getText()).contains("valid");
    revokeAll();
    page.until(() -> page.token("Listed").getText().contains("revoked"));
    assertThat(page.element("alert").getText()).isEmpty();
  }

  @Test
  void allTokensOfTheSessionsUser_warnsAndSignsOut() {
    String administrator = createAdministrator();
    JsonNode own = create("{\"user\":\"%s\"}".formatted(administrator));
    page.goToTokens(own.at("/token").asString(), administrator);
    page.element("revoke-all").click();
    page.await("confirm");
    assertThat(page.element("confirm-own").getText()).contains("You will be signed out");
    page.click("Revoke all tokens");
    page.await("signin");
    assertThat(page.alert()).contains("You revoked all your tokens", "bootstrap-admin");
    as(own).get("/api/v1").expect(401);
  }

  @Test
  void tokensOfAnotherUserAreNotMixedIn() {
    String first = createUser("active");
    for (int i = 1; i <= 21; i++) {
      create("{\"user\":\"%s\",\"description\":\"First %d\"}".formatted(first, i));
    }
    String second = createUser("active");
    create("{\"user\":\"%s\",\"description\":\"Second\"}".formatted(second));
    page.goToTokens(run.token(), first);
    page.execute(
        """
        const real = window.fetch;
        window.fetch = async (...call) => {
          window.fetch = real;
          const response = await real(...call);
          await new Promise((resolve) => { window.respondLate = resolve; });
          return response;
        }
        """);
    page.element("more").click();
    page.until(() -> page.execute("return window.respondLate !== undefined").equals(true));
    page.click("Back");
    page.await("find");
    page.type("owner", second);
    page.option(second).click();
    page.await("tokens");
    page.execute("respondLate()");
    page.execute("return new Promise((shown) => setTimeout(shown, 100))");
    assertThat(page.tokens()).hasSize(1);
    page.token("Second");
  }

  @Test
  void optionsAreCollapsedUntilSomebodyWantsThem() {
    String user = createUser("active");
    page.signIn(run.token());
    page.await("start");
    page.click("Create API access token");
    page.await("describe");
    assertThat(page.isShown("days")).isFalse();

    // By keyboard: the summary follows the description, and the scopes follow the summary.
    page.press(Keys.TAB, Keys.ENTER);
    page.until(() -> page.isShown("days"));
    for (int scope = 1; scope <= Scope.values().length; scope++) {
      page.press(Keys.TAB);
    }
    page.press(Keys.SPACE, Keys.TAB);
    assertThat(page.focused()).isEqualTo("days");
    page.press("7", Keys.TAB, "127.0.0.1", Keys.ENTER, "2001:db8::/32", Keys.TAB, Keys.ENTER);
    page.await("choose");
    assertThat(page.element("choose-facts").getText())
        .contains("self:read", "7 days", "127.0.0.1, 2001:db8::/32");
    page.type(user);
    page.option(user).click();
    page.await("done");
    assertThat(page.element("done").getText())
        .contains("self:read", "(in 7 days)", "127.0.0.1, 2001:db8::/32");
    JsonNode own =
        run.api().as(page.value("new-token")).get("/api/v1/tokens/self").expect(200).json();
    assertThat(own.at("/data/allowed_ips").toString())
        .isEqualTo("[\"127.0.0.1\",\"2001:db8::/32\"]");

    page.click("Create another token");
    page.click("Create API access token");
    page.await("describe");
    assertThat(page.isShown("days")).as("the options of the last token").isFalse();
    assertThat(page.value("days")).isEmpty();
    assertThat(page.execute("return document.querySelectorAll('#scopes :checked').length"))
        .isEqualTo(0L);
  }

  @Test
  void newToken_narrowedToAScopeOfStaff_hasOnlyThatScope() {
    goToOptions(run.token());
    assertThat(page.element("scope-boxes").getText())
        .contains("staff:write give roles, and manage staff and administrators (admin)")
        .contains("users:read list and read users (staff, admin)");
    scope("staff:write").click();
    page.click("Create API Token");
    page.await("choose");
    page.type("admin");
    page.option("admin").click();
    page.await("done");
    assertThat(page.element("done").getText())
        .contains("Limited to:", "staff:write: give roles, and manage staff and administrators")
        .doesNotContain("users:read");
    JsonNode own =
        run.api().as(page.value("new-token")).get("/api/v1/tokens/self").expect(200).json();
    assertThat(own.at("/data/scopes").toString()).isEqualTo("[\"staff:write\"]");
  }

  @Test
  void narrowedToken_offersOnlyItsOwnScopes() throws IOException {
    goToOptions(narrowed("users:read", "tokens:write"));
    assertThat(page.element("scope-boxes").getText().lines().map(line -> line.split(" ", 2)[0]))
        .containsExactly("users:read", "tokens:write");
    assertThat(page.element("scopes-hint").getText())
        .endsWith("yours has no others, and a new token never allows more than yours.");
    page.resize(390, 844);
    assertUsable(390);
    page.picture("19-own-scopes");
    page.click("Sign out");
    goToOptions(run.token());
    assertThat(scope("staff:write").isDisplayed()).isTrue();
    assertThat(page.element("scopes-hint").getText()).endsWith("every scope of its user’s role.");
  }

  @Test
  void tokenWithoutStaffWrite_isToldToChooseACustomer_andElseShowsWhatTheApiSays()
      throws IOException {
    page.goToUsers(narrowed("users:read", "tokens:write", "self:read"), "");
    assertThat(page.element("choose").getText())
        .contains("Choose a customer", "lacks the scope staff:write");
    page.resize(390, 844);
    assertUsable(390);
    page.picture("18-choose-a-customer");
    page.type("admin");
    page.option("admin").click();
    assertThat(page.alert())
        .contains("staff and administrators require the scope staff:write, which this token lacks");
    page.type("jonewe");
    page.option("jonewe").click();
    page.await("done");

    page.element("copy-token").click();
    page.click("Sign out");
    page.goToUsers(run.token(), "");
    assertThat(page.isShown("choose-limit")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          days      | 0         | Enter the lifetime as a number of days
          days      | 99999     | Lifetime: must be an integer
          addresses | localhost | Addresses: must be a list
          """)
  void aWrongOptionLeadsBackToItsField(String field, String value, String words) {
    String user = createUser("active");
    goToOptions(run.token());
    page.element(field).sendKeys(value);
    page.click("Create API Token");
    if (!value.equals("0")) {
      page.await("choose");
      page.type(user);
      page.option(user).click();
    }
    assertThat(page.alert()).contains(words);
    page.await("describe");
    assertThat(page.focused()).isEqualTo(field);
    assertThat(page.element(field).getDomAttribute("aria-invalid")).isEqualTo("true");
    assertThat(page.element(field + "-error").getText()).isNotEmpty();
    assertThat(page.value(field)).isEqualTo(value);
  }

  @Test
  void aScopeThatTheRoleLacksLeadsBackToTheScopes() {
    String user = createUser("active");
    goToOptions(run.token());
    scope("users:read").click();
    page.click("Create API Token");
    page.await("choose");
    page.type(user);
    page.option(user).click();
    page.await("describe");
    assertThat(page.alert()).contains("Scopes: the user's role, customer, allows only self:read");
    assertThat(page.element("scopes-error").getText())
        .isEqualTo("The user's role, customer, allows only self:read.");
    assertThat(page.execute("return document.activeElement.value")).isEqualTo("users:read");
  }

  @Test
  void aBarredUserGetsNoToken() throws IOException {
    String user = createUser("disabled");
    page.goToUsers(run.token(), "");
    page.type(user);
    page.option(user).click();
    assertThat(page.alert()).contains("this user has no access", "disabled", "Choose another user");
    page.picture("14-barred");
    assertThat(page.isShown("choose")).isTrue();
    page.type("jonewe");
    page.option("jonewe").click();
    page.await("done");
  }

  @Test
  void theEndOfTheSessionIsShownAndAnnouncedInTime() throws IOException {
    assertThat(page.isShown("session")).isFalse();
    page.signIn(run.token());
    page.await("start");
    String expiresAt =
        run.api().get("/api/v1/tokens/self").expect(200).json().at("/data/expires_at").asString();
    LocalDateTime end = LocalDateTime.parse(expiresAt.replace(' ', 'T'));
    assertThat(page.element("session").getText())
        .isEqualTo(
            "Session ends "
                + end.format(DateTimeFormatter.ofPattern("d MMMM yyyy 'at' HH:mm", Locale.UK))
                + " UTC");

    page.click("Create API access token");
    page.click("Create API Token");
    page.await("choose");
    Instant soon = Instant.now().plus(5, ChronoUnit.MINUTES).truncatedTo(ChronoUnit.SECONDS);
    page.respondNext(200, "{\"users\":[]}", "'X-Token-Expires-At': '" + soon + "'");
    page.type("jo");
    page.picture("15-session-ends-soon");
    assertThat(page.element("session").getText())
        .startsWith("Session ends in 5 minutes: ")
        .contains(soon.atOffset(ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("HH:mm")));
    assertThat(page.element("session-warning").getDomProperty("textContent"))
        .isEqualTo("Session ends in 5 minutes: sign in with another token.");

    page.click("Sign out");
    page.await("signin");
    assertThat(page.isShown("session")).isFalse();
  }

  @ParameterizedTest
  @MethodSource("windows")
  void everyStep_everyWidthAndColor_fitsAndIsAccessible(int width, int height, boolean isDark)
      throws IOException {
    page.resize(width, height);
    page.preferDark(isDark);
    String color = isDark ? "dark-" : "";
    try {
      String user = createAdministrator();
      JsonNode creator =
          create("{\"user\":\"%s\",\"description\":\"%s\"}".formatted(user, "w".repeat(60)));
      createWith(
          creator,
          "{\"user\":\"%s\",\"description\":\"Child\",\"scopes\":[\"users:read\"]}"
              .formatted(user));
      create("{\"user\":\"%s\",\"description\":\"Another\"}".formatted(user));
      String lost = create("{\"user\":\"%s\"}".formatted(user)).at("/id").asString();
      run.api().send("DELETE", "/api/v1/tokens/" + lost, null).expect(200);
      page.element("signin").findElement(By.tagName("summary")).click();
      assertUsable(width);
      page.picture(color + "1-sign-in");
      page.signIn(run.token());
      page.await("start");
      assertUsable(width);
      page.picture(color + "6-start");
      page.chooseOwner(user);
      assertUsable(width);
      page.picture(color + "8-tokens");
      page.buttons(page.token("www")).get(0).click();
      page.await("confirm");
      assertUsable(width);
      page.picture(color + "9-confirm");
      page.press(Keys.SPACE, Keys.TAB, Keys.TAB, Keys.ENTER);
      page.until(() -> page.token("www").getText().contains("Also revoked"));
      assertUsable(width);
      page.picture(color + "10-revoked");
      page.element("revoke-all").click();
      page.await("confirm");
      assertUsable(width);
      page.picture(color + "16-confirm-all");
      page.click("Revoke all tokens");
      page.until(() -> page.token("Another").getText().contains("revoked"));
      assertUsable(width);
      page.picture(color + "17-all-revoked");
      page.click("Back");
      page.await("find");
      page.type("owner", "jo");
      assertUsable(width);
      page.picture(color + "7-find");
      page.click("Back");
      page.click("Create API access token");
      page.await("describe");
      page.press(Keys.TAB, Keys.ENTER);
      page.until(() -> page.isShown("days"));
      assertUsable(width);
      page.picture(color + "11-options");
      page.element("addresses").sendKeys("localhost");
      page.element("days").sendKeys("7");
      scope("staff:write").click();
      page.click("Create API Token");
      page.await("choose");
      page.type(user);
      assertUsable(width);
      page.picture(color + "12-chosen-options");
      page.option(user).click();
      page.await("describe");
      assertUsable(width);
      page.picture(color + "13-wrong-option");
      page.element("addresses").clear();
      page.click("Create API Token");
      page.await("choose");
      page.type(user);
      page.option(user).click();
      page.await("done");
      assertUsable(width);
      page.picture(color + "14-done");
    } finally {
      page.preferDark(false);
    }
  }

  private static void assertUsable(int width) {
    page.until(
        () ->
            (Boolean)
                page.execute(
                    "const page = document.documentElement; return innerWidth === "
                        + width
                        + " && page.scrollWidth <= page.clientWidth"));
    assertThat(page.accessibilityFaults()).isEmpty();
  }

  private static void revoke(String description) {
    page.buttons(page.token(description)).get(0).click();
    page.await("confirm");
    page.click("Revoke the token");
  }

  private static void revokeWithDescendants(String description) {
    page.buttons(page.token(description)).get(0).click();
    page.await("confirm");
    page.element("confirm-descendants").click();
    page.click("Revoke the token");
  }

  private static void revokeAll() {
    page.element("revoke-all").click();
    page.await("confirm");
    page.click("Revoke all tokens");
  }

  private static void assertOnlyDescendantsCanBeRevoked(String description) {
    assertThat(page.buttons(page.token(description)))
        .singleElement()
        .satisfies(button -> assertThat(button.getText()).startsWith("Revoke what it created"));
  }

  private static List<String> titles() {
    return page.tokens().stream()
        .map(token -> token.findElement(By.tagName("h2")).getText())
        .toList();
  }

  private static String focusedText() {
    return (String) page.execute("return document.activeElement.textContent");
  }

  /** Creates a user with this status and returns the id, which is the username too. */
  private static String createUser(String status) {
    String id = "page-" + USERS.incrementAndGet() + "-user";
    run.api()
        .post("/api/v1/users", "{\"id\":\"%s\",\"status\":\"%s\"}".formatted(id, status))
        .expect(201);
    return id;
  }

  /** Creates an administrator besides the first one and returns the id. */
  private static String createAdministrator() {
    String id = createUser("active");
    run.api().send("PATCH", "/api/v1/users/" + id, "{\"role\":\"admin\"}").expect(200);
    return id;
  }

  /** Creates a token and returns the data of the response. */
  private static JsonNode create(String body) {
    return create(run.api(), body);
  }

  /** Creates a token with another one. */
  private static JsonNode createWith(JsonNode creator, String body) {
    return create(as(creator), body);
  }

  private static JsonNode create(Api api, String body) {
    return api.post("/api/v1/tokens", body).expect(201).json().at("/data");
  }

  /** Calls the API with a token that was created. */
  private static Api as(JsonNode token) {
    return run.api().as(token.at("/token").asString());
  }

  private static String id(JsonNode token) {
    return token.at("/id").asString();
  }

  /** Creates a token of the administrator with these scopes and returns its secret. */
  private static String narrowed(String... scopes) {
    String list = JsonMapper.shared().writeValueAsString(scopes);
    return create("{\"user\":\"admin\",\"scopes\":%s}".formatted(list)).at("/token").asString();
  }

  /** Signs in and goes on to the options of a new token. */
  private static void goToOptions(String token) {
    page.signIn(token);
    page.await("start");
    page.click("Create API access token");
    page.await("describe");
    page.element("options").findElement(By.tagName("summary")).click();
  }

  private static WebElement scope(String name) {
    return page.element("scopes").findElement(By.cssSelector("[value='" + name + "']"));
  }

  private static String ownId() {
    return run.api().get("/api/v1/tokens/self").expect(200).json().at("/data/id").asString();
  }
}
