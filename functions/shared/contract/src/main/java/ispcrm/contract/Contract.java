package ispcrm.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The contract, infra/openapi.yaml, as data: maps, lists, text, numbers and booleans. */
public final class Contract {
  /** What addresses in the contract's examples begin with. */
  private static final String EXAMPLE_BASE = "https://ispcrmdomain";

  private final Map<String, Object> document;

  /**
   * Reads the contract from the class path.
   *
   * @throws IllegalStateException if it is missing from the jar
   */
  public Contract() {
    try (InputStream in = Contract.class.getResourceAsStream("openapi.yaml")) {
      if (in == null) {
        throw new IllegalStateException("missing from the jar: openapi.yaml");
      }
      LoaderOptions options = new LoaderOptions();
      options.setAllowDuplicateKeys(false);
      document = new Yaml(new SafeConstructor(options)).load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The contract as it is written, with the servers and addresses of its examples. */
  public Map<String, Object> document() {
    return Collections.unmodifiableMap(document);
  }

  /**
   * The contract of one deployment, whose address is the only server and the one in all examples.
   *
   * @param base the address that its paths are appended to, without a slash at the end
   */
  public Map<String, Object> at(String base) {
    Map<String, Object> deployed = new LinkedHashMap<>();
    document.forEach((name, value) -> deployed.put(name, at(base, value)));
    deployed.put("servers", List.of(Map.of("url", base, "description", "This deployment")));
    return deployed;
  }

  private static Object at(String base, Object value) {
    if (value instanceof Map<?, ?> object) {
      Map<Object, Object> deployed = new LinkedHashMap<>();
      object.forEach((name, member) -> deployed.put(name, at(base, member)));
      return deployed;
    }
    if (value instanceof List<?> list) {
      return list.stream().map(element -> at(base, element)).toList();
    }
    return value instanceof String text ? text.replace(EXAMPLE_BASE, base) : value;
  }
}
