package ispcrm.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationsTest {
  private static final Destinations DEPLOYED = new Destinations(Map.of());
  private static final Destinations LOCAL = new Destinations(Map.of("LOOPBACK_WEBHOOKS", "true"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://hooks.example.net",
        "https://hooks.example.net:443/path?query=1",
        "HTTPS://Hooks.Example.NET/",
        "https://xn--bcher-kva.example/"
      })
  void fault_httpsUrlOfAHost_isNone(String url) {
    assertThat(DEPLOYED.fault(url)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hooks.example.net",
        "http://hooks.example.net/",
        "ftp://hooks.example.net/",
        "file:///etc/passwd",
        "https:hooks.example.net",
        "https://",
        "https:///path",
        "https://user@hooks.example.net/",
        "https://user:password@hooks.example.net/",
        "https://hooks.example.net@127.0.0.1/",
        "https://hooks.example.net#@127.0.0.1/",
        "https://hooks.example.net\\@127.0.0.1/",
        "https://hooks.example.net:8443/",
        "https://hooks.example.net:0/",
        "https://localhost/",
        "https://localhost./",
        "https://hooks.example.net./",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://169.254.169.254/",
        "https://8.8.8.8/",
        "https://\uFF11\uFF12\uFF17.0.0.1/",
        "https://bücher.example/",
        "https://hooks.example.net/a b",
        "https://hooks..example.net/"
      })
  void fault_anythingElse_isExplained(String url) {
    assertThat(DEPLOYED.fault(url)).startsWith("must");
  }

  @Test
  void fault_noTextOrTooLong_isExplained() {
    assertThat(DEPLOYED.fault(5L)).startsWith("must be an https URL");
    assertThat(DEPLOYED.fault(null)).startsWith("must be an https URL");
    assertThat(DEPLOYED.fault("https://hooks.example.net/" + "a".repeat(2000)))
        .startsWith("must be an https URL");
  }

  @Test
  void fault_loopback_isNoneWhereThatIsOpen() {
    assertThat(LOCAL.fault("http://127.0.0.1:8080/")).isNull();
    assertThat(LOCAL.fault("http://localhost:8080/")).isNull();
    assertThat(LOCAL.fault("http://[::1]:8080/")).isNull();
    assertThat(LOCAL.fault("http://10.0.0.1:8080/")).isNotNull();
    assertThat(LOCAL.fault("http://user@localhost/")).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1.1.1", "172.15.255.255", "172.32.0.0", "2606:4700::1111", "2a00::1"})
  void isAllowed_publicAddress_isTrue(String address) throws UnknownHostException {
    assertThat(DEPLOYED.isAllowed(address(address))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.255.255.255",
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.0.0",
        "169.254.169.254",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.0",
        "192.168.255.255",
        "198.18.0.0",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "100::1",
        "2001::1",
        "2001:2::1",
        "2001:10::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1"
      })
  void isAllowed_anythingElse_isFalse(String address) throws UnknownHostException {
    assertThat(DEPLOYED.isAllowed(address(address))).isFalse();
  }

  @Test
  void isAllowed_loopback_isTrueWhereThatIsOpen() throws UnknownHostException {
    assertThat(LOCAL.isAllowed(address("127.0.0.1"))).isTrue();
    assertThat(LOCAL.isAllowed(address("::1"))).isTrue();
    assertThat(LOCAL.isAllowed(address("10.0.0.1"))).isFalse();
  }

  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }
}
