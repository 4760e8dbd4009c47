package ispcrm.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ispcrm.access.Role;
import java.math.BigInteger;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CreateUserRequestTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @Test
  void idAloneIsEnough() {
    assertThat(user(Map.of("id", "jonmt")))
        .isEqualTo(
            User.builder()
                .set(UserField.ID, "jonmt")
                .set(UserField.USERNAME, "jonmt")
                .set(UserField.NAME, "jonmt")
                .set(UserField.CUSTOMER_ID, "IZ1")
                .set(UserField.STATUS, Status.ACTIVE)
                .set(UserField.ROLE, Role.CUSTOMER)
                .setCreated(NOW)
                .build());
  }

  @Test
  void usernameAloneIsEnough() {
    assertThat(user(Map.of("username", "Jon@isp"))).extracting(User::id).isEqualTo("generated");
    assertThat(user(Map.of("username", "Jon@isp")))
        .extracting(user -> user.get(UserField.NAME))
        .isEqualTo("Jon@isp");
  }

  @Test
  void whatTheClientGaveIsKept() {
    CreateUserRequest create =
        new CreateUserRequest(Map.of("id", "x", "customer_id", "C-1", "role", "STAFF"));
    assertThat(create.customerId()).isEqualTo("C-1");
    assertThat(create.role()).isEqualTo(Role.STAFF);
    assertThat(create.toUser("generated", "IZ1", NOW).customerId()).isEqualTo("C-1");
    assertThat(new CreateUserRequest(Map.of("id", "x")).customerId()).isNull();
  }

  @Test
  void anUnknownFieldIsToldTheKnownOnes() {
    assertThat(new CreateUserRequest(Map.of("id", "x", "colour", "a")).errors().get("colour"))
        .startsWith(
            "is not a known field; the known fields are activated_at, address, customer_id, ")
        .endsWith(", username, version");
  }

  @Test
  void theMessageSaysWhatIsRight() {
    assertThat(new CreateUserRequest(Map.of("id", "x", "status", "gone")).errors())
        .isEqualTo(
            Map.of("status", "must be one of active, inactive, suspended, expired, disabled"));
    assertThat(new CreateUserRequest(Map.of("id", "x", "profile_name", " ")).errors())
        .isEqualTo(
            Map.of(
                "profile_name",
                "must be 1 to 100 characters, not blank, without control characters and invisible characters,"
                    + " or null"));
    assertThat(new CreateUserRequest(Map.of("id", "x", "created_at", "2026-01-01")).errors())
        .isEqualTo(Map.of("created_at", "is read-only; the system sets it"));
  }

  @Test
  void usersAreEqualIfTheirFieldsAre() {
    User user = user(Map.of("id", "x"));
    assertThat(user).isEqualTo(user(Map.of("id", "x"))).hasSameHashCodeAs(user(Map.of("id", "x")));
    assertThat(user).isNotEqualTo(user(Map.of("id", "y"))).isNotEqualTo("x");
    assertThat(user).hasToString(user.toMap().toString());
    assertThat(user.toMap().keySet())
        .containsExactlyElementsOf(UserField.ALL.stream().map(UserField::toString).toList());
    assertThat(user.toMap()).containsEntry("created_at", "2026-01-02 03:04:05");
    assertThat(user.role()).isEqualTo(Role.CUSTOMER);
  }

  @Test
  void aUserWithoutARequiredFieldIsNotBuilt() {
    assertThatThrownBy(() -> User.builder().set(UserField.ID, "x").build())
        .isInstanceOf(NullPointerException.class)
        .hasMessage("username");
  }

  @Test
  void nothingIsNotEnough() {
    assertThat(new CreateUserRequest(Map.of()).errors()).containsOnlyKeys("id");
    assertThat(new CreateUserRequest(Map.of("name", "Jon")).errors()).containsOnlyKeys("id");
  }

  @ParameterizedTest
  @CsvSource({
    "id, a",
    "id, 0",
    "id, A.b_c-d",
    "username, a+b:c@d.e",
    "customer_id, 7",
    "customer_id, C.1001",
    "customer_id, 2024/0017",
    "customer_id, 'No #7 a'",
    "customer_id, IZ-1",
    "status, SUSPENDED",
    "role, Staff",
    "version, v0",
    "version, v1",
    "name, Åsa 雅 😀",
    "profile_name, '100 Mbps'"
  })
  void takes(String field, String value) {
    assertThat(errors(field, value)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "id, ''",
    "id, .a",
    "id, a b",
    "id, a/b",
    "id, ä",
    "id, a@b",
    "username, ''",
    "username, @a",
    "username, a b",
    "customer_id, ''",
    "customer_id, .b",
    "customer_id, 'a '",
    "customer_id, ' a'",
    "customer_id, a@b",
    "status, ''",
    "status, gone",
    "role, root",
    "version, v2",
    "version, V1",
    "name, ''",
    "name, ' '",
    "profile_name, ''"
  })
  void refuses(String field, String value) {
    assertThat(errors(field, value)).containsOnlyKeys(field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"id", "username", "name", "customer_id", "status", "role", "version"})
  void nullIsNoText(String field) {
    assertThat(errors(field, null)).containsOnlyKeys(field);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "expiration",
        "activated_at",
        "mac",
        "profile_id",
        "profile_name",
        "radius_id",
        "email",
        "phone",
        "address",
        "notes",
        "metadata"
      })
  void nullIsTakenWhereTheContractHasIt(String field) {
    assertThat(errors(field, null)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"created_at", "updated_at", "ID", "Id", "mail", ""})
  void otherFieldsAreRefused(String field) {
    assertThat(errors(field, "x")).containsOnlyKeys(field);
  }

  @ParameterizedTest
  @CsvSource({
    "email, jo@example.net",
    "email, Jürgen.Ö+x@büro.example",
    "phone, +49 (0)30 / 12-34.5",
    "phone, 112",
    "address, 'Hill 1\n12345 Town\r\nLand'",
    "notes, 'a\n\nb'"
  })
  void read_howToReachTheUser_isKeptAsSent(String field, String value) {
    assertThat(errors(field, value)).isEmpty();
    assertThat(user(Map.of("id", "a", field, value)).toMap()).containsEntry(field, value);
  }

  @ParameterizedTest
  @CsvSource({
    "email, jo",
    "email, jo@",
    "email, jo@a@b",
    "email, jo ewe@example.net",
    "email, 'jo@example.net\n'",
    "email, jo@exa\u200bmple.net",
    "phone, 12",
    "phone, +49 30 Büro",
    "phone, 123456789012345678901234567890123",
    "address, 'a\tb'",
    "notes, ' \n '",
    "notes, a\u202eb"
  })
  void refuses_howToReachTheUser(String field, String value) {
    assertThat(errors(field, value)).containsOnlyKeys(field);
  }

  @Test
  void metadata_isAMapOfTextsUpToItsLimits() {
    Map<String, Object> most = new HashMap<>();
    IntStream.range(0, 20).forEach(i -> most.put("key." + i, "😀".repeat(500)));
    assertThat(user(Map.of("id", "a", "metadata", most)).toMap()).containsEntry("metadata", most);
    assertThat(user(Map.of("id", "a")).toMap()).containsEntry("metadata", Map.of());
    Map<String, Object> more = new HashMap<>(most);
    more.put("one-more", null);
    assertThat(errors("metadata", more)).isEmpty();
    more.put("one-more", "x");
    assertThat(errors("metadata", more))
        .isEqualTo(
            Map.of(
                "metadata",
                "must not have more than 20 keys, including those that the user has; null removes"
                    + " one"));
    for (Object wrong :
        List.of(
            "text",
            List.of("a"),
            Map.of("a b", "x"),
            Map.of("k".repeat(41), "x"),
            Map.of("", "x"),
            Map.of("k", 1),
            Map.of("k", ""),
            Map.of("k", "x".repeat(501)),
            Map.of("k", Map.of("l", "x")))) {
      assertThat(errors("metadata", wrong)).as("%s", wrong).containsOnlyKeys("metadata");
    }
  }

  @Test
  void metadata_patch_mergesItsKeysAndNullRemovesThem() {
    User before = user(Map.of("id", "a", "metadata", Map.of("a", "1", "b", "2")));
    assertThat(metadata(before, Map.of("c", "3", "a", "4")))
        .isEqualTo(Map.of("a", "4", "b", "2", "c", "3"));
    Map<String, Object> removal = new HashMap<>();
    removal.put("a", null);
    removal.put("absent", null);
    assertThat(metadata(before, removal)).isEqualTo(Map.of("b", "2"));
    assertThat(metadata(before, null)).isEqualTo(Map.of());
    assertThat(new UpdateUserRequest(Map.of("metadata", Map.of("b", "2"))).apply(before, NOW))
        .isSameAs(before);
    Map<String, Object> tooMany = new HashMap<>();
    IntStream.range(0, 19).forEach(i -> tooMany.put("key" + i, "x"));
    assertThat(new UpdateUserRequest(Map.of("metadata", tooMany)).errors(before))
        .containsOnlyKeys("metadata");
    tooMany.put("a", null);
    assertThat(new UpdateUserRequest(Map.of("metadata", tooMany)).errors(before)).isEmpty();
  }

  private static Object metadata(User before, Object patch) {
    Map<String, Object> body = new HashMap<>();
    body.put("metadata", patch);
    return new UpdateUserRequest(body).apply(before, NOW).toMap().get("metadata");
  }

  @Test
  void lengthsAreCountedInCharacters() {
    assertThat(errors("id", "a".repeat(64))).isEmpty();
    assertThat(errors("id", "a".repeat(65))).containsOnlyKeys("id");
    assertThat(errors("customer_id", "a".repeat(64))).isEmpty();
    assertThat(errors("customer_id", "a".repeat(65))).containsOnlyKeys("customer_id");
    assertThat(errors("name", "😀".repeat(200))).isEmpty();
    assertThat(errors("name", "😀".repeat(201))).containsOnlyKeys("name");
    assertThat(errors("profile_name", "x".repeat(101))).containsOnlyKeys("profile_name");
    assertThat(errors("address", "😀".repeat(500))).isEmpty();
    assertThat(errors("address", "x".repeat(501))).containsOnlyKeys("address");
    assertThat(errors("notes", "😀".repeat(2000))).isEmpty();
    assertThat(errors("notes", "x".repeat(2001))).containsOnlyKeys("notes");
    assertThat(errors("email", "a".repeat(252) + "@b")).isEmpty();
    assertThat(errors("email", "a".repeat(253) + "@b")).containsOnlyKeys("email");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\nb",
        "a\u0000",
        "\u007f",
        "a\u0085",
        "\ud800",
        "a\u2028b",
        "a\u202eb",
        "\u200fa",
        "a\u2066",
        "caf\ufffd"
      })
  void textsHoldNoControlCharacters(String text) {
    assertThat(errors("name", text)).containsOnlyKeys("name");
    assertThat(errors("profile_name", text)).containsOnlyKeys("profile_name");
  }

  /** In hexadecimal: at least one of each range that no reader sees. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "AD", "34F", "61C", "115F", "1160", "17B4", "180B", "180E", "180F", "200B", "200C", "200D",
        "200E", "202A", "2060", "2062", "2065", "2066", "206A", "206F", "3164", "FE00", "FE0E",
        "FE0F", "FEFF", "FFA0", "FFF0", "FFF9", "FFFB", "FFFD", "FFFE", "FFFF", "FDD0", "FDEF",
        "1BCA0", "1D173", "1FFFF", "E0001", "E0020", "E007F", "E01EF", "E0FFF", "10FFFE"
      })
  void text_invisibleCharacter_isRefusedAloneAndInside(String codePoint) {
    String character = Character.toString(Integer.parseInt(codePoint, 16));
    for (String text : List.of(character, "Joh" + character + "n Doe", "Jo" + character)) {
      assertThat(errors("name", text)).containsOnlyKeys("name");
      assertThat(errors("profile_name", text)).containsOnlyKeys("profile_name");
      assertThat(errors("status_reason", text)).containsOnlyKeys("status_reason");
    }
  }

  /** In hexadecimal: spaces, an empty Braille pattern, and fillers. */
  @ParameterizedTest
  @ValueSource(strings = {"20", "A0", "2003", "3000", "2800", "1D159", "16FE4"})
  void text_blankCharacter_isRefusedAloneOnly(String codePoint) {
    String character = Character.toString(Integer.parseInt(codePoint, 16));
    assertThat(errors("name", character.repeat(2))).containsOnlyKeys("name");
    assertThat(errors("name", character + " " + character)).containsOnlyKeys("name");
    assertThat(errors("name", "Jo" + character + "Doe")).isEmpty();
  }

  /** Whatever the version of Unicode that Java knows: the last two are of Unicode 15 and later. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "e\u0301",
        "\u0600\u0661",
        "سارا",
        "क्षितिज",
        "සිංහල",
        "⠃⠗",
        "👩🏽",
        "\uD839\uDCD0",
        "\u0378"
      })
  void text_visibleCharacters_areTakenInAnyScript(String text) {
    assertThat(errors("name", text)).isEmpty();
  }

  @Test
  void name_decomposedOrSpacedOut_isStoredInOneForm() {
    for (String name :
        List.of("Zo\u00e9 de Boer", "Zoe\u0301 de Boer", " Zo\u00e9\u00a0 de  Boer ")) {
      assertThat(user(Map.of("id", "x", "name", name)).get(UserField.NAME))
          .isEqualTo("Zo\u00e9 de Boer");
    }
  }

  @Test
  void integersAreExact() {
    assertThat(errors("profile_id", 0)).isEmpty();
    assertThat(errors("profile_id", 9007199254740991L)).isEmpty();
    assertThat(errors("profile_id", 10.0)).isEmpty();
    assertThat(errors("profile_id", 1e3)).isEmpty();
    for (Object wrong :
        new Object[] {
          -1,
          -0.5,
          1.5,
          Double.NaN,
          1e300,
          "1",
          true,
          9007199254740992L,
          new BigInteger("99999999999999999999")
        }) {
      assertThat(errors("profile_id", wrong)).containsOnlyKeys("profile_id");
      assertThat(errors("radius_id", wrong)).containsOnlyKeys("radius_id");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aa:bb:cc:dd:ee:0f",
        "AA-BB-CC-DD-EE-0F",
        "aabb.ccdd.ee0f",
        "aa.bb.cc.dd.ee.0f",
        "aAbBcCdDeE0f",
        "aabb-ccdd-ee0f",
        "aabbcc-ddee0f",
        "aabbcc:ddee0f",
        "aabb:ccdd:ee0f",
        "aa bb cc dd ee 0f"
      })
  void macIsTakenInItsUsualForms(String mac) {
    assertThat(user(Map.of("id", "x", "mac", mac)).get(UserField.MAC_ADDRESS))
        .isEqualTo("AA:BB:CC:DD:EE:0F");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "aa:bb:cc:dd:ee",
        "aa:bb:cc:dd:ee:ff:00",
        "aa:bb:cc:dd:ee:fg",
        "aa::bb:cc:dd:ee:ff",
        "aabbccddeeff ",
        "aa_bb_cc_dd_ee_ff"
      })
  void macInAnotherFormIsRefused(String mac) {
    assertThat(errors("mac", mac)).containsOnlyKeys("mac");
  }

  @Property
  void anyMacComesOutInOneForm(@ForAll("octets") String hex, @ForAll("separators") String between) {
    String mac = hex.replaceAll("..(?=.)", "$0" + between);
    assertThat(user(Map.of("id", "x", "mac", mac)).get(UserField.MAC_ADDRESS))
        .matches("([0-9A-F]{2}:){5}[0-9A-F]{2}")
        .isEqualTo(hex.toUpperCase(Locale.ROOT).replaceAll("..(?=.)", "$0:"));
  }

  @Property
  void anyTextAsAnIdIsTakenWholeOrRefused(@ForAll String id) {
    CreateUserRequest wanted = new CreateUserRequest(Map.of("id", id));
    if (wanted.errors().isEmpty()) {
      assertThat(wanted.toUser("generated", "IZ1", NOW).id())
          .isEqualTo(id)
          .matches("[\\w.-]{1,64}");
    } else {
      assertThat(wanted.errors()).containsOnlyKeys("id");
    }
  }

  @Provide
  Arbitrary<String> octets() {
    return Arbitraries.strings().withChars("0123456789abcdefABCDEF").ofLength(12);
  }

  @Provide
  Arbitrary<String> separators() {
    return Arbitraries.of(":", "-", ".", "");
  }

  private static Map<String, String> errors(String field, Object value) {
    Map<String, Object> body = new HashMap<>(Map.of("id", "x"));
    body.put(field, value);
    return new CreateUserRequest(body).errors();
  }

  private static User user(Map<String, Object> body) {
    CreateUserRequest wanted = new CreateUserRequest(body);
    assertThat(wanted.errors()).isEmpty();
    return wanted.toUser("generated", "IZ1", NOW);
  }
}
