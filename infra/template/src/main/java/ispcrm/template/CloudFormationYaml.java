package ispcrm.template;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Reads YAML and converts CloudFormation's short tags, such as {@code !Ref}, to their long form.
 */
final class CloudFormationYaml extends SafeConstructor {

  private CloudFormationYaml() {
    super(new LoaderOptions());
    yamlMultiConstructors.put("!", new ShortTag());
  }

  static Map<String, Object> read(Path file) throws IOException {
    try (Reader reader = Files.newBufferedReader(file)) {
      return new Yaml(new CloudFormationYaml()).load(reader);
    }
  }

  private final class ShortTag extends AbstractConstruct {
    @Override
    public Object construct(Node node) {
      String name = node.getTag().getValue().substring(1);
      if (name.equals("GetAtt") && node instanceof ScalarNode attribute) {
        return Map.of("Fn::GetAtt", List.of(attribute.getValue().split("\\.", 2)));
      }
      String key = name.equals("Ref") || name.equals("Condition") ? name : "Fn::" + name;
      if (node instanceof SequenceNode sequence) {
        return Map.of(key, constructSequence(sequence));
      }
      if (node instanceof MappingNode mapping) {
        return Map.of(key, constructMapping(mapping));
      }
      return Map.of(key, ((ScalarNode) node).getValue());
    }
  }
}
