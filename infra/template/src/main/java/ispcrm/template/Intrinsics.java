package ispcrm.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The CloudFormation intrinsic functions that the template uses. Resources exist only in an AWS
 * account, so a resource's name is its logical id here, and its attributes have the form {@code
 * LogicalId.Attribute}.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html">Intrinsic
 *     function reference</a>
 */
final class Intrinsics {
  /** The value of AWS::NoValue, which removes the property that it is assigned to. */
  private static final Object NO_VALUE = new Object();

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^!}]+)}");

  private final Map<String, Object> conditions;
  private final Map<String, Object> values = new HashMap<>();

  Intrinsics(Map<String, Object> document, Map<String, String> parameters) {
    conditions = object(document.get("Conditions"));
    object(document.get("Resources")).keySet().forEach(id -> values.put(id, id));
    object(document.get("Parameters"))
        .forEach(
            (name, parameter) ->
                values.put(name, String.valueOf(object(parameter).get("Default"))));
    values.put("AWS::Region", "us-east-1");
    values.put("AWS::AccountId", "000000000000");
    values.put("AWS::Partition", "aws");
    values.put("AWS::URLSuffix", "amazonaws.com");
    values.put("AWS::StackName", "ispcrm");
    values.put("AWS::NoValue", NO_VALUE);
    values.putAll(parameters);
    object(document.get("Parameters"))
        .forEach(
            (name, parameter) -> {
              if ("CommaDelimitedList".equals(object(parameter).get("Type"))) {
                values.put(name, List.of(((String) values.get(name)).split(",", -1)));
              }
            });
  }

  /** An object's members; empty if the node is null. */
  @SuppressWarnings("unchecked") // the keys of a template's objects are strings
  static Map<String, Object> object(Object node) {
    return node == null ? Map.of() : (Map<String, Object>) node;
  }

  Object evaluate(Object node) {
    if (node instanceof List<?> list) {
      List<Object> evaluated = new ArrayList<>();
      for (Object element : list) {
        Object value = evaluate(element);
        if (value != NO_VALUE) {
          evaluated.add(value);
        }
      }
      return evaluated;
    }
    if (!(node instanceof Map<?, ?>)) {
      return node;
    }
    Map<String, Object> map = object(node);
    if (map.size() == 1) {
      Map.Entry<String, Object> only = map.entrySet().iterator().next();
      if (only.getKey().equals("Ref") || only.getKey().startsWith("Fn::")) {
        return call(only.getKey(), only.getValue());
      }
    }
    Map<String, Object> evaluated = new LinkedHashMap<>();
    map.forEach(
        (key, value) -> {
          Object result = evaluate(value);
          if (result != NO_VALUE) {
            evaluated.put(key, result);
          }
        });
    return evaluated;
  }

  private Object call(String function, Object argument) {
    return switch (function) {
      case "Ref" -> value(String.valueOf(argument), Map.of());
      case "Fn::GetAtt" -> ((List<?>) argument).get(0) + "." + ((List<?>) argument).get(1);
      case "Fn::Sub" ->
          argument instanceof List<?> list
              ? substitute(String.valueOf(list.get(0)), object(evaluate(list.get(1))))
              : substitute(String.valueOf(argument), Map.of());
      case "Fn::If" -> {
        List<?> list = (List<?>) argument;
        yield evaluate(list.get(condition(conditions.get(list.get(0))) ? 1 : 2));
      }
      case "Fn::Join" -> {
        List<?> list = (List<?>) argument;
        List<String> parts = new ArrayList<>();
        ((List<?>) evaluate(list.get(1))).forEach(part -> parts.add(String.valueOf(part)));
        yield String.join(String.valueOf(list.get(0)), parts);
      }
      case "Fn::Select" -> {
        List<?> list = (List<?>) argument;
        yield ((List<?>) evaluate(list.get(1))).get(Integer.parseInt(String.valueOf(list.get(0))));
      }
      case "Fn::Split" -> {
        List<?> list = (List<?>) argument;
        yield List.of(
            String.valueOf(evaluate(list.get(1)))
                .split(Pattern.quote(String.valueOf(list.get(0))), -1));
      }
      default -> throw new IllegalArgumentException(function + " is not supported");
    };
  }

  boolean condition(Object node) {
    Map.Entry<String, Object> only = object(node).entrySet().iterator().next();
    return switch (only.getKey()) {
      case "Condition" -> condition(conditions.get(only.getValue()));
      case "Fn::Not" -> !condition(((List<?>) only.getValue()).get(0));
      case "Fn::And" -> ((List<?>) only.getValue()).stream().allMatch(this::condition);
      case "Fn::Or" -> ((List<?>) only.getValue()).stream().anyMatch(this::condition);
      case "Fn::Equals" -> {
        List<?> both = (List<?>) evaluate(only.getValue());
        yield String.valueOf(both.get(0)).equals(String.valueOf(both.get(1)));
      }
      default -> throw new IllegalArgumentException(only.getKey() + " is not supported");
    };
  }

  private String substitute(String text, Map<String, Object> locals) {
    return VARIABLE
        .matcher(text)
        .replaceAll(
            match -> Matcher.quoteReplacement(String.valueOf(value(match.group(1), locals))));
  }

  private Object value(String name, Map<String, Object> locals) {
    if (locals.containsKey(name)) {
      return locals.get(name);
    }
    int dot = name.indexOf('.');
    String subject = dot < 0 ? name : name.substring(0, dot);
    if (!values.containsKey(subject)) {
      throw new IllegalArgumentException("the template defines no " + name);
    }
    return dot < 0 ? values.get(name) : name;
  }
}
