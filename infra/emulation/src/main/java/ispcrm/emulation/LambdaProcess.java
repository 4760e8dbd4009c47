package ispcrm.emulation;

import ispcrm.template.Template;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Runs a function's package as Lambda does: in a separate process with Lambda's flags and those of
 * its environment variable JAVA_TOOL_OPTIONS, under the Java runtime interface client. That client
 * must be on the class path of this process.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/java-package.html">Deploy Java Lambda
 *     functions with .zip or JAR file archives</a>
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/java-customization.html">Customize
 *     Java runtime startup behavior for Lambda functions</a>
 */
public final class LambdaProcess implements AutoCloseable {
  /** One class from each jar of the runtime client. */
  private static final List<String> RUNTIME_CLIENT =
      List.of(
          "com.amazonaws.services.lambda.runtime.api.client.AWSLambda",
          "com.amazonaws.services.lambda.runtime.Context",
          "com.amazonaws.services.lambda.runtime.serialization.PojoSerializer",
          "software.amazon.awssdk.utilslite.SdkInternalThreadLocal");

  /**
   * The property that tells the runtime client where its native library is. Without it, each
   * process unpacks the library to the same file, and two processes that start at the same time
   * crash.
   */
  private static final String NATIVE_LIBRARY =
      "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";

  /**
   * The environment variable with the memory of the function in MiB, which Lambda sets. The JVM
   * determines the size of its heap by it.
   */
  public static final String MEMORY_SIZE = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE";

  private static final Set<String> KEY_VARIABLES =
      Set.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN");

  private final RuntimeApi runtime = new RuntimeApi();
  private final Process process;
  private final Path log;

  /**
   * Starts a function.
   *
   * @param command the command that runs Java, such as {@code java} or {@code taskset -c 0 java}
   * @param code its deployment package, a zip file
   * @param handler its handler class
   * @param folder a folder for its code and its log; it must not exist yet
   * @param environment its environment variables, of which {@value #MEMORY_SIZE} is required; it
   *     inherits no AWS_ variable from this process
   */
  public LambdaProcess(
      List<String> command,
      Path code,
      String handler,
      Path folder,
      Map<String, String> environment) {
    this(command, code, handler, folder, environment, null);
  }

