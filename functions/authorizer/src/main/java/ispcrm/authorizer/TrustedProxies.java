package ispcrm.authorizer;

import ispcrm.values.IpBlock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The operator's own proxies, which tell whom they pass on. Each proxy adds the address from which
 * it got the request at the end of X-Forwarded-For. Everything before the first address that is not
 * a trusted proxy could be the client's invention.
 */
final class TrustedProxies {
  private static final String HEADER = "X-Forwarded-For";

  /** An address, of which some proxies also write the port. */
  private static final Pattern HOP =
      Pattern.compile("\\[(?<v6>[^\\]]*)](?::[0-9]+)?|(?<v4>[0-9.]+)(?::[0-9]+)?|(?<other>.*)");

  private final List<IpBlock> blocks;

  private TrustedProxies(List<IpBlock> blocks) {
    this.blocks = blocks;
  }

  /**
   * Reads the blocks, which have commas between them; there may be none.
   *
   * @throws IllegalArgumentException if one of them is not a block
   */
  static TrustedProxies of(String blocks) {
    return new TrustedProxies(
        Arrays.stream(blocks.split(",", -1))
            .map(String::strip)
            .filter(block -> !block.isEmpty())
            .map(
                block ->
                    IpBlock.parse(block)
                        .orElseThrow(
                            () -> new IllegalArgumentException(block + " is not a CIDR block")))
            .toList());
  }

  /**
   * The request with the client's address instead of a proxy's: the last address that is not a
   * trusted proxy or, if the header has none, the first hop that is known. The header of anyone but
   * a trusted proxy does not count.
   */
  AuthorizerRequest resolve(AuthorizerRequest request) {
    List<String> hops =
        request.header(HEADER).stream()
            .flatMap(value -> Arrays.stream(value.split(",", -1)))
            .toList();
    String client = request.sourceIp();
    for (int i = hops.size() - 1; i >= 0 && isTrusted(client); i--) {
      Optional<String> hop = address(hops.get(i).strip());
      if (hop.isEmpty()) {
        break;
      }
      client = hop.get();
    }
    return request.from(client);
  }

  private boolean isTrusted(String address) {
    Optional<IpBlock> single = IpBlock.parse(address);
    return single.isPresent() && blocks.stream().anyMatch(block -> block.contains(single.get()));
  }

  private static Optional<String> address(String hop) {
    Matcher matcher = HOP.matcher(hop);
    if (hop.contains("/") || !matcher.matches()) {
      return Optional.empty();
    }
    for (String group : List.of("v6", "v4", "other")) {
      if (matcher.group(group) != null) {
        return IpBlock.parse(matcher.group(group)).map(IpBlock::toString);
      }
    }
    return Optional.empty();
  }
}
