package ispcrm.users;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NewUserTest {
  private static final String NOW = "2026-01-02 03:04:05";

  @Test
  void idAloneIsEnough() {
    assertThat(user(Map.of("id", "jonmt")))
        .isEqualTo(
            new User(
                "jonmt",
                "jonmt",
                "jonmt",
                "IZ1",
                "active",
                null,
                NOW,
                null,
                null,
                null,
                null,
                null,
                "customer",
                NOW));
  }

  @Test
  void usernameAloneIsEnough() {
    assertThat(user(Map.of("username", "Jon@isp"))).extracting(User::id).isEqualTo("generated");
    assertThat(user(Map.of("username", "Jon@isp"))).extracting(User::name).isEqualTo("Jon@isp");
  }

  @Test
  void nothingIsNotEnough() {
    assertThat(new NewUser(Map.of()).faults()).containsOnlyKeys("id");
    assertThat(new NewUser(Map.of("name", "Jon")).faults()).containsOnlyKeys("id");
  }

  @ParameterizedTest
  @CsvSource({
    "id, a",
    "id, 0",
    "id, A.b_c-d",
    "username, a+b:c@d.e",
    "customer_id, _",
    "customer_id, IZ-1",
    "status, SUSPENDED",
    "role, Staff",
    "version, v0",
    "version, v1",
    "name, Åsa 雅 😀",
    "profile_name, '100 Mbps'"
  })
  void takes(String field, String value) {
    assertThat(faults(field, value)).isEmpty();
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
    "customer_id, a.b",
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
    assertThat(faults(field, value)).containsOnlyKeys(field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"id", "username", "name", "customer_id", "status", "role", "version"})
  void nullIsNoText(String field) {
    assertThat(faults(field, null)).containsOnlyKeys(field);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"expiration", "activated_at", "mac", "profile_id", "profile_name", "radius_id"})
  void nullIsTakenWhereTheContractHasIt(String field) {
    assertThat(faults(field, null)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"created_at", "updated_at", "ID", "Id", "email", ""})
  void otherFieldsAreRefused(String field) {
    assertThat(faults(field, "x")).containsOnlyKeys(field);
  }

  @Test
  void lengthsAreCountedInCharacters() {
    assertThat(faults("id", "a".repeat(64))).isEmpty();
    assertThat(faults("id", "a".repeat(65))).containsOnlyKeys("id");
    assertThat(faults("customer_id", "a".repeat(33))).containsOnlyKeys("customer_id");
    assertThat(faults("name", "😀".repeat(200))).isEmpty();
    assertThat(faults("name", "😀".repeat(201))).containsOnlyKeys("name");
    assertThat(faults("profile_name", "x".repeat(101))).containsOnlyKeys("profile_name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\u0000", "\u007f", "a\u0085", "\ud800", "a\u2028b"})
  void textsHoldNoControlCharacters(String text) {
    assertThat(faults("name", text)).containsOnlyKeys("name");
    assertThat(faults("profile_name", text)).containsOnlyKeys("profile_name");
  }

  @Test
  void integersAreExact() {
    assertThat(faults("profile_id", 0)).isEmpty();
    assertThat(faults("profile_id", 9007199254740991L)).isEmpty();
    for (Object wrong :
        new Object[] {
          -1, 1.0, 1.5, "1", true, 9007199254740992L, new BigInteger("99999999999999999999")
        }) {
      assertThat(faults("profile_id", wrong)).containsOnlyKeys("profile_id");
      assertThat(faults("radius_id", wrong)).containsOnlyKeys("radius_id");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aa:bb:cc:dd:ee:0f",
        "AA-BB-CC-DD-EE-0F",
        "aabb.ccdd.ee0f",
        "aa.bb.cc.dd.ee.0f",
        "aAbBcCdDeE0f"
      })
  void macIsTakenInItsUsualForms(String mac) {
    assertThat(user(Map.of("id", "x", "mac", mac)).mac()).isEqualTo("AA:BB:CC:DD:EE:0F");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "aa:bb:cc:dd:ee",
        "aa:bb:cc:dd:ee:ff:00",
        "aa:bb:cc:dd:ee:fg",
        "aa:bb-cc:dd:ee:ff",
        "aabb:ccdd:eeff",
        "aabbccddeeff ",
        "aa bb cc dd ee ff"
      })
  void macInAnotherFormIsRefused(String mac) {
    assertThat(faults("mac", mac)).containsOnlyKeys("mac");
  }

  @Property
  void anyMacComesOutInOneForm(@ForAll("octets") String hex, @ForAll("separators") String between) {
    String mac = hex.replaceAll("..(?=.)", "$0" + between);
    assertThat(user(Map.of("id", "x", "mac", mac)).mac())
        .matches("([0-9A-F]{2}:){5}[0-9A-F]{2}")
        .isEqualTo(hex.toUpperCase(Locale.ROOT).replaceAll("..(?=.)", "$0:"));
  }

  @Property
  void anyTextAsAnIdIsTakenWholeOrRefused(@ForAll String id) {
    NewUser wanted = new NewUser(Map.of("id", id));
    if (wanted.faults().isEmpty()) {
      assertThat(wanted.user("generated", "IZ1", NOW).id()).isEqualTo(id).matches("[\\w.-]{1,64}");
    } else {
      assertThat(wanted.faults()).containsOnlyKeys("id");
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

  private static Map<String, String> faults(String field, Object value) {
    Map<String, Object> body = new HashMap<>(Map.of("id", "x"));
    body.put(field, value);
    return new NewUser(body).faults();
  }

  private static User user(Map<String, Object> body) {
    NewUser wanted = new NewUser(body);
    assertThat(wanted.faults()).isEmpty();
    return wanted.user("generated", "IZ1", NOW);
  }
}