  private LambdaProcess(
      List<String> command,
      Path code,
      String handler,
      Path folder,
      Map<String, String> environment,
      String accessKey) {
    Path task = folder.resolve("task");
    log = folder.resolve("log");
    List<String> line = new ArrayList<>(command);
    // Lambda uses the JDK's shared class archive.
    line.add("-Xshare:auto");
    if (accessKey == null) {
      // With SnapStart, java25 leaves the JVM its default compilation tiers.
      line.add("-XX:TieredStopAtLevel=1");
    }
    line.addAll(
        List.of(
            "-XX:MaxRAM=" + environment.get(MEMORY_SIZE) + "m",
            "-XX:MaxRAMPercentage=80",
            "-XX:+UseSerialGC",
            "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac",
            "--enable-native-access=ALL-UNNAMED",
            "-D" + NATIVE_LIBRARY + "=" + nativeLibrary(folder),
            "-cp",
            runtimeClient(),
            RUNTIME_CLIENT.get(0),
            handler));
    try {
      unzip(code, task);
      ProcessBuilder builder =
          new ProcessBuilder(line)
              .directory(task.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().keySet().removeIf(variable -> variable.startsWith("AWS_"));
      builder.environment().put("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
      builder.environment().put("AWS_LAMBDA_LOG_FORMAT", "JSON"); // as the template says
      builder.environment().putAll(environment);
      if (accessKey != null) {
        builder.environment().put("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start");
        builder.environment().keySet().removeAll(KEY_VARIABLES);
        builder.environment().putAll(runtime.credentials(accessKey));
      }
      builder.environment().put("AWS_LAMBDA_RUNTIME_API", runtime.address());
      builder.environment().put("LAMBDA_TASK_ROOT", task.toString());
      builder.environment().put("_HANDLER", handler);
      process = builder.start();
      var unused =
          process.onExit().thenAccept(ended -> runtime.ended(ended.exitValue() + ": " + log()));
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  /**
   * Starts a function of the template with the Java that runs this process.
   *
   * @param name the name of its module, such as get-user; it must be packaged
   * @param environment variables that are added to those of the template
   */
  public static LambdaProcess start(
      Template template, String name, Path folder, Map<String, String> environment) {
    return start(template, name, folder, environment, null);
  }

  /**
   * Starts a function as Lambda's SnapStart does; see {@link #startForSnapshot(Template, String,
   * Path, Map, String)}.
   *
   * @param command the command that runs Java
   */
  public static LambdaProcess startForSnapshot(
      List<String> command,
      Path code,
      String handler,
      Path folder,
      Map<String, String> environment,
      String accessKey) {
    return new LambdaProcess(
        command, code, handler, folder, environment, Objects.requireNonNull(accessKey));
  }

  /**
   * Starts a function of the template as Lambda's SnapStart does: it runs its hooks, waits for
   * {@link #restore}, and gets its credentials only from the container endpoint.
   *
   * @param accessKey the access key of its credentials until it is restored
   * @see <a
   *     href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-java.html">Lambda
   *     SnapStart runtime hooks for Java</a>
   */
  public static LambdaProcess startForSnapshot(
      Template template,
      String name,
      Path folder,
      Map<String, String> environment,
      String accessKey) {
    return start(template, name, folder, environment, Objects.requireNonNull(accessKey));
  }

  private static LambdaProcess start(
      Template template,
      String name,
      Path folder,
      Map<String, String> environment,
      String accessKey) {
    Template.LambdaFunction function = template.functions().get(name);
    Map<String, String> all = new HashMap<>(function.environment());
    all.put("AWS_SDK_UA_APP_ID", name);
    all.put(MEMORY_SIZE, Integer.toString(function.memorySize()));
    all.putAll(environment);
    return new LambdaProcess(
        List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
        template.root().resolve(function.codeUri()),
        function.handler(),
        folder,
        all,
        accessKey);
  }

  /** Waits until the function requests its first event. */
  public void awaitReady() throws InterruptedException {
    runtime.awaitReady();
  }

  public long pid() {
    return process.pid();
  }

  /** Waits until a function that was started for a snapshot has run its hooks. */
  public void awaitSnapshot() throws InterruptedException {
    runtime.awaitSnapshot();
  }

  /** Resumes a function that was started for a snapshot, with new credentials. */
  public void restore(String accessKey) {
    runtime.restore(accessKey);
  }

  /** Sends an event to the function and waits for the outcome. */
  public Outcome invoke(String event) throws InterruptedException {
    return runtime.invoke(event);
  }

  /** The outcome of an invocation: the response, or the error if it failed. */
  public record Outcome(boolean failed, String json) {}

  /** Everything that the function has logged so far. */
  public String log() {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      // A process that writes an AOT cache takes a while to exit.
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    runtime.close();
  }

  private static void unzip(Path code, Path folder) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(code))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (!entry.isDirectory()) {
          Path file = folder.resolve(entry.getName());
          Files.createDirectories(file.getParent());
          Files.copy(zip, file);
        }
      }
    }
  }

  private static Path nativeLibrary(Path folder) {
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    String name = "libaws-lambda-jni.linux-" + (arm ? "aarch_64" : "x86_64") + ".so";
    Path library = folder.resolve(name);
    try (InputStream packed = LambdaProcess.class.getResourceAsStream("/jni/" + name)) {
      Files.createDirectories(folder);
      Files.copy(Objects.requireNonNull(packed, name), library);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
    return library;
  }

  private static String runtimeClient() {
    return RUNTIME_CLIENT.stream()
        .map(LambdaProcess::jarOf)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String jarOf(String name) {
    try {
      return Path.of(
              Class.forName(name, false, LambdaProcess.class.getClassLoader())
                  .getProtectionDomain()
                  .getCodeSource()
                  .getLocation()
                  .toURI())
          .toString();
    } catch (ClassNotFoundException | URISyntaxException cause) {
      throw new IllegalStateException(
          "the Lambda runtime interface client is not on the class path", cause);
    }
  }
}
