package ispcrm.users;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The status of a user. It is stored, and never derived from the expiration. */
public enum Status {
  ACTIVE,
  INACTIVE,
  SUSPENDED,
  EXPIRED,
  DISABLED;

  /** Finds the status of this name, in any case. */
  public static Optional<Status> of(String text) {
    return Arrays.stream(values())
        .filter(status -> status.toString().equals(text.toLowerCase(Locale.ROOT)))
        .findFirst();
  }

  /** The status as the API writes it, in lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
