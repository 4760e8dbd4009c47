package ispcrm.authorizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {
  private static final String PROXIES = "198.51.100.0/24,203.0.113.7/32, 2001:db8:f::/48";

  /** The source address, values of the header with a semicolon between them, and the result. */
  @ParameterizedTest
  @CsvSource({
    "198.51.100.1, 192.0.2.9, 192.0.2.9",
    // API Gateway adds the source address.
    "198.51.100.1, '192.0.2.9, 198.51.100.1', 192.0.2.9",
    "198.51.100.1, '192.0.2.9, 203.0.113.7, 198.51.100.2', 192.0.2.9",
    "198.51.100.1, '10.0.0.1, 192.0.2.9', 192.0.2.9",
    "198.51.100.1, '10.0.0.1, 192.0.2.9, 198.51.100.1', 192.0.2.9",
    "198.51.100.1, 10.0.0.1;192.0.2.9, 192.0.2.9",
    "198.51.100.1, 192.0.2.9;198.51.100.2, 192.0.2.9",
    "198.51.100.1, 2001:DB8:0:0::9, 2001:db8::9",
    "198.51.100.1, '[2001:db8::9]:4711', 2001:db8::9",
    "198.51.100.1, '[2001:db8::9]', 2001:db8::9",
    "198.51.100.1, '2001:db8::9, 2001:db8:f::1', 2001:db8::9",
    "198.51.100.1, 192.0.2.9:4711, 192.0.2.9",
    "198.51.100.1, ::ffff:192.0.2.9, 192.0.2.9",
    "::ffff:198.51.100.1, 192.0.2.9, 192.0.2.9"
  })
  void trustedProxy_withHeader_isReplacedByItsClient(String source, String header, String client) {
    assertThat(resolved(PROXIES, source, header)).isEqualTo(client);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.9",
    "192.0.2.1, '192.0.2.9, 198.51.100.1'",
    "2001:db8::1, 192.0.2.9",
    "unknown, 192.0.2.9"
  })
  void anyoneElse_withHeader_isTheClient(String source, String header) {
    assertThat(resolved(PROXIES, source, header)).isEqualTo(source);
    assertThat(resolved("", source, header)).isEqualTo(source);
  }

  /** What is behind text that is not an address is not known. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "unknown",
        "192.0.2.9, unknown",
        "192.0.2.9, ",
        "192.0.2.0/24",
        "192.0.2.256",
        "192.0.2.9:port",
        "[2001:db8::9",
        "[]",
        "a\u0000b",
        "example.net"
      })
  void trustedProxy_withoutAddressInHeader_isTheClient(String header) {
    assertThat(resolved(PROXIES, "198.51.100.1", header)).isEqualTo("198.51.100.1");
  }

  @Test
  void trustedProxy_thatSendsItself_isTheClient() {
    assertThat(resolved(PROXIES, "198.51.100.1", "203.0.113.7")).isEqualTo("203.0.113.7");
    assertThat(TrustedProxies.of(PROXIES).resolve(request("198.51.100.1", Map.of())).sourceIp())
        .isEqualTo("198.51.100.1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"198.51.100.1/24", "proxy", "198.51.100.0/24,::ffff:0:0/0"})
  void blocks_invalid_areRejected(String blocks) {
    assertThatIllegalArgumentException().isThrownBy(() -> TrustedProxies.of(blocks));
  }

  private static String resolved(String proxies, String source, String header) {
    List<String> values = Arrays.asList(header.split(";", -1));
    return TrustedProxies.of(proxies)
        .resolve(request(source, Map.of("x-forwarded-for", values)))
        .sourceIp();
  }

  private static AuthorizerRequest request(String source, Map<String, List<String>> headers) {
    return new AuthorizerRequest("GET", "/api/v1", Map.of(), headers, source, "r");
  }
}
