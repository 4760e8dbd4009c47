package ispcrm.emulation;

import java.util.Optional;

/**
 * What can go wrong with a call to DynamoDB, as the caller sees it.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html">Error
 *     handling with DynamoDB</a>
 */
public enum Fault {
  /** The connection is closed, and the call is not carried out. */
  RESET,
  /** There is no response for longer than any caller waits, and the call is not carried out. */
  HANG,
  /** The response takes half a second longer. */
  SLOW,
  /** The call is carried out, and the connection is closed without a response. */
  LOST_RESPONSE,
  /** The call is carried out, and the connection is closed in the middle of the response. */
  CUT_RESPONSE,
  /** The call is carried out, and the checksum of the response is wrong. */
  WRONG_CHECKSUM,
  /** The call is carried out, and the body of the response is empty. */
  EMPTY_RESPONSE,
  /** The call is carried out, and the response is an empty object without a checksum. */
  MISSING_CHECKSUM,
  /** The call is carried out, and the body of the response is not JSON. */
  MALFORMED_RESPONSE,
  SERVER_ERROR(500, "com.amazonaws.dynamodb.v20120810#InternalServerError"),
  SERVICE_UNAVAILABLE(503, "com.amazon.coral.availability#ServiceUnavailableException"),
  THROUGHPUT_EXCEEDED(
      400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"),
  REQUEST_LIMIT(400, "com.amazonaws.dynamodb.v20120810#RequestLimitExceeded"),
  THROTTLING(400, "com.amazon.coral.availability#ThrottlingException"),
  /** The transaction is canceled because another is using one of its items. */
  CONFLICT("TransactionConflict"),
  /** The transaction is canceled because one of its items is throttled. */
  ITEM_THROTTLED("ThrottlingError"),
  /** The transaction is canceled because a table has too little throughput for one of its items. */
  ITEM_THROUGHPUT_EXCEEDED("ProvisionedThroughputExceeded");

  private final int status;
  private final String error;

  Fault() {
    this(0, "");
  }

  Fault(int status, String type) {
    this.status = status;
    this.error = "{\"__type\":\"%s\",\"message\":\"injected\"}".formatted(type);
  }

  Fault(String reason) {
    this.status = 400;
    this.error =
        """
        {"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",\
        "Message":"Transaction cancelled, please refer cancellation reasons for specific reasons",\
        "CancellationReasons":[{"Code":"%s","Message":"injected"}]}"""
            .formatted(reason);
  }

  /** Whether only a transaction can have it. */
  public boolean isOfTransactions() {
    return error.contains("TransactionCanceled");
  }

  /** The status of the response that takes the place of carrying out the call, if there is one. */
  Optional<Integer> status() {
    return status == 0 ? Optional.empty() : Optional.of(status);
  }

  /** The body of that response. */
  String error() {
    return error;
  }
}
