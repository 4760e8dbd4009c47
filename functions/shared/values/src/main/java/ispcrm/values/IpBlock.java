package ispcrm.values;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IPv4 or IPv6 address, or a CIDR block of them.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4632">RFC 4632, CIDR</a>
 */
public final class IpBlock {
  /** Text that InetAddress reads as an address and never looks up. */
  private static final Pattern ADDRESS =
      Pattern.compile(
          "((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.(?!$)|$)){4}"
              + "|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  /** The bits of an IPv4-mapped address before the IPv4 address. */
  private static final int MAPPED_BITS = 96;

  /** The groups of an IPv6 address. */
  private static final int GROUPS = 8;

  private final byte[] network;
  private final int bits;

  private IpBlock(byte[] network, int bits) {
    this.network = network;
    this.bits = bits;
  }

  /**
   * Reads an address such as {@code 192.0.2.7}, or a block such as {@code 2001:db8::/32}; empty if
   * the text is neither, or if the block's address has bits after its prefix. An IPv4-mapped
   * address or block is the IPv4 address or block.
   */
  public static Optional<IpBlock> parse(String text) {
    String[] parts = text.split("/", -1);
    Optional<byte[]> address = address(parts[0]);
    if (parts.length > 2 || address.isEmpty()) {
      return Optional.empty();
    }
    int length = address.get().length * Byte.SIZE;
    if (parts.length == 1) {
      return Optional.of(new IpBlock(address.get(), length));
    }
    if (!parts[1].matches("0|[1-9][0-9]{0,2}")) {
      return Optional.empty();
    }
    int bits = Integer.parseInt(parts[1]) - (isMapped(parts[0], address.get()) ? MAPPED_BITS : 0);
    return bits >= 0 && bits <= length && Arrays.equals(prefix(address.get(), bits), address.get())
        ? Optional.of(new IpBlock(address.get(), bits))
        : Optional.empty();
  }

  /**
   * The block that a text with an address and a prefix probably means, such as 192.0.2.0/24 for
   * 192.0.2.7/24; empty if it has no address or no prefix that is a number. A prefix that is too
   * long means the single address, and one that is too short for an IPv4-mapped address counts from
   * the start of the IPv4 address.
   */
  public static Optional<IpBlock> nearest(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length != 2 || !parts[1].matches("[0-9]{1,3}")) {
      return Optional.empty();
    }
    int number = Integer.parseInt(parts[1]);
    return address(parts[0])
        .map(
            address -> {
              boolean isFromMapped = isMapped(parts[0], address) && number >= MAPPED_BITS;
              int bits =
                  Math.min(number - (isFromMapped ? MAPPED_BITS : 0), address.length * Byte.SIZE);
              return new IpBlock(prefix(address, bits), bits);
            });
  }

  /**
   * Whether an address is in one of these blocks.
   *
   * @param blocks texts that {@link #parse} reads; if there are none, every address is in them. No
   *     address is in a text that it does not read, such as one that an earlier release stored.
   */
  public static boolean anyContains(List<String> blocks, String address) {
    return blocks.isEmpty()
        || address(address)
            .map(octets -> new IpBlock(octets, octets.length * Byte.SIZE))
            .filter(
                single ->
                    blocks.stream()
                        .map(IpBlock::parse)
                        .flatMap(Optional::stream)
                        .anyMatch(block -> block.contains(single)))
            .isPresent();
  }

  /** Whether all addresses of another block are in this one. */
  public boolean contains(IpBlock other) {
    return network.length == other.network.length
        && bits <= other.bits
        && Arrays.equals(prefix(other.network, bits), network);
  }

  /** The shortest text that is usual: RFC 5952, and no prefix for a single address. */
  @Override
  public String toString() {
    String address = text(network);
    for (int zeros = GROUPS; zeros > 1; zeros--) {
      Matcher run = Pattern.compile("(^|:)0(:0){" + (zeros - 1) + "}(:|$)").matcher(address);
      if (run.find()) {
        address = run.replaceFirst("::");
        break;
      }
    }
    return bits == network.length * Byte.SIZE ? address : address + "/" + bits;
  }

  private static String text(byte[] address) {
    try {
      return InetAddress.getByAddress(address).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("not the length of an address", e);
    }
  }

  /** Whether the text of an IPv4 address has the form of an IPv6 address (RFC 4291, 2.5.5.2). */
  private static boolean isMapped(String text, byte[] address) {
    return text.contains(":") && address.length == Integer.BYTES;
  }

  private static Optional<byte[]> address(String text) {
    if (!ADDRESS.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text).getAddress());
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private static byte[] prefix(byte[] address, int bits) {
    byte[] prefix = Arrays.copyOf(address, address.length);
    for (int i = bits; i < address.length * Byte.SIZE; i++) {
      prefix[i / Byte.SIZE] &= (byte) ~(0x80 >> i % Byte.SIZE);
    }
    return prefix;
  }
}
