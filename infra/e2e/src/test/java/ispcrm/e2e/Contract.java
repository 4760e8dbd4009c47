package ispcrm.e2e;

import ispcrm.template.Template;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What infra/openapi.yaml says of the responses. */
final class Contract {
  private static final Map<?, ?> SCHEMAS = schemas();

  private Contract() {}

  /** The names of an object's members in the order of its schema. */
  static List<String> members(String schema) {
    Map<?, ?> properties = (Map<?, ?>) ((Map<?, ?>) SCHEMAS.get(schema)).get("properties");
    return properties.keySet().stream().map(String::valueOf).toList();
  }

  private static Map<?, ?> schemas() {
    try (Reader reader =
        Files.newBufferedReader(Template.load(Map.of()).root().resolve("infra/openapi.yaml"))) {
      Map<String, Object> document =
          new Yaml(new SafeConstructor(new LoaderOptions())).load(reader);
      return (Map<?, ?>) ((Map<?, ?>) document.get("components")).get("schemas");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
