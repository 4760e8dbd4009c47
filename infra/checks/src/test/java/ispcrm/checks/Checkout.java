package ispcrm.checks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.json.JsonMapper;

/** The files of this checkout. */
final class Checkout {
  static final Path ROOT = root();
  static final JsonMapper JSON = JsonMapper.shared();

  /** Whether tests try every variant, as they do in CI. */
  static final boolean IS_THOROUGH = Boolean.getBoolean("thorough");

  private Checkout() {}

  static String read(String file) {
    try {
      return Files.readString(ROOT.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of the entries in a folder, sorted. */
  static List<String> list(String folder) {
    try (Stream<Path> entries = Files.list(ROOT.resolve(folder))) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static boolean exists(String file) {
    return Files.exists(ROOT.resolve(file));
  }

  /** Reads a YAML file without custom tags; a repeated key is an error. */
  static Map<String, Object> yaml(String file) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    return map(new Yaml(new SafeConstructor(options)).load(read(file)));
  }

  /** The names of the folders under functions/ that are functions. */
  static List<String> functions() {
    return list("functions").stream()
        .filter(name -> !name.equals("shared") && exists("functions/" + name + "/pom.xml"))
        .toList();
  }

  /** The name of the event with which a function does what it is for. */
  static String mainEvent(String function) {
    return switch (function) {
      case "authorizer" -> "bearer";
      case "not-found" -> "unknown-route";
      default -> "ok";
    };
  }

  /** Casts a value from YAML or JSON that is known to be an object. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  /** Casts a value from YAML or JSON that is known to be a list. */
  @SuppressWarnings("unchecked")
  static List<Object> listOf(Object value) {
    return (List<Object>) value;
  }

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("template.yaml"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("run this inside the checkout");
      }
    }
    return folder;
  }

  /** A number for each race: 5 of them, or 50 in a thorough run. */
  static IntStream races() {
    return IntStream.range(0, IS_THOROUGH ? 50 : 5);
  }
}
