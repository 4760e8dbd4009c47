package ispcrm.runtime;

/**
 * A text is not a single JSON object without repeated keys. The message says why, and where, but
 * does not quote the text, which may be a secret.
 */
public final class MalformedJsonException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String repeatedKey;

  MalformedJsonException(String message, String repeatedKey) {
    super(message, null, false, false);
    this.repeatedKey = repeatedKey;
  }

  /** The path of the key that is repeated, such as {@code a.b}; null if that is not the fault. */
  public String repeatedKey() {
    return repeatedKey;
  }
}
