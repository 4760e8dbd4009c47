package ispcrm.template;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/**
 * The parameters that infra/scripts/deploy passes to CloudFormation: all that the template has, so
 * that no earlier value of the stack survives. Among them is Release, the name of what the
 * functions run.
 *
 * <p>SAM publishes a new version of a function only if its code or the text of its properties
 * changes, and does not see a parameter's new value. Release is a digest of the code and of the
 * properties with their values, so it is the same if and only if nothing changes for a function.
 *
 * @see <a href="https://github.com/aws/serverless-application-model/issues/3820">A changed
 *     parameter publishes no version</a>
 */
public final class Deployment {
  /** Properties that take effect without a new version, or that only name the code. */
  private static final Set<String> WITHOUT_VERSION =
      Set.of(
          "AutoPublishAlias",
          "AutoPublishCodeSha256",
          "CodeUri",
          "DeploymentPreference",
          "Description",
          "Events",
          "Policies",
          "ReservedConcurrentExecutions",
          "Tags");

  private static final String RELEASE = "Release";
  private static final int RELEASE_LENGTH = 10;

  private Deployment() {}

  /**
   * Prints {@code PARAMETER="VALUE"} for each parameter, one per line.
   *
   * @param arguments the environment in infra/samconfig.toml, then {@code PARAMETER=VALUE} for each
   *     value that replaces one from there. If they cannot be deployed, an error is printed and the
   *     exit status is 2.
   */
  public static void main(String[] arguments) {
    try {
      parameters(arguments[0], List.of(arguments).subList(1, arguments.length))
          .forEach((name, value) -> System.out.println(name + "=\"" + value + '"'));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  /**
   * Returns every parameter of the template with its value.
   *
   * @throws IllegalArgumentException if the environment or a parameter does not exist, a rule of
   *     the template rejects the values, or the code is not built
   */
  static Map<String, String> parameters(String environment, List<String> replacements) {
    Template defaults = Template.load(Map.of());
    Map<String, String> parameters = new LinkedHashMap<>(defaults.parameters());
    for (String override : overrides(defaults.root(), environment, replacements)) {
      String[] parts = override.split("=", 2);
      if (parts.length < 2 || !parameters.containsKey(parts[0])) {
        throw new IllegalArgumentException(
            "\"%s\" is not PARAMETER=VALUE with a parameter of template.yaml.".formatted(override));
      }
      parameters.put(parts[0], parts[1]);
    }
    Template template = Template.load(parameters);
    parameters.put(RELEASE, release(template));
    Template.load(parameters)
        .violatedRules()
        .findFirst()
        .ifPresent(
            description -> {
              throw new IllegalArgumentException(description);
            });
    return parameters;
  }

  private static List<String> overrides(Path root, String environment, List<String> replacements) {
    JsonNode settings =
        new TomlMapper()
            .readTree(root.resolve("infra/samconfig.toml").toFile())
            .path(environment)
            .path("deploy")
            .path("parameters")
            .path("parameter_overrides");
    if (!settings.isArray()) {
      throw new IllegalArgumentException(
          "infra/samconfig.toml has no environment \"%s\".".formatted(environment));
    }
    List<String> overrides = new ArrayList<>();
    settings.forEach(setting -> overrides.add(setting.asString()));
    overrides.addAll(replacements);
    return overrides;
  }

  private static String release(Template template) {
    MessageDigest digest = sha256();
    template
        .functionProperties()
        .forEach(
            (logicalId, properties) -> {
              digest.update(code(template.root().resolve(properties.get("CodeUri").toString())));
              Map<String, Object> versioned = new LinkedHashMap<>(properties);
              versioned.keySet().removeAll(WITHOUT_VERSION);
              Map<String, Object> variables =
                  new LinkedHashMap<>(
                      Intrinsics.object(
                          Intrinsics.object(properties.get("Environment")).get("Variables")));
              variables.remove("RELEASE");
              versioned.put("Environment", variables);
              digest.update((logicalId + versioned).getBytes(StandardCharsets.UTF_8));
            });
    return HexFormat.of().formatHex(Arrays.copyOf(digest.digest(), RELEASE_LENGTH / 2));
  }

  private static byte[] code(Path file) {
    try {
      return sha256().digest(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          file.getFileName() + " is not built: run mvn package -DskipTests.", e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
