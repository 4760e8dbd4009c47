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

/**
 * A function's jar as Lambda runs it: in a process of its own with Lambda's flags, under the Java
 * runtime interface client, which must be on the class path of whoever starts it.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/java-package.html">Deploy Java Lambda
 *     functions with .zip or JAR file archives</a>
 */
public final class LambdaProcess implements AutoCloseable {
  /** One class of each jar that the runtime client consists of. */
  private static final List<String> RUNTIME_CLIENT =
      List.of(
          "com.amazonaws.services.lambda.runtime.api.client.AWSLambda",
          "com.amazonaws.services.lambda.runtime.Context",
          "com.amazonaws.services.lambda.runtime.serialization.PojoSerializer",
          "software.amazon.awssdk.utilslite.SdkInternalThreadLocal");

  /**
   * Where the runtime client finds its native library. Without it each process unpacks the library
   * to the same file, and two that start at once make each other crash.
   */
  private static final String NATIVE_LIBRARY =
      "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";

  private static final Set<String> KEY_VARIABLES =
      Set.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN");

  private final RuntimeApi runtime = new RuntimeApi();
  private final Process process;
  private final Path log;

  /**
   * Starts it.
   *
   * @param command what runs Java, such as {@code java} or {@code taskset -c 0 java}
   * @param jar the function's code
   * @param handler its handler class
   * @param folder one that is not there yet, for its code and its log
   * @param environment what the function finds, and nothing of AWS besides
   */
  public LambdaProcess(
      List<String> command,
      Path jar,
      String handler,
      Path folder,
      Map<String, String> environment) {
    this(command, jar, handler, folder, environment, null, false);
  }

  /**
   * Starts a function as a container image may hold it: its jar on the class path of Java itself,
   * where an AOT cache can serve it.
   *
   * @see <a href="https://openjdk.org/jeps/514">JEP 514: Ahead-of-Time Command-Line Ergonomics</a>
   */
  public static LambdaProcess startFlat(
      List<String> command,
      Path jar,
      String handler,
      Path folder,
      Map<String, String> environment) {
    return new LambdaProcess(command, jar, handler, folder, environment, null, true);
  }

  private LambdaProcess(
      List<String> command,
      Path jar,
      String handler,
      Path folder,
      Map<String, String> environment,
      String accessKey,
      boolean flat) {
    Path task = folder.resolve("task");
    log = folder.resolve("log");
    List<String> line = new ArrayList<>(command);
    if (!flat) {
      // Lambda's own archive of the JDK's classes; an AOT cache brings another and forbids this.
      line.add("-Xshare:auto");
    }
    line.addAll(
        List.of(
            "-XX:MaxRAMPercentage=80",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac",
            "--enable-native-access=ALL-UNNAMED",
            "-D" + NATIVE_LIBRARY + "=" + nativeLibrary(folder),
            "-cp",
            runtimeClient() + (flat ? File.pathSeparator + jar : ""),
            RUNTIME_CLIENT.get(0),
            handler));
    try {
      Files.createDirectories(task.resolve("lib"));
      if (!flat) {
        Files.copy(jar, task.resolve("lib").resolve(jar.getFileName()));
      }
      ProcessBuilder builder =
          new ProcessBuilder(line)
              .directory(task.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().keySet().removeIf(variable -> variable.startsWith("AWS_"));
      builder.environment().put("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
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
      process.onExit().thenAccept(ended -> runtime.ended(ended.exitValue() + ": " + log()));
    } catch (IOException cannotStart) {
      throw new UncheckedIOException(cannotStart);
    }
  }

  /**
   * Starts a function of the template with this process's Java.
   *
   * @param name the name of its module, such as get-user; it must be packaged
   * @param environment what the function finds besides the template's own
   */
  public static LambdaProcess start(
      Template template, String name, Path folder, Map<String, String> environment) {
    return start(template, name, folder, environment, null);
  }

  /**
   * Starts a function as Lambda's SnapStart does, see {@link #startForSnapshot(Template, String,
   * Path, Map, String)}.
   *
   * @param command what runs Java
   */
  public static LambdaProcess startForSnapshot(
      List<String> command,
      Path jar,
      String handler,
      Path folder,
      Map<String, String> environment,
      String accessKey) {
    return new LambdaProcess(
        command, jar, handler, folder, environment, Objects.requireNonNull(accessKey), false);
  }

  /**
   * Starts a function of the template as Lambda's SnapStart does: it runs its hooks and waits for
   * {@link #restore}, and finds credentials at the container endpoint alone.
   *
   * @param accessKey of the credentials until then
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
    all.putAll(environment);
    return new LambdaProcess(
        List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
        template.root().resolve(function.codeUri()),
        function.handler(),
        folder,
        all,
        accessKey,
        false);
  }

  /** Waits until it asks for its first event. */
  public void awaitReady() throws InterruptedException {
    runtime.awaitReady();
  }

  public long pid() {
    return process.pid();
  }

  /** Waits until a process started for a snapshot ran its hooks. */
  public void awaitSnapshot() throws InterruptedException {
    runtime.awaitSnapshot();
  }

  /** Lets a process that was started for a snapshot go on, with other credentials. */
  public void restore(String accessKey) {
    runtime.restore(accessKey);
  }

  /** Hands an event to the function and waits for what it makes of it. */
  public Outcome invoke(String event) throws InterruptedException {
    return runtime.invoke(event);
  }

  /** What a function made of an event: its answer, or the error that it failed with. */
  public record Outcome(boolean failed, String json) {}

  /** All that it logged so far. */
  public String log() {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      // A process that writes an AOT cache takes its time.
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException ending) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    runtime.close();
  }

  private static Path nativeLibrary(Path folder) {
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    String name = "libaws-lambda-jni.linux-" + (arm ? "aarch_64" : "x86_64") + ".so";
    Path library = folder.resolve(name);
    try (InputStream packed = LambdaProcess.class.getResourceAsStream("/jni/" + name)) {
      Files.createDirectories(folder);
      Files.copy(Objects.requireNonNull(packed, name), library);
    } catch (IOException cannotWrite) {
      throw new UncheckedIOException(cannotWrite);
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
    } catch (ClassNotFoundException | URISyntaxException absent) {
      throw new IllegalStateException(
          "the Lambda runtime interface client is not on the class path", absent);
    }
  }
}
