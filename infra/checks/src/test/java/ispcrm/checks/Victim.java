package ispcrm.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that uses the same local DynamoDB as this one, and that a test kills. */
record Victim(Process process, BufferedReader out) {
  private static final int KILLED = 137;

  /** Starts the main method of a class. */
  static Victim start(Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String name :
        List.of(
            "aws.endpointUrlDynamoDb", "aws.region", "aws.accessKeyId", "aws.secretAccessKey")) {
      command.add("-D" + name + "=" + System.getProperty(name));
    }
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(List.of("-classpath", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    return new Victim(
        process,
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)));
  }

  /** Kills it. What it has printed can still be read, unlike after {@code Process.destroy}. */
  void kill() {
    process.toHandle().destroyForcibly();
  }

  /** Checks that the process was killed and did not end by itself. */
  void assertKilled() throws IOException, InterruptedException {
    out.close();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(KILLED);
  }
}
