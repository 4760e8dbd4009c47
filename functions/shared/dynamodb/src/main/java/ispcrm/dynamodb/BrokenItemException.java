package ispcrm.dynamodb;

/**
 * An item of a table is not what the code has to read: an attribute is missing, has another type or
 * has an impossible value. The message names the item's key and the attribute, for the log; it does
 * not quote the value, which may be personal data.
 */
public final class BrokenItemException extends RuntimeException {
  private static final long serialVersionUID = 1;

  BrokenItemException(String key, String attribute, String fault, RuntimeException cause) {
    super("The item " + key + " is broken: its attribute " + attribute + " " + fault, cause);
  }
}
