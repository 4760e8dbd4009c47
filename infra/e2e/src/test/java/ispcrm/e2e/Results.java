package ispcrm.e2e;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Appends the {@link Outcome} of each check to the file that the environment variable
 * ISPCRM_RESULTS names, if it is set. Removes tokens from the messages of failed checks before they
 * are reported.
 */
final class Results
    implements TestWatcher,
        TestExecutionExceptionHandler,
        LifecycleMethodExecutionExceptionHandler {
  private static final Optional<Path> FILE =
      Optional.ofNullable(System.getenv("ISPCRM_RESULTS")).map(Path::of);

  @Override
  public void testSuccessful(ExtensionContext check) {
    add("passed", name(check), "");
  }

  @Override
  public void testFailed(ExtensionContext check, Throwable cause) {
    add("failed", name(check), String.valueOf(cause.getMessage()));
  }

  @Override
  public void testAborted(ExtensionContext check, Throwable cause) {
    add("skipped", name(check), String.valueOf(cause.getMessage()));
  }

  @Override
  public void testDisabled(ExtensionContext check, Optional<String> reason) {
    add("skipped", name(check), reason.orElse(""));
  }

  @Override
  public void handleTestExecutionException(ExtensionContext check, Throwable failure)
      throws Throwable {
    throw withoutTokens(failure);
  }

  @Override
  public void handleBeforeAllMethodExecutionException(ExtensionContext suite, Throwable failure)
      throws Throwable {
    Throwable shown = withoutTokens(failure);
    add("failed", "start", String.valueOf(shown.getMessage()));
    throw shown;
  }

  @Override
  public void handleAfterAllMethodExecutionException(ExtensionContext suite, Throwable failure)
      throws Throwable {
    Throwable shown = withoutTokens(failure);
    add("failed", "end", String.valueOf(shown.getMessage()));
    throw shown;
  }

  /**
   * The failure itself, or, if its text or that of a cause contains a token, a copy without tokens
   * and causes.
   */
  static Throwable withoutTokens(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text, true));
    if (Outcome.withoutTokens(text.toString()).contentEquals(text.getBuffer())) {
      return failure;
    }
    AssertionError shown =
        new AssertionError(Outcome.withoutTokens(String.valueOf(failure.getMessage())));
    shown.setStackTrace(failure.getStackTrace());
    return shown;
  }

  private static String name(ExtensionContext check) {
    String method = check.getRequiredTestMethod().getName();
    String shown = check.getDisplayName();
    return shown.startsWith(method + "(")
        ? method
        : method + ": " + shown.replaceAll("\\p{Cntrl}", "�").strip();
  }

  private static void add(String result, String check, String reason) {
    FILE.ifPresent(
        file -> {
          try {
            Files.writeString(
                file,
                Outcome.of(result, check, reason).toLine(),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
          } catch (IOException cause) {
            throw new UncheckedIOException(cause);
          }
        });
  }
}
