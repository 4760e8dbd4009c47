package ispcrm.adminpage;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.http.ApiResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AdminPageTest {
  private final ApiResponse page = new AdminPage().apply(null);

  @Test
  void thePolicyNamesTheInlinedScriptAndStyleByTheirHash() throws Exception {
    assertThat(directives())
        .contains(
            "script-src '" + sha256(onlyBlock("script")) + "'",
            "style-src '" + sha256(onlyBlock("style")) + "'");
    assertThat(onlyBlock("script")).contains("Authorization");
    assertThat(onlyBlock("style")).contains(":focus-visible");
  }

  @Test
  void thePolicyForbidsTheRest() {
    assertThat(directives())
        .contains(
            "default-src 'none'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'")
        .noneMatch(directive -> directive.contains("unsafe") || directive.contains("*"));
  }

  @Test
  void isHtmlThatNobodyKeepsOrFrames() {
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.headers())
        .containsAllEntriesOf(
            Map.of(
                "Content-Type", "text/html; charset=utf-8",
                "Cache-Control", "no-store",
                "Cross-Origin-Opener-Policy", "same-origin",
                "Referrer-Policy", "no-referrer",
                "X-Frame-Options", "DENY"));
  }

  @Test
  void isWhole() {
    assertThat(page.body())
        .startsWith("<!doctype html>")
        .endsWith("</html>\n")
        .doesNotContain("{{");
  }

  @Test
  void loadsNothing() {
    String names = page.body().replace("http://www.w3.org/2000/svg", "");
    assertThat(names).doesNotContain("http:", "https:", "@import", "url(", "src=", "import(");
    assertThat(names).doesNotContainPattern("<(?!a )[^>]*href=\"(?!data:)");
  }

  @Test
  void hasNoCodeOrStyleThatThePolicyWouldBlock() {
    String markup = page.body().replace(onlyBlock("script"), "").replace(onlyBlock("style"), "");
    assertThat(markup).doesNotContainPattern("\\s(style|on[a-z]+)=").doesNotContain("javascript:");
  }

  @Test
  void tokenField_isNotAPasswordThatBrowsersOfferToSave() {
    assertThat(page.body())
        .containsPattern("id=\"admin-token\"[^>]* autocomplete=\"one-time-code\"");
  }

  @Test
  void keepsNothingInTheBrowserAndParsesNoTextAsHtml() {
    assertThat(onlyBlock("script"))
        .doesNotContain("localStorage", "sessionStorage", "indexedDB", "document.cookie")
        .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(");
  }

  @Test
  void script_everyScope_hasItsWordsAndRoles() {
    for (Scope scope : Scope.values()) {
      String roles =
          Arrays.stream(Role.values())
              .filter(role -> role.scopes().contains(scope))
              .map(role -> "\"" + role + "\"")
              .collect(Collectors.joining(","));
      assertThat(onlyBlock("script"))
          .contains(
              "\"%s\":{\"words\":\"%s\",\"roles\":[%s]}".formatted(scope, scope.words(), roles));
    }
  }

  private List<String> directives() {
    return List.of(page.headers().get("Content-Security-Policy").split("; ", -1));
  }

  private String onlyBlock(String name) {
    Matcher block =
        Pattern.compile("<" + name + "(?: type=\"module\")?>(.*?)</" + name + ">", Pattern.DOTALL)
            .matcher(page.body());
    assertThat(block.find()).isTrue();
    String text = block.group(1);
    assertThat(block.find()).isFalse();
    return text;
  }

  private static String sha256(String block) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(block.getBytes(StandardCharsets.UTF_8));
    return "sha256-" + Base64.getEncoder().encodeToString(hash);
  }
}
