package ispcrm.checks;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A cursor contains no secret, so a client can write one that the API would not. It gets a page or
 * an error of its own, whatever the cursor contains.
 */
class ForgedCursorsTest {
  private static final Template TEMPLATE = Template.load(Map.of());
  private static final int DIGEST_BYTES = 9;

  /** A filter of each kind: its query, and the text in its cursors. */
  private static final Map<String, String> FILTERS =
      Map.of(
          "", "",
          "q=a", "q=a",
          "status=active", "status=active",
          "name=a", "name=a",
          "radius_id=1", "radius_id=1",
          "expires_before=2030-01-01", "expires_before=2030-01-01 00:00:00");

  private static LocalDynamoDb dynamoDb;
  private static Requests requests;

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(TEMPLATE, null);
    dynamoDb.useInThisProcess();
    requests = new Requests(new LocalLambda(TEMPLATE));
    assertThat(requests.createUser("{\"id\":\"jonewe\"}").status()).isEqualTo(201);
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  /** Ends of pages: the ends of all lists, each cut, changed and too long, and random text. */
  static Stream<String> ends() {
    Random random = new Random(14);
    Stream<String> forms =
        Stream.of(
            "",
            "\0",
            " ",
            "0",
            "-1",
            "1e9",
            "NaN",
            "jonewe",
            "1700000000",
            "1700000000 ",
            " 0192f0c8-6a4e-7c11-9d2b-3f6a5b7c8d9e",
            "1700000000 0192f0c8-6a4e-7c11-9d2b-3f6a5b7c8d9e",
            "99999999999999999999 0192f0c8-6a4e-7c11-9d2b-3f6a5b7c8d9e",
            "1700000000 0192f0c8-6a4e-7c11-9d2b-3f6a5b7c8d9e more",
            "00001700000000-0123abcd",
            "2025-03-31 00:00:00 jonewe",
            Character.toString(Character.MAX_CODE_POINT).repeat(3),
            "é".repeat(600),
            "a".repeat(1023),
            "a".repeat(1024),
            "a".repeat(3000));
    return Stream.concat(
        forms,
        Stream.generate(
                () ->
                    random
                        .ints(random.nextInt(40), 1, 0xD800)
                        .mapToObj(Character::toString)
                        .collect(Collectors.joining()))
            .limit(40));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void itNeverFails(String end) throws Exception {
    for (Map.Entry<String, String> filter : FILTERS.entrySet()) {
      String[] parameter = filter.getKey().split("=", 2);
      assertAnswered(
          "list-users",
          null,
          parameter.length == 2 ? Map.of(parameter[0], List.of(parameter[1])) : Map.of(),
          filter.getValue(),
          end);
    }
    assertAnswered("list-tokens", null, Map.of("user", List.of("jonewe")), "jonewe", end);
    assertAnswered("list-user-history", "jonewe", Map.of(), "jonewe", end);
  }

  private static void assertAnswered(
      String function, String id, Map<String, List<String>> filter, String text, String end)
      throws Exception {
    Map<String, List<String>> query = new LinkedHashMap<>(filter);
    query.put("cursor", List.of(cursor(text, end)));
    assertThat(requests.call(function, "GET", id, query, "").status())
        .as("%s with the end %s", function, end)
        .isIn(200, 400);
  }

  private static String cursor(String filter, String end) throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-256")
            .digest((filter + "\n" + end).getBytes(StandardCharsets.UTF_8));
    byte[] bytes = end.getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(
            ByteBuffer.allocate(DIGEST_BYTES + bytes.length)
                .put(Arrays.copyOf(digest, DIGEST_BYTES))
                .put(bytes)
                .array());
  }
}
