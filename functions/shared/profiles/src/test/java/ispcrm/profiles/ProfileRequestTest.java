package ispcrm.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileRequestTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @ParameterizedTest
  @CsvSource({
    "Framed-IP-Address, 192.0.2.7",
    "Framed-IP-Address, 255.255.255.254",
    "Framed-Pool, '%{User-Password} \\ \"'",
    "Filter-Id, Büro",
    "Acct-Interim-Interval, 300",
    "acct-interim-interval, 4294967295",
    "Framed-IPv6-Prefix, 2001:db8::/64",
    "Delegated-IPv6-Prefix, 2001:db8:7::/48",
    "Mikrotik-Rate-Limit, 20M/100M",
    "Mikrotik-Rate-Limit, 512k",
    "Mikrotik-Rate-Limit, 10M/50M 20M/100M 8M/40M 16/16 8 1M/5M",
    "Cisco-AVPair, ip:sub-qos-policy-in=100M",
    "ERX-Ingress-Policy-Name, up-100m",
    "Unknown-Attribute, anything"
  })
  void create_attributeOfItsType_isKept(String name, String value) {
    ProfileRequest request = new ProfileRequest(body(Map.of(name, value)), null);
    assertThat(request.errors()).isEmpty();
    assertThat(request.apply(NOW).attributes()).isEqualTo(Map.of(name, value));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Framed-IP-Address | 192.0.2.256 | must be an IPv4 address such as 192.0.2.7",
        "Framed-IP-Address | 192.0.2.7/32 | must be an IPv4 address such as 192.0.2.7",
        "Framed-IP-Netmask | 192.0.2 | must be an IPv4 address such as 192.0.2.7",
        "ACCT-INTERIM-INTERVAL | 5 min | must be an integer from 0 to 4294967295",
        "Idle-Timeout | 4294967296 | must be an integer from 0 to 4294967295",
        "WISPr-Bandwidth-Max-Down | -1 | must be an integer from 0 to 4294967295",
        "Framed-IPv6-Prefix | 2001:db8:: | must be an IPv6 prefix such as 2001:db8:7::/48",
        "Framed-IPv6-Prefix | 2001:db8::/129 | must be an IPv6 prefix such as 2001:db8:7::/48",
        "Framed-IPv6-Address | example.net | must be an IPv6 address such as 2001:db8::7",
        "Mikrotik-Rate-Limit | 100 Mbps | must be rates such as 20M/100M, which are those from and to the subscriber",
        "Auth-Type | Accept | decides about authentication, or is set by the API; leave it out",
        "cleartext-PASSWORD | x | decides about authentication, or is set by the API; leave it out",
        "NT-Password | x | decides about authentication, or is set by the API; leave it out",
        "Proxy-To-Realm | x | decides about authentication, or is set by the API; leave it out",
        "EAP-Message | x | decides about authentication, or is set by the API; leave it out",
        "Session-Timeout | 60 | decides about authentication, or is set by the API; leave it out",
        "Class | x | decides about authentication, or is set by the API; leave it out",
        "State | x | decides about authentication, or is set by the API; leave it out",
        "reply:Filter-Id | x | is not the name of an attribute: letters A-Z, digits and '-'",
        "'' | x | is not the name of an attribute: letters A-Z, digits and '-'",
        "Framed-Pool | '' | must be a text or a list of texts, each of 1 to 253 bytes without control characters and invisible characters"
      })
  void create_attributeThatCannotBe_isNamed(String name, String value, String error) {
    for (String field : List.of("attributes", "restricted_attributes")) {
      Map<String, Object> body = new HashMap<>(body(Map.of()));
      body.put(field, Map.of(name, value));
      assertThat(new ProfileRequest(body, null).errors())
          .isEqualTo(Map.of(field + "." + name, error));
    }
  }

  @Test
  void create_valuesUpToTheirLimits_areKept() {
    Map<String, Object> most = new HashMap<>();
    IntStream.range(0, 20)
        .forEach(i -> most.put("Name-" + i, List.of("ä".repeat(126), "b", "c", "d", "e")));
    assertThat(new ProfileRequest(body(most), null).errors()).isEmpty();
    Map<String, Object> more = new HashMap<>(most);
    more.put("One-More", "x");
    assertThat(new ProfileRequest(body(more), null).errors())
        .isEqualTo(Map.of("attributes", "must not have more than 20 attributes"));
    for (Object wrong :
        List.of(
            "ä".repeat(127),
            "a\nb",
            "a\u0000",
            "\u202e",
            7,
            true,
            Map.of(),
            List.of(),
            List.of(1),
            List.of("a", "b", "c", "d", "e", "f"))) {
      assertThat(new ProfileRequest(body(Map.of("Filter-Id", wrong)), null).errors())
          .as("%s", wrong)
          .containsOnlyKeys("attributes.Filter-Id");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"id", "name", "attributes", "restricted_attributes", "created_at", "x"})
  void create_fieldOfAnotherType_isNamed(String field) {
    Map<String, Object> body = new HashMap<>(body(Map.of()));
    body.put(field, List.of());
    assertThat(new ProfileRequest(body, null).errors()).containsOnlyKeys(field);
  }

  @Test
  void create_attributeInTwoCases_isNamed() {
    Map<String, Object> body =
        body(Map.of("Framed-Pool", "a", "FRAMED-POOL", "b", "Filter-Id", "c"));
    assertThat(new ProfileRequest(body, null).errors())
        .hasSize(1)
        .containsValue("is named twice, in different cases");
  }

  @Test
  void create_withoutIdAndName_namesBoth() {
    assertThat(new ProfileRequest(Map.of(), null).errors()).containsOnlyKeys("id", "name");
  }

  @Test
  void update_mergesAttributesAndNullRemovesThem() {
    Profile before =
        new ProfileRequest(body(Map.of("Framed-Pool", "a", "Filter-Id", "b")), null).apply(NOW);
    Map<String, Object> patch = new HashMap<>();
    patch.put("framed-pool", null);
    patch.put("Idle-Timeout", "60");
    Profile after =
        new ProfileRequest(
                Map.of("attributes", patch, "restricted_attributes", Map.of("Filter-Id", "c")),
                before)
            .apply(NOW.plusSeconds(1));
    assertThat(after.attributes()).isEqualTo(Map.of("Filter-Id", "b", "Idle-Timeout", "60"));
    assertThat(after.restrictedAttributes()).isEqualTo(Map.of("Filter-Id", "c"));
    assertThat(after.createdAt()).isEqualTo(NOW);
    assertThat(after.updatedAt()).isEqualTo(NOW.plusSeconds(1));
    Map<String, Object> none = new HashMap<>();
    none.put("restricted_attributes", null);
    assertThat(new ProfileRequest(none, after).apply(NOW).restrictedAttributes()).isNull();
  }

  @Test
  void update_sentBackAsItIs_changesNothing() {
    Profile before = new ProfileRequest(body(Map.of("Framed-Pool", "a")), null).apply(NOW);
    ProfileRequest same = new ProfileRequest(before.toMap(), before);
    assertThat(same.errors()).isEmpty();
    assertThat(same.apply(NOW.plusSeconds(1))).isSameAs(before);
    assertThat(new ProfileRequest(Map.of("id", 11, "created_at", "2020-01-01"), before).errors())
        .containsOnlyKeys("id", "created_at");
  }

  private static Map<String, Object> body(Map<String, ?> attributes) {
    return Map.of("id", 10L, "name", "100 Mbps", "attributes", attributes);
  }
}
