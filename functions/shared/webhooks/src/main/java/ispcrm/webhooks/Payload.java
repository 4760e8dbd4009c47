package ispcrm.webhooks;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How much of an event a webhook gets. */
public enum Payload {
  FULL,

  /** Everything but the changes, which have personal data. */
  THIN;

  static Optional<Payload> of(Object text) {
    return Arrays.stream(values()).filter(value -> value.toString().equals(text)).findFirst();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
