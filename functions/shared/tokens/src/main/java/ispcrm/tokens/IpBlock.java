package ispcrm.tokens;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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

  private final byte[] network;
  private final int bits;

  private IpBlock(byte[] network, int bits) {
    this.network = network;
    this.bits = bits;
  }

  /**
   * Reads an address such as {@code 192.0.2.7}, or a block such as {@code 2001:db8::/32}; empty if
   * the text is neither, or if the block's address has bits after its prefix.
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
    if (!parts[1].matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(parts[1]) > length) {
      return Optional.empty();
    }
    int bits = Integer.parseInt(parts[1]);
    return Arrays.equals(prefix(address.get(), bits), address.get())
        ? Optional.of(new IpBlock(address.get(), bits))
        : Optional.empty();
  }

  /**
   * Whether an address is in one of these blocks.
   *
   * @param blocks texts that {@link #parse} reads; if there are none, every address is in them
   */
  public static boolean anyContains(List<String> blocks, String address) {
    return blocks.isEmpty()
        || address(address)
            .map(octets -> new IpBlock(octets, octets.length * Byte.SIZE))
            .filter(
                single ->
                    blocks.stream()
                        .map(IpBlock::parse)
                        .anyMatch(b -> b.orElseThrow().contains(single)))
            .isPresent();
  }

  /** Whether all addresses of another block are in this one. */
  public boolean contains(IpBlock other) {
    return network.length == other.network.length
        && bits <= other.bits
        && Arrays.equals(prefix(other.network, bits), network);
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
    byte[] prefix = new byte[address.length];
    for (int i = 0; i < bits; i++) {
      prefix[i / Byte.SIZE] |= address[i / Byte.SIZE] & (0x80 >> i % Byte.SIZE);
    }
    return prefix;
  }
}
