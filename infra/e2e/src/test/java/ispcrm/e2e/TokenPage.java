package ispcrm.e2e;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/** Drives and reads the page {@code /Admin/getToken} in a headless Chromium. */
final class TokenPage implements AutoCloseable {
  private static final List<String> BROWSERS =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome");
  // Held so that its level stays set: it warns at each start about an unknown version of the
  // debugging protocol.
  private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");
  private static final Pattern REQUEST =
      Pattern.compile("\"method\":\"Network\\.requestWillBeSent\".*\"request\":\\{.*");
  private static final Pattern METHOD = Pattern.compile("\"method\":\"([A-Z]+)\"");
  private static final Pattern URL = Pattern.compile("\"url\":\"([^\"]+)\"");

  private static final String AXE = resource("/axe.min.js");

  private final ChromeDriver browser;
  private final List<String> requests = new ArrayList<>();
  private int width;

  private TokenPage(ChromeDriver browser) {
    this.browser = browser;
    resize(1280, 900);
  }

  /**
   * Starts the browser that CHROME_BIN and CHROMEDRIVER name, or the one on the PATH if they are
   * not set.
   *
   * @return empty if the browser or its driver is missing
   */
  static Optional<TokenPage> inBrowser() {
    Optional<File> chrome = program("CHROME_BIN", BROWSERS);
    Optional<File> driver = program("CHROMEDRIVER", List.of("chromedriver"));
    if (chrome.isEmpty() || driver.isEmpty()) {
      return Optional.empty();
    }
    SELENIUM.setLevel(Level.SEVERE);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chrome.get());
    options.addArguments(
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking");
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder().usingDriverExecutable(driver.get()).build();
    return Optional.of(new TokenPage(new ChromeDriver(service, options)));
  }

