package ispcrm.webhooks;

import ispcrm.values.IpBlock;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where webhooks may lead: to public hosts, and never inside. A function can reach its own runtime
 * API on a loopback address, and the metadata and networks of where it runs.
 *
 * @see <a
 *     href="https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml">IANA
 *     IPv4 Special-Purpose Address Registry</a>
 * @see <a
 *     href="https://www.iana.org/assignments/iana-ipv6-special-registry/iana-ipv6-special-registry.xhtml">IANA
 *     IPv6 Special-Purpose Address Registry</a>
 */
public final class Destinations {
  private static final int MAX_LENGTH = 2000;
  private static final int HTTPS_PORT = 443;

  /** A name that is not an address in any notation: the last label begins with a letter. */
  private static final Pattern HOST =
      Pattern.compile("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

  private static final Set<String> LOOPBACK_HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");

  /** Everything in IPv4 that is not for the public. */
  private static final List<String> INSIDE_IPV4 =
      List.of(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/3");

  /** What of IPv6 is for the public. Mapped IPv4 and NAT64 are not in it. */
  private static final List<String> PUBLIC_IPV6 = List.of("2000::/3");

  /** What of that is not. */
  private static final List<String> INSIDE_IPV6 =
      List.of("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

  private final boolean isLoopbackOpen;

  /**
   * @param environment the function's environment; with LOOPBACK_WEBHOOKS=true, webhooks may also
   *     lead to loopback addresses, on any port and without TLS
   */
  public Destinations(Map<String, String> environment) {
    this.isLoopbackOpen = Boolean.parseBoolean(environment.get("LOOPBACK_WEBHOOKS"));
  }

  /** What is wrong with the URL of a webhook; null if nothing is. */
  String fault(Object url) {
    if (!(url instanceof String text) || text.isEmpty() || text.length() > MAX_LENGTH) {
      return "must be an https URL of at most " + MAX_LENGTH + " characters";
    }
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      return "must be an https URL; it is not a URL";
    }
    String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
    if (isLoopbackOpen && LOOPBACK_HOSTS.contains(host) && isHttp(uri)) {
      return uri.getRawUserInfo() == null && uri.getRawFragment() == null ? null : extraParts();
    }
    if (!"https".equalsIgnoreCase(uri.getScheme())) {
      return "must begin with https://";
    }
    if (uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
      return extraParts();
    }
    if (uri.getPort() != -1 && uri.getPort() != HTTPS_PORT) {
      return "must not name another port than 443";
    }
    return HOST.matcher(host).matches()
        ? null
        : "must name a host such as hooks.example.net, and no address; write an international name"
            + " in its ASCII form, xn--…";
  }

  private static boolean isHttp(URI uri) {
    return "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
  }

  private static String extraParts() {
    return "must not have a user, a password or a fragment";
  }

  /** Whether a webhook may connect to an address. */
  public boolean isAllowed(InetAddress address) {
    return isPublic(address) || (isLoopbackOpen && address.isLoopbackAddress());
  }

  private static boolean isPublic(InetAddress address) {
    String text = address.getHostAddress();
    return address instanceof Inet4Address
        ? !IpBlock.anyContains(INSIDE_IPV4, text)
        : IpBlock.anyContains(PUBLIC_IPV6, text) && !IpBlock.anyContains(INSIDE_IPV6, text);
  }
}
