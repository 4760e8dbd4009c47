package ispcrm.profiles;

import ispcrm.values.Characters;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The rules for attributes that a RADIUS server adds to its response. A server drops a value that
 * is not of its attribute's type without a word, and an accepted subscriber then has no rate limit.
 * So the values of attributes that providers use most are checked; others are any text.
 */
final class RadiusAttributes {
  private static final int MAX_ATTRIBUTES = 20;
  private static final int MAX_VALUES = 5;

  /** The length of a value in a packet (RFC 2865, section 5). */
  private static final int MAX_BYTES = 253;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]{1,64}");

  /** Attributes that decide about authentication, or that the API sets itself. */
  private static final Pattern RESERVED =
      Pattern.compile(
          "(?:auth|autz|acct|post-auth|post-proxy|pre-proxy|session)-type|.*-password|proxy-.*|state"
              + "|eap-.*|message-authenticator|class|session-timeout|crm-decision|packet-.*"
              + "|response-packet-type|freeradius-.*|tmp-.*|cache-.*|rest-.*|exec-.*|fall-through"
              + "|user-name|realm|chap-.*|ms-chap.*|tls-.*|ldap-.*|sql-.*|module-.*");

  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?:\\.(?!$)|$)){4}");

  private static final String RATE = "[0-9]{1,12}[kMG]?";
  private static final String RATES = RATE + "(?:/" + RATE + ")?";

  /**
   * Rates, burst rates, burst thresholds, burst times, priority and minimum rates, each optional.
   *
   * @see <a href="https://help.mikrotik.com/docs/spaces/ROS/pages/328097/RADIUS">RADIUS in
   *     RouterOS</a>
   */
  private static final Pattern RATE_LIMIT =
      Pattern.compile(
          "%1$s(?: %1$s(?: %1$s(?: [0-9]{1,6}(?:/[0-9]{1,6})?(?: [1-8](?: %1$s)?)?)?)?)?"
              .formatted(RATES));

  /** The types of the attributes that providers use most, as in FreeRADIUS's dictionaries. */
  private static final Map<String, Type> KNOWN = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  static {
    Stream.of(
            "Acct-Interim-Interval",
            "Idle-Timeout",
            "Framed-MTU",
            "Port-Limit",
            "Mikrotik-Recv-Limit",
            "Mikrotik-Xmit-Limit",
            "Mikrotik-Total-Limit",
            "Mikrotik-Recv-Limit-Gigawords",
            "Mikrotik-Xmit-Limit-Gigawords",
            "Mikrotik-Total-Limit-Gigawords",
            "WISPr-Bandwidth-Min-Up",
            "WISPr-Bandwidth-Min-Down",
            "WISPr-Bandwidth-Max-Up",
            "WISPr-Bandwidth-Max-Down")
        .forEach(name -> KNOWN.put(name, Type.INTEGER));
    Stream.of(
            "Framed-IP-Address",
            "Framed-IP-Netmask",
            "MS-Primary-DNS-Server",
            "MS-Secondary-DNS-Server",
            "ERX-Primary-Dns",
            "ERX-Secondary-Dns")
        .forEach(name -> KNOWN.put(name, Type.IPV4_ADDRESS));
    Stream.of("Framed-IPv6-Prefix", "Delegated-IPv6-Prefix")
        .forEach(name -> KNOWN.put(name, Type.IPV6_PREFIX));
    Stream.of("Framed-IPv6-Address", "DNS-Server-IPv6-Address")
        .forEach(name -> KNOWN.put(name, Type.IPV6_ADDRESS));
    KNOWN.put("Mikrotik-Rate-Limit", Type.RATE_LIMIT);
  }

  private enum Type {
    INTEGER("an integer from 0 to 4294967295", RadiusAttributes::isInteger),
    IPV4_ADDRESS("an IPv4 address such as 192.0.2.7", value -> IPV4.matcher(value).matches()),
    IPV6_ADDRESS("an IPv6 address such as 2001:db8::7", RadiusAttributes::isIpv6),
    IPV6_PREFIX("an IPv6 prefix such as 2001:db8:7::/48", RadiusAttributes::isIpv6Prefix),
    RATE_LIMIT(
        "rates such as 20M/100M, which are those from and to the subscriber",
        value -> RadiusAttributes.RATE_LIMIT.matcher(value).matches());

    private final String words;

    @SuppressWarnings("ImmutableEnumChecker") // the predicates have no state
    private final Predicate<String> rule;

    Type(String words, Predicate<String> rule) {
      this.words = words;
      this.rule = rule;
    }
  }

  private RadiusAttributes() {}

  /**
   * The attributes after a JSON Merge Patch; null removes one.
   *
   * @param before as they are; null if there are none
   * @param patch an object
   * @param field the name of the patch in errors
   * @param errors gets what is wrong with each attribute, under {@code FIELD.NAME}, or with all
   */
  static Map<String, Object> merge(
      Map<String, Object> before, Map<?, ?> patch, String field, Map<String, String> errors) {
    Map<String, Object> merged = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    merged.putAll(before == null ? Map.of() : before);
    Set<String> named = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    patch.forEach(
        (key, value) -> {
          String name = (String) key;
          merged.remove(name);
          if (!named.add(name)) {
            errors.put(field + "." + name, "is named twice, in different cases");
          }
          if (value != null) {
            fault(name, value).ifPresent(fault -> errors.put(field + "." + name, fault));
            merged.put(name, value);
          }
        });
    if (merged.size() > MAX_ATTRIBUTES) {
      errors.put(field, "must not have more than " + MAX_ATTRIBUTES + " attributes");
    }
    return new TreeMap<>(merged);
  }

  private static Optional<String> fault(String name, Object value) {
    if (!NAME.matcher(name).matches()) {
      return Optional.of("is not the name of an attribute: letters A-Z, digits and '-'");
    }
    if (RESERVED.matcher(name.toLowerCase(Locale.ROOT)).matches()) {
      return Optional.of("decides about authentication, or is set by the API; leave it out");
    }
    List<?> values = value instanceof List<?> list ? list : List.of(value);
    if (values.isEmpty() || values.size() > MAX_VALUES) {
      return Optional.of("must be a text or a list of 1 to " + MAX_VALUES + " texts");
    }
    return values.stream().flatMap(text -> faultOfValue(name, text).stream()).findFirst();
  }

  private static Optional<String> faultOfValue(String name, Object value) {
    if (!(value instanceof String text)
        || text.isEmpty()
        || text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES
        || !Characters.areVisible(text)) {
      return Optional.of(
          "must be a text or a list of texts, each of 1 to "
              + MAX_BYTES
              + " bytes "
              + Characters.RULE);
    }
    Type type = KNOWN.get(name);
    return type == null || type.rule.test(text)
        ? Optional.empty()
        : Optional.of("must be " + type.words);
  }

  private static boolean isInteger(String value) {
    return value.matches("[0-9]{1,10}") && Long.parseLong(value) < 1L << 32;
  }

  private static boolean isIpv6(String value) {
    try {
      // A colon makes it an address, which is not looked up.
      return value.matches("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
          && InetAddress.getByName(value).getAddress().length > 0;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static boolean isIpv6Prefix(String value) {
    String[] parts = value.split("/", -1);
    return parts.length == 2
        && isIpv6(parts[0])
        && parts[1].matches("[0-9]{1,3}")
        && Integer.parseInt(parts[1]) <= 128;
  }
}
