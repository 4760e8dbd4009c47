package ispcrm.createtoken;

import ispcrm.access.Scope;
import ispcrm.tokens.Token;
import ispcrm.values.Characters;
import ispcrm.values.Integers;
import ispcrm.values.IpBlock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A client's request to create a token: every field checked, and every error noted. */
final class CreateTokenRequest {
  private static final List<String> FIELDS =
      List.of("user", "description", "scopes", "expires_in_days", "allowed_ips");
  private static final int MAX_ALLOWED_IPS = 20;

  /** No address or block is longer. */
  private static final Pattern SHORT_TEXT = Pattern.compile("[!-~]{1,49}");

  private final Map<String, Object> body;
  private final Map<String, String> errors = new LinkedHashMap<>();

  private final String userId;
  private final String description;
  private final List<Scope> requestedScopes;
  private final int expiresInDays;
  private final List<String> allowedIps;

  CreateTokenRequest(Map<String, Object> body, int defaultDays, int maxDays) {
    this.body = body;
    userId = readUserId();
    description = readDescription();
    requestedScopes = readScopes();
    expiresInDays = readDays(defaultDays, maxDays);
    allowedIps = readAllowedIps();
    for (String key : body.keySet()) {
      if (!FIELDS.contains(key)) {
        errors.put(key, "is not a known field; the known fields are " + String.join(", ", FIELDS));
      }
    }
  }

  /** What is wrong with each invalid field; empty if the request is valid. */
  Map<String, String> errors() {
    return Collections.unmodifiableMap(errors);
  }

  /** The id of the user the token is for. */
  String userId() {
    return userId;
  }

  /** What the token is for, or null. */
  String description() {
    return description;
  }

  /** The scopes that the client asks for; null if it leaves them to the user's role. */
  List<Scope> requestedScopes() {
    return requestedScopes;
  }

  int expiresInDays() {
    return expiresInDays;
  }

  /** The addresses and CIDR blocks that the client asks for; null if it does not. */
  List<String> allowedIps() {
    return allowedIps;
  }

  private String readUserId() {
    if (body.get("user") instanceof String id && !id.isEmpty()) {
      return id;
    }
    errors.put("user", "is required: the id of the user the token is for");
    return null;
  }

  private String readDescription() {
    Object value = body.get("description");
    if (value == null) {
      return null;
    }
    if (!(value instanceof String text)
        || text.codePointCount(0, text.length()) > Token.MAX_DESCRIPTION_LENGTH
        || !Characters.areVisible(text)) {
      errors.put(
          "description",
          "must be text of up to "
              + Token.MAX_DESCRIPTION_LENGTH
              + " characters "
              + Characters.RULE);
      return null;
    }
    return Characters.areBlank(text) ? null : text;
  }

  private List<Scope> readScopes() {
    Object value = body.get("scopes");
    if (value == null) {
      return null;
    }
    if (value instanceof List<?> names && !names.isEmpty()) {
      List<Scope> scopes =
          names.stream()
              .map(name -> Scope.of(String.valueOf(name)))
              .flatMap(Optional::stream)
              .distinct()
              .toList();
      if (scopes.size() == names.size()) {
        return scopes;
      }
    }
    errors.put(
        "scopes",
        "must be a list of one or more of "
            + Arrays.stream(Scope.values()).map(Scope::toString).collect(Collectors.joining(", "))
            + ", without repetition");
    return null;
  }

  private List<String> readAllowedIps() {
    Object value = body.get("allowed_ips");
    if (value == null) {
      return null;
    }
    List<String> invalid = new ArrayList<>();
    if (value instanceof List<?> entries
        && !entries.isEmpty()
        && entries.size() <= MAX_ALLOWED_IPS) {
      Set<String> blocks = new LinkedHashSet<>();
      for (Object entry : entries) {
        Optional<IpBlock> block =
            entry instanceof String text ? IpBlock.parse(text) : Optional.empty();
        if (block.isPresent()) {
          blocks.add(block.get().toString());
        } else {
          invalid.add(nameOf(entry, entries.indexOf(entry) + 1));
        }
      }
      if (invalid.isEmpty()) {
        return List.copyOf(blocks);
      }
    }
    errors.put(
        "allowed_ips",
        "must be a list of 1 to "
            + MAX_ALLOWED_IPS
            + " IPv4 or IPv6 addresses or CIDR blocks, such as 192.0.2.0/24"
            + (invalid.isEmpty() ? "" : "; not valid: " + String.join(", ", invalid)));
    return null;
  }

  /** An entry that is not valid, with the nearest valid block if it can be told. */
  private static String nameOf(Object entry, int position) {
    String name = String.valueOf(entry);
    return SHORT_TEXT.matcher(name).matches()
        ? name
            + IpBlock.nearest(name).map(block -> " (the nearest block is " + block + ")").orElse("")
        : "entry " + position;
  }

  private int readDays(int defaultDays, int maxDays) {
    Object value = body.get("expires_in_days");
    if (value == null) {
      return defaultDays;
    }
    Optional<Long> days = Integers.parse(value, 1, maxDays);
    if (days.isPresent()) {
      return Math.toIntExact(days.get());
    }
    errors.put("expires_in_days", "must be an integer from 1 to " + maxDays);
    return defaultDays;
  }
}
