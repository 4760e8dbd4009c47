package ispcrm.dynamodb;

/**
 * A transaction was not carried out because the condition of a further write did not hold, such as
 * that of a stored response. The conditions of the change itself held.
 */
public final class FurtherWriteException extends RuntimeException {
  private static final long serialVersionUID = 1;

  FurtherWriteException(Throwable cause) {
    super("the condition of a further write did not hold", cause);
  }
}