  private static String resource(String name) {
    try (InputStream in = TokenPage.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<File> program(String variable, List<String> names) {
    String named = System.getenv(variable);
    Stream<Path> candidates =
        named != null
            ? Stream.of(Path.of(named))
            : Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .flatMap(folder -> names.stream().map(name -> Path.of(folder, name)));
    return candidates
        .filter(Files::isRegularFile)
        .filter(Files::isExecutable)
        .findFirst()
        .map(Path::toFile);
  }

  @Override
  public void close() {
    browser.quit();
  }

  void resize(int newWidth, int height) {
    width = newWidth;
    // Chromium's window cannot be narrower than 500 pixels, but an emulated device can.
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", newWidth, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  /** Has the browser ask for dark or light colors. */
  void preferDark(boolean isDark) {
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", isDark ? "dark" : "light"))));
  }

  void open(URI base) {
    open(base + "/Admin/getToken", "signin");
  }

  /** Opens a page and waits until an element of it is shown. */
  void open(String address, String id) {
    browser.get("about:blank");
    console();
    requests();
    requests.clear();
    browser.get(address);
    await(id);
  }

  /** What people can read on the page. */
  String text() {
    return browser.findElement(By.tagName("body")).getText();
  }

  /** Whether everything fits into the width of the window. */
  boolean isNarrowEnough() {
    return Boolean.TRUE.equals(
        browser.executeScript("return document.documentElement.scrollWidth <= innerWidth"));
  }

  /** What does not conform to the rules of axe-core: each rule with an element and the reason. */
  @SuppressWarnings("unchecked") // the script returns a list of texts
  List<String> accessibilityFaults() {
    return (List<String>)
        browser.executeAsyncScript(
            AXE
                + """
                const done = arguments[arguments.length - 1];
                axe.run({ rules: { 'target-size': { enabled: true } } }).then(
                  (found) => done(found.violations.flatMap((rule) =>
                    rule.nodes.map((node) => `${rule.id}: ${node.html} ${node.failureSummary}`))),
                  (error) => done([String(error)]));
                """);
  }

  /** Whether the browser would ask before it leaves the page. */
  boolean asksBeforeLeaving() {
    return Boolean.TRUE.equals(
        execute(
            """
            const leaving = new Event('beforeunload', { cancelable: true });
            dispatchEvent(leaving);
            return leaving.defaultPrevented;
            """));
  }

  /** Waits until a step is shown: signin, start, describe, choose, done, find or tokens. */
  void await(String step) {
    until(() -> isShown(step));
  }

  void until(BooleanSupplier happened) {
    new WebDriverWait(browser, Duration.ofSeconds(10), Duration.ofMillis(50))
        .ignoring(StaleElementReferenceException.class)
        .until(ignored -> happened.getAsBoolean());
  }

  boolean isShown(String id) {
    return element(id).isDisplayed();
  }

  WebElement element(String id) {
    return browser.findElement(By.id(id));
  }

  String value(String id) {
    return element(id).getDomProperty("value");
  }

  String focused() {
    return browser.switchTo().activeElement().getDomAttribute("id");
  }

  /** Presses keys at the focused element, like a user without a mouse. */
  void press(CharSequence... keys) {
    new Actions(browser).sendKeys(keys).perform();
  }

  /** Moves the focus back by one. */
  void pressShiftTab() {
    new Actions(browser).keyDown(Keys.SHIFT).sendKeys(Keys.TAB).keyUp(Keys.SHIFT).perform();
  }

  /** Clicks the button with this text. */
  void click(String words) {
    button(words).click();
  }

  void doubleClick(WebElement target) {
    new Actions(browser).doubleClick(target).perform();
  }

  WebElement button(String words) {
    return browser.findElements(By.tagName("button")).stream()
        .filter(WebElement::isDisplayed)
        .filter(button -> button.getText().equals(words))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no button has the text " + words));
  }

  void signIn(String token) {
    element("admin-token").sendKeys(token);
    click("Sign in");
  }

  /** Signs in and goes on to the step in which the user is chosen. */
  void goToUsers(String token, String description) {
    signIn(token);
    await("start");
    click("Create API access token");
    await("describe");
    element("description").sendKeys(description);
    click("Create API Token");
    await("choose");
  }

  /** Signs in and goes on to the tokens of the user with this username. */
  void goToTokens(String token, String username) {
    signIn(token);
    await("start");
    chooseOwner(username);
  }

  /** Goes from the start to the tokens of the user with this username. */
  void chooseOwner(String username) {
    click("See or revoke tokens");
    await("find");
    type("owner", username);
    option(username).click();
    await("tokens");
  }

  /** The entries of the list of tokens. */
  List<WebElement> tokens() {
    return browser.findElements(By.cssSelector("#token-list > li"));
  }

  WebElement token(String description) {
    return tokens().stream()
        .filter(token -> token.getText().contains(description))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no token has the text " + description));
  }

  List<WebElement> buttons(WebElement part) {
    return part.findElements(By.tagName("button"));
  }

  /** Types into the field of the step in which the user of a new token is chosen. */
  void type(String start) {
    type("user", start);
  }

  /** Types into one of the fields that find users, and waits for the result. */
  void type(String field, String start) {
    element(field).sendKeys(Keys.chord(Keys.CONTROL, "a"), start);
    until(() -> "false".equals(element(field + "s").getDomAttribute("aria-busy")));
  }

  void awaitSearch() {
    until(() -> "false".equals(element("users").getDomAttribute("aria-busy")));
  }

  /**
   * Replaces the API's next response, because the API cannot be made to respond like this.
   *
   * @param headers in JavaScript, in addition to Retry-After
   */
  void respondNext(int status, String body, String headers) {
    execute(
        """
        const real = window.fetch;
        window.fetch = async () => {
          window.fetch = real;
          return new Response(`%s`, { status: %d, headers: { 'Retry-After': '7', %s } });
        }
        """
            .formatted(body, status, headers));
  }

  List<WebElement> options() {
    return browser.findElements(By.cssSelector("[role=option]"));
  }

  WebElement option(String text) {
    return options().stream()
        .filter(option -> option.getText().contains(text))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no user has the text " + text));
  }

  /** Waits for an error and returns its text. */
  String alert() {
    until(() -> !element("alert").getText().isEmpty());
    return element("alert").getText();
  }

  String address() {
    return browser.getCurrentUrl();
  }

  Object execute(String script) {
    return browser.executeScript(script);
  }

  void goOffline(boolean offline) {
    browser.executeCdpCommand("Network.enable", Map.of());
    browser.executeCdpCommand(
        "Network.emulateNetworkConditions",
        Map.of("offline", offline, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
  }

  /** The console messages since the last call, including those of the browser. */
  List<String> console() {
    return browser.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::getMessage)
        .toList();
  }

  /** All requests since the page was opened, such as {@code GET http://…}. */
  List<String> requests() {
    for (LogEntry entry : browser.manage().logs().get(LogType.PERFORMANCE)) {
      Matcher sent = REQUEST.matcher(entry.getMessage());
      if (sent.find()) {
        String request = sent.group().substring(sent.group().indexOf("\"request\":{"));
        requests.add(first(METHOD, request) + " " + first(URL, request));
      }
    }
    return List.copyOf(requests);
  }

  private static String first(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    return found.find() ? found.group(1) : "";
  }

  /** Takes a screenshot if ISPCRM_SCREENSHOTS names a folder. */
  void picture(String step) throws IOException {
    String folder = System.getenv("ISPCRM_SCREENSHOTS");
    if (folder != null) {
      byte[] png = browser.getScreenshotAs(OutputType.BYTES);
      Files.write(
          Files.createDirectories(Path.of(folder)).resolve(width + "-" + step + ".png"), png);
    }
  }
}
