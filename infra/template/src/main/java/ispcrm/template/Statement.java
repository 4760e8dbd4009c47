package ispcrm.template;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A statement of a function's IAM policy.
 *
 * @param isDeny whether it denies what it matches
 * @param permissions each of its actions on each of its resources
 * @param conditions the conditions under which it applies
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html">IAM
 *     JSON policy elements</a>
 */
public record Statement(boolean isDeny, Set<Permission> permissions, List<Condition> conditions) {
  private static final Set<String> ELEMENTS =
      Set.of("Sid", "Effect", "Action", "Resource", "Condition");

  /** The statements of a function's policies. */
  static List<Statement> of(Map<String, Object> function) {
    List<Statement> statements = new ArrayList<>();
    for (Object policy : list(function.getOrDefault("Policies", List.of()))) {
      for (Object statement : list(Intrinsics.object(policy).get("Statement"))) {
        statements.add(read(Intrinsics.object(statement)));
      }
    }
    return statements;
  }

  /**
   * Reads a statement.
   *
   * @throws IllegalArgumentException if it has something that {@link #allowing} does not evaluate
   */
  static Statement read(Map<String, Object> statement) {
    supported(ELEMENTS.containsAll(statement.keySet()), statement.keySet());
    Object effect = statement.get("Effect");
    supported("Allow".equals(effect) || "Deny".equals(effect), effect);
    Set<Permission> permissions = new LinkedHashSet<>();
    for (Object action : list(statement.get("Action"))) {
      for (Object resource : list(statement.get("Resource"))) {
        // Lambda calls it, and no function does.
        boolean isList = "dynamodb:ListStreams".equals(action);
        supported(isList || !(action + "" + resource).contains("*"), action + " on " + resource);
        permissions.add(
            new Permission(
                String.valueOf(action), String.valueOf(resource).replaceFirst("\\.Arn", "")));
      }
    }
    List<Condition> conditions = new ArrayList<>();
    Intrinsics.object(statement.get("Condition"))
        .forEach(
            (operator, keys) ->
                Intrinsics.object(keys)
                    .forEach(
                        (key, values) ->
                            conditions.add(
                                new Condition(
                                    operator,
                                    key,
                                    list(values).stream().map(String::valueOf).toList()))));
    return new Statement("Deny".equals(effect), permissions, conditions);
  }

  /**
   * The statement that allows a request; empty if none does or one denies it.
   *
   * @param context the values of the condition keys
   */
  public static Optional<Statement> allowing(
      List<Statement> statements, Permission permission, Map<String, Set<String>> context) {
    List<Statement> applying =
        statements.stream().filter(statement -> statement.applies(permission, context)).toList();
    return applying.stream().anyMatch(Statement::isDeny)
        ? Optional.empty()
        : applying.stream().findFirst();
  }

  private boolean applies(Permission permission, Map<String, Set<String>> context) {
    return permissions.contains(permission)
        && conditions.stream().allMatch(condition -> condition.holds(context));
  }

  /**
   * What a request uses of this statement: the permission and, if there are conditions, each value
   * that one of its own values matches.
   */
  public Set<String> uses(Permission permission, Map<String, Set<String>> context) {
    return describe(
        permission,
        condition ->
            condition.values().stream()
                .filter(
                    value ->
                        context.getOrDefault(condition.key(), Set.of()).stream()
                            .anyMatch(actual -> condition.matches(value, actual))));
  }

  /** Everything that requests can use of this statement. */
  public Set<String> uses() {
    return permissions.stream()
        .flatMap(
            permission -> describe(permission, condition -> condition.values().stream()).stream())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private Set<String> describe(Permission permission, Function<Condition, Stream<String>> values) {
    String prefix = permission.action() + " " + permission.resource();
    return conditions.isEmpty()
        ? Set.of(prefix)
        : conditions.stream()
            .flatMap(
                condition ->
                    values
                        .apply(condition)
                        .map(value -> prefix + " " + condition.key() + "=" + value))
            .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static void supported(boolean isSupported, Object part) {
    if (!isSupported) {
      throw new IllegalArgumentException("the policies are not evaluated with " + part);
    }
  }

  private static List<?> list(Object node) {
    return node instanceof List<?> list ? list : List.of(node);
  }

  /**
   * A condition on a key.
   *
   * @param values the values of which each value of the request has to match one
   */
  public record Condition(String operator, String key, List<String> values) {
    private static final Set<String> KEYS = Set.of("dynamodb:Attributes", "dynamodb:LeadingKeys");

    /** Whether a value of a condition matches a value of a request, by operator. */
    private static final Map<String, BiPredicate<String, String>> OPERATORS =
        Map.of(
            "ForAllValues:StringEquals", String::equals,
            "ForAllValues:StringLike", Condition::like);

    public Condition {
      supported(OPERATORS.containsKey(operator), operator);
      supported(KEYS.contains(key), key);
    }

    /** As in IAM, the condition holds if the request has no value. */
    private boolean holds(Map<String, Set<String>> context) {
      return context.getOrDefault(key, Set.of()).stream()
          .allMatch(actual -> values.stream().anyMatch(value -> matches(value, actual)));
    }

    private boolean matches(String value, String actual) {
      return OPERATORS.get(operator).test(value, actual);
    }

    private static boolean like(String pattern, String actual) {
      String regex =
          pattern
              .chars()
              .mapToObj(
                  character ->
                      character == '*'
                          ? ".*"
                          : character == '?'
                              ? "."
                              : Pattern.quote(String.valueOf((char) character)))
              .collect(Collectors.joining());
      return Pattern.compile(regex, Pattern.DOTALL).matcher(actual).matches();
    }
  }
}
