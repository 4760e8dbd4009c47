package ispcrm.dynamodb;

import ispcrm.runtime.CallLog;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * An item of a table, read strictly. Every method throws {@link BrokenItemException} if an
 * attribute is missing, unless the method's name begins with {@code optional}, or if it is not what
 * the method reads.
 *
 * @param key the item's key, for the log
 */
public record Item(String key, Map<String, AttributeValue> attributes) {

  /**
   * An item with these attributes.
   *
   * @param keyNames the attributes that identify the item in the log
   */
  public static Item of(Map<String, AttributeValue> attributes, String... keyNames) {
    String key =
        Arrays.stream(keyNames)
            .map(
                name ->
                    attributes.containsKey(name)
                        ? String.valueOf(DynamoDb.value(attributes.get(name)))
                        : "without " + name)
            .collect(Collectors.joining(" "));
    return new Item(key, attributes);
  }

  /**
   * Reads the items of a page. A broken item must not break the page: it is left out, and an error
   * in the log names it.
   *
   * @param keyNames as for {@link #of}
   */
  public static <T> List<T> readEach(
      List<Map<String, AttributeValue>> items, Function<Item, T> reader, String... keyNames) {
    return items.stream()
        .map(item -> unlessBroken(() -> Optional.of(reader.apply(of(item, keyNames)))))
        .flatMap(Optional::stream)
        .toList();
  }

  /** Reads something that counts as absent if it is broken. An error in the log names the item. */
  public static <T> Optional<T> unlessBroken(Supplier<Optional<T>> reader) {
    try {
      return reader.get();
    } catch (BrokenItemException e) {
      CallLog.current().error(e.getMessage() + " It was left out.");
      return Optional.empty();
    }
  }

  public boolean has(String name) {
    return attributes.containsKey(name);
  }

  public String text(String name) {
    String text = required(name).s();
    if (text == null) {
      throw broken(name, "is not text.", null);
    }
    return text;
  }

  public String optionalText(String name) {
    return has(name) ? text(name) : null;
  }

  public long number(String name) {
    return read(name, attribute -> Long.valueOf(attribute.n()));
  }

  public Instant time(String name) {
    return read(name, attribute -> Instant.ofEpochSecond(Long.parseLong(attribute.n())));
  }

  public Instant optionalTime(String name) {
    return has(name) ? time(name) : null;
  }

  /**
   * Reads an attribute.
   *
   * @param reader any exception that it throws means that the item is broken
   */
  public <T> T read(String name, Function<AttributeValue, T> reader) {
    AttributeValue attribute = required(name);
    try {
      return reader.apply(attribute);
    } catch (RuntimeException e) {
      throw broken(name, "has an invalid value.", e);
    }
  }

  private AttributeValue required(String name) {
    AttributeValue attribute = attributes.get(name);
    if (attribute == null) {
      throw broken(name, "is missing.", null);
    }
    return attribute;
  }

  private BrokenItemException broken(String name, String fault, RuntimeException cause) {
    return new BrokenItemException(key, name, fault, cause);
  }
}
