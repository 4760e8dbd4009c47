package ispcrm.adminpage;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Joins ECMAScript modules into one script. Inline modules cannot import each other, because they
 * have no URL, and modules with URLs would need more requests and a policy that allows every script
 * of this host.
 *
 * <p>Each module becomes a function with a scope of its own, and runs once, after the modules that
 * it imports. The names of modules contain only letters and hyphens and end in {@code .js}. They
 * can use these forms, each at the start of a line, and no others:
 *
 * <ul>
 *   <li>{@code import { a, b } from './name.js';} and {@code import './name.js';}
 *   <li>{@code export} in front of a {@code const}, a class or a function
 * </ul>
 */
final class ModuleLinker {
  private static final Pattern IMPORT =
      Pattern.compile(
          "^import (?:\\{([^}]*)\\} from )?'\\./([A-Za-z-]+\\.js)';$", Pattern.MULTILINE);
  private static final Pattern EXPORT =
      Pattern.compile(
          "^export (?=(?:const|class|(?:async )?function) ([\\w$]+))", Pattern.MULTILINE);
  private static final Pattern OTHER_FORM =
      Pattern.compile("^(?:import|export)\\b.*", Pattern.MULTILINE);

  private final UnaryOperator<String> sources;
  private final Map<String, Set<String>> exports = new HashMap<>();
  private final Set<String> started = new HashSet<>();
  private final StringBuilder script = new StringBuilder("const modules = {};\n");

  private ModuleLinker(UnaryOperator<String> sources) {
    this.sources = sources;
  }

  /**
   * Returns a script that runs a module and what it imports.
   *
   * @param main the module's name, such as {@code main.js}
   * @param sources returns the source of the module of a name
   * @throws IllegalStateException if modules import each other, if a module imports a name that is
   *     not exported, or if it contains another form of import or export
   */
  static String link(String main, UnaryOperator<String> sources) {
    ModuleLinker linker = new ModuleLinker(sources);
    linker.add(main);
    return linker.script.toString();
  }

  private void add(String name) {
    if (exports.containsKey(name)) {
      return;
    }
    if (!started.add(name)) {
      throw new IllegalStateException(name + " imports itself through other modules");
    }
    String source = sources.apply(name);
    String linked =
        IMPORT
            .matcher(source)
            .replaceAll(
                found ->
                    Matcher.quoteReplacement(linkImport(name, found.group(1), found.group(2))));
    Set<String> exported =
        EXPORT
            .matcher(linked)
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    String body = EXPORT.matcher(linked).replaceAll("");
    Matcher other = OTHER_FORM.matcher(body);
    if (other.find()) {
      throw new IllegalStateException(name + " contains what cannot be linked: " + other.group());
    }
    exports.put(name, exported);
    script
        .append("modules['" + name + "'] = (() => {\n")
        .append(body)
        .append("return { " + String.join(", ", exported) + " };\n})();\n");
  }

  /** Adds the imported module and returns the statement that replaces the import. */
  private String linkImport(String importer, String names, String imported) {
    add(imported);
    if (names == null) {
      return "";
    }
    List<String> missing =
        Pattern.compile("[\\w$]+")
            .matcher(names)
            .results()
            .map(MatchResult::group)
            .filter(imports -> !exports.get(imported).contains(imports))
            .toList();
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          "%s imports %s, which %s does not export"
              .formatted(importer, String.join(", ", missing), imported));
    }
    return "const {" + names + "} = modules['" + imported + "'];";
  }
}
