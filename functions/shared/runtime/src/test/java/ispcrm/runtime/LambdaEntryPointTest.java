package ispcrm.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.emulation.LocalLambda;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LambdaEntryPointTest {
  private final List<Object> handled = new ArrayList<>();

  @Test
  void theEventIsReadAndTheResultIsWritten() throws IOException {
    assertThat(invoke("{\"name\":\"Åsa\"}")).isEqualTo("{\"name\":\"Åsa\"}");
  }

  @Test
  void anEventThatIsNotAnObjectCountsAsEmpty() throws IOException {
    assertThat(invoke("[1]")).isEqualTo("{}");
    assertThat(invoke("null")).isEqualTo("{}");
  }

  @Test
  void theEventThatKeepsTheFunctionActiveDoesNothing() throws IOException {
    assertThat(invoke("{\"keepActive\":true}")).isEqualTo("{}");
    assertThat(handled).isEmpty();
  }

  @Test
  void noOtherEventIsTakenForIt() throws IOException {
    for (String event :
        List.of("{\"keepActive\":\"true\"}", "{\"body\":\"{\\\"keepActive\\\":true}\"}")) {
      assertThat(invoke(event)).isEqualTo(event);
    }
  }

  @Test
  void aHandlerClassLeavesItsCallsToTheEntryPoint() throws IOException {
    LambdaHandler handler = new LambdaHandler(entryPoint()) {};
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    handler.handleRequest(
        new ByteArrayInputStream("{}".getBytes(StandardCharsets.UTF_8)),
        out,
        LocalLambda.context("test", line -> {}));
    assertThat(out).hasToString("{}");
  }

  @Test
  void aFunctionIsPrimed300TimesAsIfItWereCalled() {
    entryPoint().beforeCheckpoint(null);
    assertThat(handled)
        .hasSize(300)
        .allSatisfy(event -> assertThat(event).isEqualTo(Map.of("path", "/")));
  }

  @Test
  void aCallThatFailsEndsPriming() {
    List<Object> attempts = new ArrayList<>();
    new LambdaEntryPoint(
            "test",
            Map.of(),
            Deadline.OF_ENDPOINTS,
            event -> {
              attempts.add(event);
              throw new IllegalStateException("a fault");
            },
            () -> entryPoint -> entryPoint.prime("{\"path\":\"/\"}"))
        .beforeCheckpoint(null);
    assertThat(attempts).hasSize(1);
  }

  @Test
  void aFunctionThatCannotBePrimedIsStillDeployed() {
    List<String> attempts = new ArrayList<>();
    new LambdaEntryPoint(
            "test",
            Map.of(),
            Deadline.OF_ENDPOINTS,
            event -> event,
            () ->
                new Priming() {
                  @Override
                  public void connect(LambdaEntryPoint function) {
                    attempts.add("connection");
                    throw new IllegalStateException("the role is too new");
                  }

                  @Override
                  public void call(LambdaEntryPoint function) {
                    attempts.add("call");
                  }
                })
        .beforeCheckpoint(null);
    assertThat(attempts).hasSize(301).containsOnlyOnce("connection");
  }

  private LambdaEntryPoint entryPoint() {
    return new LambdaEntryPoint(
        "test",
        Map.of(),
        Deadline.OF_ENDPOINTS,
        event -> {
          handled.add(event);
          return event;
        },
        () -> entryPoint -> entryPoint.prime("{\"path\":\"/\"}"));
  }

  private String invoke(String event) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    entryPoint()
        .handleRequest(
            new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)),
            out,
            LocalLambda.context("test", line -> {}));
    return out.toString(StandardCharsets.UTF_8);
  }
}
