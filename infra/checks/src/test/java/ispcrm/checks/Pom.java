package ispcrm.checks;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The parts of a pom.xml that the tests need. */
final class Pom {
  private final Element project;

  private Pom(Element project) {
    this.project = project;
  }

  /**
   * A dependency that the pom declares.
   *
   * @param scope its scope, compile by default
   */
  record Dependency(String artifactId, String scope) {}

  static Pom of(String file) {
    try {
      return new Pom(
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new InputSource(new StringReader(Checkout.read(file))))
              .getDocumentElement());
    } catch (Exception cause) {
      throw new IllegalArgumentException(file, cause);
    }
  }

  String artifactId() {
    return text(project, "artifactId");
  }

  List<String> modules() {
    return children(children(project, "modules").get(0), "module").stream()
        .map(module -> module.getTextContent().strip())
        .toList();
  }

  /** The declared dependencies, without the managed ones. */
  List<Dependency> dependencies() {
    List<Dependency> dependencies = new ArrayList<>();
    for (Element list : children(project, "dependencies")) {
      for (Element dependency : children(list, "dependency")) {
        String scope = text(dependency, "scope");
        dependencies.add(
            new Dependency(text(dependency, "artifactId"), scope == null ? "compile" : scope));
      }
    }
    return dependencies;
  }

  private static String text(Element parent, String name) {
    List<Element> found = children(parent, name);
    return found.isEmpty() ? null : found.get(0).getTextContent().strip();
  }

  private static List<Element> children(Element parent, String name) {
    List<Element> found = new ArrayList<>();
    NodeList nodes = parent.getChildNodes();
    for (int i = 0; i < nodes.getLength(); i++) {
      Node node = nodes.item(i);
      if (node instanceof Element element && element.getTagName().equals(name)) {
        found.add(element);
      }
    }
    return found;
  }
}
