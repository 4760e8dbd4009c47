package ispcrm.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Statements apply as in IAM, and nothing that is not evaluated is ignored. */
class StatementTest {
  private static final Permission DELETE = new Permission("dynamodb:DeleteItem", "UsersTable");
  private static final Statement ON_CLAIMS =
      statement(
          Map.of(
              "ForAllValues:StringLike",
              Map.of("dynamodb:LeadingKeys", List.of("username#*", "customer_id#*"))));

  @Test
  void condition_everyValueMatches_allows() {
    assertThat(allows(ON_CLAIMS, keys("username#jo", "customer_id#1"))).isTrue();
    assertThat(allows(ON_CLAIMS, keys())).isTrue();
  }

  @Test
  void condition_oneValueDiffers_doesNotAllow() {
    assertThat(allows(ON_CLAIMS, keys("username#jo", "user#1"))).isFalse();
    assertThat(allows(ON_CLAIMS, keys("a username#jo"))).isFalse();
  }

  @Test
  void equality_pattern_isNoPattern() {
    Statement statement =
        statement(
            Map.of("ForAllValues:StringEquals", Map.of("dynamodb:LeadingKeys", "username#*")));
    assertThat(allows(statement, keys("username#jo"))).isFalse();
    assertThat(allows(statement, keys("username#*"))).isTrue();
  }

  @Test
  void deny_besideAllow_wins() {
    Map<String, Object> denied = new HashMap<>(allow());
    denied.put("Effect", "Deny");
    List<Statement> statements = List.of(Statement.read(allow()), Statement.read(denied));
    assertThat(Statement.allowing(statements, DELETE, keys("username#jo"))).isEmpty();
    assertThat(allows(Statement.read(allow()), keys("username#jo"))).isTrue();
  }

  @Test
  void use_ofOneValue_isNotUseOfTheOther() {
    assertThat(ON_CLAIMS.uses(DELETE, keys("username#jo")))
        .containsExactly("dynamodb:DeleteItem UsersTable dynamodb:LeadingKeys=username#*");
    assertThat(ON_CLAIMS.uses()).hasSize(2);
  }

  static Stream<Map<String, Object>> unknown() {
    return Stream.of(
        Map.of("Effect", "allow"),
        Map.of("NotAction", "dynamodb:GetItem"),
        Map.of("Action", "dynamodb:*"),
        Map.of("Condition", Map.of("StringEquals", Map.of("dynamodb:LeadingKeys", "1"))),
        Map.of(
            "Condition", Map.of("ForAllValues:StringEquals", Map.of("dynamodb:Select", "COUNT"))));
  }

  @ParameterizedTest
  @MethodSource("unknown")
  void statement_withWhatIsNotEvaluated_isRejected(Map<String, Object> part) {
    Map<String, Object> statement = new HashMap<>(allow());
    statement.putAll(part);
    assertThatIllegalArgumentException().isThrownBy(() -> Statement.read(statement));
  }

  private static Map<String, Object> allow() {
    return Map.of(
        "Effect", "Allow", "Action", List.of("dynamodb:DeleteItem"), "Resource", "UsersTable.Arn");
  }

  private static Statement statement(Map<String, Object> condition) {
    Map<String, Object> statement = new HashMap<>(allow());
    statement.put("Condition", condition);
    return Statement.read(statement);
  }

  private static boolean allows(Statement statement, Map<String, Set<String>> context) {
    return Statement.allowing(List.of(statement), DELETE, context).isPresent();
  }

  private static Map<String, Set<String>> keys(String... values) {
    return Map.of("dynamodb:LeadingKeys", Set.of(values));
  }
}
